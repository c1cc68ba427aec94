#include "process.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <system_error>
#include <unistd.h>

extern "C" {  // glibc 2.36 forgets to say so itself
#include <sys/pidfd.h>
}

namespace exercises {

namespace {

using clock = std::chrono::steady_clock;
using namespace std::chrono_literals;

constexpr std::size_t enough_output = 1'000'000;
constexpr auto        grace         = 1s;  // ninja takes a moment to end its compilers

[[noreturn]] void failed(int error, const char* what) { throw std::system_error{error, std::generic_category(), what}; }

struct descriptor {
    int fd;

    explicit descriptor(int with, const char* what) : fd{with} {
        if (fd < 0) failed(errno, what);
    }
    descriptor(const descriptor&)            = delete;
    descriptor& operator=(const descriptor&) = delete;
    ~descriptor() { ::close(fd); }
};

// Ours, with what is new in place of what has the same name.
class variables {
public:
    explicit variables(const environment& more) {
        for (char** old = environ; *old != nullptr; ++old) {
            const std::string_view name = std::string_view{*old}.substr(0, std::string_view{*old}.find('='));
            if (std::ranges::find(more, name, &environment::value_type::first) == more.end()) pointers_.push_back(*old);
        }
        for (const auto& [name, value] : more)
            if (!value.empty()) texts_.push_back(name + "=" + value);
        for (auto& text : texts_) pointers_.push_back(text.data());
        pointers_.push_back(nullptr);
    }

    char** get() { return pointers_.data(); }

private:
    std::vector<std::string> texts_;
    std::vector<char*>       pointers_;
};

// Whatever signals we block or ignore, the program starts as from a shell; in a group of its own, to be ended as one.
class settings {
public:
    explicit settings(int output) {
        sigset_t none;
        sigset_t all;
        ::sigemptyset(&none);
        ::sigfillset(&all);
        ::posix_spawn_file_actions_init(&files);
        ::posix_spawn_file_actions_addopen(&files, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
        ::posix_spawn_file_actions_adddup2(&files, output, STDOUT_FILENO);
        ::posix_spawn_file_actions_adddup2(&files, output, STDERR_FILENO);
        ::posix_spawnattr_init(&others);
        ::posix_spawnattr_setsigmask(&others, &none);
        ::posix_spawnattr_setsigdefault(&others, &all);
        ::posix_spawnattr_setpgroup(&others, 0);
        ::posix_spawnattr_setflags(&others, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP);
    }
    settings(const settings&)            = delete;
    settings& operator=(const settings&) = delete;
    ~settings() {
        ::posix_spawn_file_actions_destroy(&files);
        ::posix_spawnattr_destroy(&others);
    }

    posix_spawn_file_actions_t files  = {};
    posix_spawnattr_t          others = {};
};

// A limit must hold before the program begins, so a shell sets it and becomes the program.
std::vector<std::string> limited(const std::vector<std::string>& command, std::size_t memory) {
    if (memory == 0) return command;
    std::vector<std::string> words{"/bin/sh", "-c", "ulimit -v \"$0\" && exec \"$@\"", std::to_string(memory / 1024)};
    words.insert(words.end(), command.begin(), command.end());
    return words;
}

void leave_no_core(pid_t program) {
    const rlimit none{0, 0};
    ::prlimit(program, RLIMIT_CORE, &none, nullptr);
}

// Waits for one of them to become readable; false when the time is over first.
template <std::size_t N>
bool wait_for(std::array<pollfd, N>& any, clock::time_point until) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(until - clock::now()).count();
    for (auto& each : any) each.revents = 0;
    return ::poll(any.data(), any.size(), static_cast<int>(std::max<long>(left, 0))) > 0
           || (errno == EINTR && left > 0);
}

// Some of what is there to be read: one that prints without end is not to keep us here. False when everybody has closed
// the other end.
bool read_some(int from, std::string& to, const control& with) {
    std::array<char, 4096> block{};
    for (int blocks = 0; blocks < 16; ++blocks) {
        const auto n = ::read(from, block.data(), block.size());
        if (n < 0 && errno == EINTR) continue;
        if (n <= 0) return n < 0;
        const std::string_view fresh{block.data(), static_cast<std::size_t>(n)};
        if (with.heard) with.heard(fresh);
        to.append(fresh.substr(0, enough_output - std::min(to.size(), enough_output)));
    }
    return true;
}

}  // namespace

ended run(const std::vector<std::string>& command, std::chrono::milliseconds limit, const environment& more,
          const control& with) {
    const auto         deadline = clock::now() + limit;
    std::array<int, 2> pipe{};
    if (::pipe2(pipe.data(), O_CLOEXEC) != 0) failed(errno, "pipe");
    const descriptor output{pipe[0], "pipe"};
    ::fcntl(output.fd, F_SETFL, O_NONBLOCK);

    pid_t program = -1;
    {
        const descriptor   input{pipe[1], "pipe"};
        variables          all{more};
        const settings     how{input.fd};
        const auto         whole = limited(command, with.memory);
        std::vector<char*> words;
        for (const auto& word : whole) words.push_back(const_cast<char*>(word.c_str()));
        words.push_back(nullptr);
        if (const int error = ::posix_spawnp(&program, words[0], &how.files, &how.others, words.data(), all.get()))
            return {.code = 127, .output = command.front() + ": " + std::strerror(error) + "\n"};
    }
    leave_no_core(program);
    if (with.yields) ::setpriority(PRIO_PROCESS, static_cast<id_t>(program), ::getpriority(PRIO_PROCESS, 0) + 5);

    const descriptor         done{static_cast<int>(::pidfd_open(program, 0)), "pidfd_open"};
    const descriptor         enough{::eventfd(0, EFD_CLOEXEC), "eventfd"};
    const std::stop_callback on_stop{with.stop, [&] { ::eventfd_write(enough.fd, 1); }};

    ended                 result;
    std::array<pollfd, 3> any{pollfd{done.fd, POLLIN, 0}, pollfd{enough.fd, POLLIN, 0}, pollfd{output.fd, POLLIN, 0}};
    for (;;) {
        if (!wait_for(any, deadline)) {
            result.how = ended::kind::timed_out;
            break;
        }
        if (any[2].revents != 0 && !read_some(output.fd, result.output, with)) any[2].fd = -1;
        if (any[0].revents != 0) break;
        if (any[1].revents != 0) {
            result.how = ended::kind::stopped;
            ::kill(-program, SIGTERM);
            std::array<pollfd, 1> end{any[0]};
            wait_for(end, clock::now() + grace);
            break;
        }
    }
    ::kill(-program, SIGKILL);  // and whoever it left behind

    int status = 0;
    while (::waitpid(program, &status, 0) < 0 && errno == EINTR) {}
    read_some(output.fd, result.output, with);
    if (result.how != ended::kind::exited) return result;
    if (WIFSIGNALED(status)) result.how = ended::kind::signalled;
    result.code = WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status);
    return result;
}

}  // namespace exercises
