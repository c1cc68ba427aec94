#include "my_files.hpp"

#include "atomic_file.hpp"

#include <exercises/runner/complaint.hpp>
#include <exercises/runner/cut.hpp>
#include <exercises/runner/files.hpp>
#include <fcntl.h>
#include <unistd.h>

namespace exercises {
namespace fs = std::filesystem;
namespace {

// bakery.hpp -> bakery.hpp.1, or the first number that is free. A link makes sure that nobody was faster.
fs::path put_aside(const fs::path& file) {
    for (int number = 1; number < 10000; ++number) {
        const fs::path  aside = file.string() + "." + std::to_string(number);
        std::error_code taken;
        fs::create_hard_link(file, aside, taken);
        if (!taken) return aside;
        if (taken == std::errc::file_exists) continue;
        if (!fs::exists(fs::symlink_status(aside)) && fs::copy_file(file, aside)) return aside;  // no hard links here
    }
    throw complaint{file, 1, "there are too many old versions beside it", "move some of them away"};
}

}  // namespace

std::vector<file_text> starter_files(const manifest& m) {
    std::vector<file_text> all;
    if (m.sort == kind::swap) {  // the others of the chapter are copies too: who may change one may change all
        const auto chapter = m.chapter_folder();
        for (const auto& entry : fs::recursive_directory_iterator{chapter})
            if (const auto file = fs::relative(entry.path(), chapter); entry.is_regular_file() && file != m.file)
                all.push_back({file, read_file(entry.path())});
    }
    all.push_back({m.file, source_of(m).starter()});
    return all;
}

bool start(const manifest& m) {
    bool fresh = false;
    for (const auto& [file, text] : starter_files(m)) {
        const auto at = m.mine() / file;
        if (fs::exists(fs::symlink_status(at))) continue;
        write_whole(at, text);
        fresh = true;
    }
    return fresh;
}

std::vector<fs::path> start_again(const manifest& m) {
    std::vector<fs::path> kept;
    for (const auto& [file, text] : starter_files(m)) {
        const auto at = m.mine() / file;
        if (fs::exists(fs::symlink_status(at))) {
            if (const auto old = content_of(at); old && *old == text) continue;
            kept.push_back(put_aside(at));
        }
        write_whole(at, text);
    }
    return kept;
}

std::string mine(const manifest& m) { return read_file(m.mine() / m.file); }

std::string ours(const manifest& m) { return source_of(m).solution(); }

}  // namespace exercises
