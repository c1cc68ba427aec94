// Watches the learner's files, and tells when one of them has been saved and nothing more has happened for a moment.
#pragma once

#include <chrono>
#include <filesystem>
#include <map>
#include <optional>
#include <set>
#include <string>

namespace exercises {

class watch {
public:
    using clock = std::chrono::steady_clock;

    // Of what lies in the folder and below, files that end like this count; an editor's own do not.
    static const std::set<std::string> endings;

    // Asks the kernel to tell (inotify). Where it would not, on some file systems, or when told so, it looks each second.
    watch(std::filesystem::path folder, bool poll);
    watch(const watch&)            = delete;
    watch& operator=(const watch&) = delete;
    ~watch();

    int                              fd() const { return inotify_; }  // -1: it polls
    bool                             polls() const { return inotify_ < 0; }
    const std::string&               why_it_polls() const { return why_; }
    std::optional<clock::time_point> due() const;  // when to ask again, if nothing becomes readable before

    // True once after each save.
    bool changed(clock::time_point now = clock::now());

private:
    struct seen {
        std::filesystem::file_time_type time;
        std::uintmax_t                  size;
        friend bool                     operator==(const seen&, const seen&) = default;
    };
    using picture_of_files = std::map<std::string, seen>;

    bool             read_events();
    void             watch_folders();
    void             look_instead(std::string why);
    picture_of_files look() const;

    std::filesystem::path            folder_;
    int                              inotify_ = -1;
    std::string                      why_;
    picture_of_files                 files_;
    clock::time_point                next_look_;
    std::optional<clock::time_point> quiet_at_;
    std::optional<clock::time_point> latest_;
};

// Why files there are to be looked at instead of watched: the kernel does not see who else writes them. Empty: it sees.
std::string must_be_polled(const std::filesystem::path& folder);

}  // namespace exercises
