// Whole programs, each in a process of the operating system: a test forks them, sends them signals, and looks at what they
// left behind. They have memory in common with the test, which outlives whoever is killed.
//
//     faults::shared<notes> notes;
//     faults::program       p{[&] { return half::run(service(*notes)); }};
//     p.wait_until([&] { return notes->started.load(); });
//     p.kill();
//
// Fork while this process has one thread: no runtime of its own, or one that has ended.
#pragma once

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <chrono>
#include <concepts>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <new>
#include <stdexcept>
#include <string>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

namespace faults {

using namespace std::chrono_literals;

inline constexpr std::chrono::seconds soon{60};  // a bound: a test that waits so long has failed

#if defined(__has_feature)
#if __has_feature(thread_sanitizer) || __has_feature(address_sanitizer)
inline constexpr bool sanitized = true;
#else
inline constexpr bool sanitized = false;
#endif
#endif

// How often something is done that is done `often` times where there is time.
inline int times(int often, int in_ci) { return std::getenv("CI") || sanitized ? in_ci : often; }

// Microseconds, the same for all processes.
inline std::int64_t now() { return std::chrono::steady_clock::now().time_since_epoch() / std::chrono::microseconds{1}; }

// What can only be looked at; false: it did not become so in time.
template <class Predicate>
bool eventually(Predicate holds) {
    const auto deadline = std::chrono::steady_clock::now() + soon;
    while (!holds()) {
        if (std::chrono::steady_clock::now() > deadline) return false;
        std::this_thread::sleep_for(1ms);
    }
    return true;
}

// A folder that is gone when the test is.
class folder {
public:
    folder() {
        std::string name = (std::filesystem::temp_directory_path() / "half-faults-XXXXXX").string();
        if (!mkdtemp(name.data())) throw std::runtime_error{"no folder for a test"};
        path_ = name;
    }
    ~folder() {
        std::error_code ignored;
        std::filesystem::remove_all(path_, ignored);
    }
    folder(const folder&)            = delete;
    folder& operator=(const folder&) = delete;

    std::string operator/(const std::string& name) const { return path_ / name; }
    std::string path() const { return path_; }

private:
    std::filesystem::path path_;
};

// A T that is zeroes at first, and which programs forked later see as this one does.
template <class T>
class shared {
public:
    shared() : at_{mmap(nullptr, sizeof(T), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0)} {
        if (at_ == MAP_FAILED) throw std::bad_alloc{};
        new (at_) T{};
    }
    ~shared() { munmap(at_, sizeof(T)); }
    shared(const shared&)            = delete;
    shared& operator=(const shared&) = delete;

    T& operator*() const { return *static_cast<T*>(at_); }
    T* operator->() const { return static_cast<T*>(at_); }

private:
    void* at_;
};

class program {
public:
    explicit program(std::invocable auto body) : errors_{memfd_create("stderr", MFD_CLOEXEC)} {
        std::fflush(nullptr);
        const pid_t test = getpid();
        pid_             = fork();
        if (pid_ < 0) throw std::runtime_error{"no process for a test"};
        if (pid_ == 0) {
            prctl(PR_SET_PDEATHSIG, SIGKILL);  // so that a test that is killed leaves nobody behind
            if (getppid() != test) std::_Exit(126);
            dup2(errors_, STDERR_FILENO);
            std::_Exit(body());
        }
    }
    program(const program&)            = delete;
    program& operator=(const program&) = delete;
    ~program() {
        if (pid_ > 0) kill();
        close(errors_);
    }

    pid_t id() const { return pid_; }
    void  send(int signal) const { ::kill(pid_, signal); }

    // kill -9, and it is gone.
    void kill() {
        send(SIGKILL);
        (void)ended();
    }
    // Its exit code; -1: a signal ended it.
    int ended() {
        int status = 0;
        while (waitpid(pid_, &status, 0) < 0 && errno == EINTR) {}
        pid_ = -1;
        return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
    }
    int stopped() {
        send(SIGTERM);
        return ended();
    }

    // False: it did not become so in time, or the program has ended.
    template <class Predicate>
    [[nodiscard]] bool wait_until(Predicate holds) const {
        bool alive = true;
        return eventually([&] { return holds() || !(alive = runs()); }) && alive;
    }
    bool runs() const {
        siginfo_t info{};
        return waitid(P_PID, static_cast<id_t>(pid_), &info, WEXITED | WNOHANG | WNOWAIT) == 0 && info.si_pid == 0;
    }

    // What it has written to stderr.
    std::string errors() const {
        std::string text(static_cast<std::size_t>(lseek(errors_, 0, SEEK_END)), ' ');
        const auto  n = pread(errors_, text.data(), text.size(), 0);
        text.resize(n > 0 ? static_cast<std::size_t>(n) : 0);
        return text;
    }

private:
    pid_t pid_ = -1;
    int   errors_;
};

}  // namespace faults
