// The learner's desk: all exercises, and what is done of them.
#pragma once

#include "hints.hpp"
#include "progress.hpp"
#include "screen.hpp"

#include <exercises/runner/manifest.hpp>
#include <expected>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace exercises {

class desk {
public:
    explicit desk(const std::filesystem::path& root);

    const std::vector<manifest>& all() const { return all_; }
    progress_file&               notes() { return notes_; }
    progress                     known() { return notes_.read(); }

    // Where ./workbook opens: where it was left; else the first that is not done; else the last.
    const manifest& current();

    // The next that is not done after this one, from the beginning again if need be; none: all others are.
    const manifest* after(const manifest& m);

    // By its name, a part of it that no other has, or the number of a chapter: its first that is not done.
    // The error is a sentence that says what there is.
    std::expected<const manifest*, std::string> find(std::string_view name);

    std::vector<exercise_row> rows();

    // One hint more than before, for the hole where it is needed most; none: there are no more, or none at all.
    std::optional<shown_hint> next_hint(const manifest& m, const climb* last);
    // Those that were shown for the hole of the last one.
    std::vector<shown_hint> shown_hints(const manifest& m, int hole);

    void now_at(const manifest& m);
    void done(const manifest& m);
    void gave_up(const manifest& m);

private:
    std::filesystem::path root_;
    std::vector<manifest> all_;
    progress_file         notes_;
};

}  // namespace exercises
