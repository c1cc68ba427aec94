#include "watch.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <sys/inotify.h>
#include <sys/vfs.h>
#include <unistd.h>
#include <utility>

namespace exercises {
namespace fs = std::filesystem;
namespace {

using namespace std::chrono_literals;

constexpr auto quiet    = 200ms;  // editors save in several steps
constexpr auto longest  = 2s;     // a file that never rests is looked at all the same
constexpr auto interval = 1s;

constexpr std::uint32_t events =
    IN_CLOSE_WRITE | IN_MOVED_TO | IN_MOVED_FROM | IN_DELETE | IN_CREATE | IN_DELETE_SELF | IN_MOVE_SELF | IN_ONLYDIR;

bool counts(const fs::path& file) {
    const auto name = file.filename().string();
    return !name.starts_with('.') && watch::endings.contains(file.extension().string());
}

}  // namespace

const std::set<std::string> watch::endings = {".hpp", ".cpp", ".h", ".txt", ".md"};

std::string must_be_polled(const fs::path& folder) {
    struct statfs about = {};
    if (statfs(folder.c_str(), &about) != 0) return std::string{"statfs: "} + std::strerror(errno);
    constexpr std::array<std::pair<unsigned long, const char*>, 8> others = {{{0x01021997, "9p"},
                                                                              {0x53464846, "drvfs"},
                                                                              {0x6969, "nfs"},
                                                                              {0x517B, "smb"},
                                                                              {0xFE534D42, "smb2"},
                                                                              {0xFF534D42, "cifs"},
                                                                              {0x65735546, "fuse"},
                                                                              {0x786F4256, "vboxsf"}}};
    for (const auto& [type, name] : others)
        if (static_cast<std::uint32_t>(about.f_type) == type) return std::string{"the file system is "} + name;
    return {};
}

watch::watch(fs::path folder, bool poll) : folder_{std::move(folder)}, next_look_{clock::now() + interval} {
    auto why = poll ? "asked to" : must_be_polled(folder_);
    if (why.empty()) {
        inotify_ = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
        if (inotify_ < 0) why = std::string{"inotify: "} + std::strerror(errno);
    }
    if (why.empty()) watch_folders();
    else look_instead(std::move(why));
}

watch::~watch() {
    if (inotify_ >= 0) close(inotify_);
}

std::optional<watch::clock::time_point> watch::due() const {
    if (quiet_at_) return std::min(*quiet_at_, *latest_);
    return polls() ? std::optional{next_look_} : std::nullopt;
}

bool watch::changed(clock::time_point now) {
    bool fresh = !polls() && read_events();
    if (polls() && now >= next_look_) {
        auto files = look();
        fresh      = files != files_;
        files_     = std::move(files);
        next_look_ = now + (fresh ? quiet : interval);  // is it still being written?
    }
    if (fresh) {
        quiet_at_ = now + quiet;
        if (!latest_) latest_ = now + longest;
    }
    if (!quiet_at_ || now < *due()) return false;
    quiet_at_.reset();
    latest_.reset();
    return true;
}

bool watch::read_events() {
    alignas(inotify_event) std::array<char, 16384> buffer = {};

    bool fresh   = false;
    bool folders = false;
    bool lost    = false;
    for (;;) {
        const auto count = read(inotify_, buffer.data(), buffer.size());
        if (count <= 0) break;
        for (auto at = buffer.data(); at < buffer.data() + count;) {
            const auto* event = reinterpret_cast<const inotify_event*>(at);
            at += sizeof(inotify_event) + event->len;
            const auto is = [&](std::uint32_t those) { return (event->mask & those) != 0; };
            if (is(IN_IGNORED | IN_DELETE_SELF | IN_MOVE_SELF | IN_UNMOUNT)) lost = true;
            else if (is(IN_ISDIR | IN_Q_OVERFLOW)) fresh = folders = true;
            else if (!is(IN_CREATE) && event->len > 0 && counts(event->name)) fresh = true;
        }
    }
    if (lost) {  // the folder itself went; it may come back under its name, which inotify does not see
        look_instead("the folder was taken away");
        return true;
    }
    if (folders) watch_folders();
    return fresh;
}

void watch::watch_folders() {
    std::error_code ignored;
    if (inotify_add_watch(inotify_, folder_.c_str(), events) < 0)
        return look_instead(std::string{"inotify: "} + std::strerror(errno));
    for (auto it = fs::recursive_directory_iterator{folder_, ignored}; it != fs::recursive_directory_iterator{};
         it.increment(ignored)) {
        if (it->is_directory(ignored) && inotify_add_watch(inotify_, it->path().c_str(), events) < 0)
            return look_instead(std::string{"inotify: "} + std::strerror(errno));
    }
}

void watch::look_instead(std::string why) {
    if (inotify_ >= 0) close(inotify_);
    inotify_   = -1;
    why_       = std::move(why);
    files_     = look();
    next_look_ = clock::now() + interval;
}

watch::picture_of_files watch::look() const {
    picture_of_files found;
    std::error_code  ignored;
    for (auto it = fs::recursive_directory_iterator{folder_, ignored}; it != fs::recursive_directory_iterator{};
         it.increment(ignored)) {
        if (!counts(it->path()) || !it->is_regular_file(ignored)) continue;
        found[it->path().string()] = {it->last_write_time(ignored), it->file_size(ignored)};
    }
    return found;
}

}  // namespace exercises
