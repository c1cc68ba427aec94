#include <04_persistence/detail/file_lock.hpp>
#include <04_persistence/store_error.hpp>

#include <fmt/format.h>

#include <cerrno>
#include <charconv>
#include <cstring>
#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

namespace half::detail {

namespace {

// The lock's file holds the number of the process that has it. 0: it has not written it yet.
pid_t holder(int file) {
    char       text[24];
    pid_t      who    = 0;
    const auto length = ::pread(file, text, sizeof text, 0);
    if (length > 0) std::from_chars(text, text + length, who);
    return who;
}

std::string who_is(pid_t holder) {
    if (holder == ::getpid()) return "another half::store of this program has it";
    return holder ? fmt::format("process {} has it", holder) : "another process has it";
}

}  // namespace

file_lock::file_lock(const std::string& path, const std::string& what)
    : file_{::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600)} {
    if (file_ < 0) {
        const auto why = errno == ENOSPC || errno == EDQUOT ? store_error::full : store_error::wrong;
        throw store_failure{{why, fmt::format("{}: {}", path, std::strerror(errno)), {}}};
    }
    if (::flock(file_, LOCK_EX | LOCK_NB) != 0) {
        const pid_t other = holder(file_);
        ::close(file_);
        throw store_failure{{store_error::wrong,
                             fmt::format("{} is in use: {}. One file has one program: stop it, or name another file",
                                         what, who_is(other)),
                             {}}};
    }
    // The number is for the message above; a disk without room for it takes nothing from the lock.
    const std::string mine = fmt::format("{}\n", ::getpid());
    if (::ftruncate(file_, 0) != 0 || ::pwrite(file_, mine.data(), mine.size(), 0) < 0) errno = 0;
}

file_lock::~file_lock() { ::close(file_); }

}  // namespace half::detail
