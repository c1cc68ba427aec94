#include "process.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <csignal>
#include <cstring>
#include <fcntl.h>
#include <fstream>
#include <poll.h>
#include <spawn.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

extern char** environ;

namespace bench {

namespace {

using clock = std::chrono::steady_clock;

double seconds_since(clock::time_point start) { return std::chrono::duration<double>(clock::now() - start).count(); }

// CPU time of everything that runs here, in seconds.
double machine_busy() {
    std::ifstream stat("/proc/stat");
    std::string   cpu;
    long          user = 0, nice = 0, system = 0, idle = 0, waiting = 0, irq = 0, softirq = 0, stolen = 0;
    stat >> cpu >> user >> nice >> system >> idle >> waiting >> irq >> softirq >> stolen;
    return double(user + nice + system + irq + softirq + stolen) / double(sysconf(_SC_CLK_TCK));
}

double cpu_of(const rusage& used) {
    auto seconds = [](timeval t) { return double(t.tv_sec) + double(t.tv_usec) * 1e-6; };
    return seconds(used.ru_utime) + seconds(used.ru_stime);
}

struct started {
    pid_t       pid    = -1;
    int         output = -1;
    std::string failure;
};

started start(const std::vector<std::string>& command) {
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0) return {.failure = fmt::format("no pipe: {}", std::strerror(errno))};
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
    std::vector<char*> argv;
    argv.reserve(command.size() + 1);
    for (auto& word : command) argv.push_back(const_cast<char*>(word.c_str()));
    argv.push_back(nullptr);
    started child{.pid = -1, .output = ends[0], .failure = {}};
    if (int error = posix_spawnp(&child.pid, argv[0], &actions, nullptr, argv.data(), environ))
        child.failure = fmt::format("cannot start {}: {}", command[0], std::strerror(error));
    posix_spawn_file_actions_destroy(&actions);
    close(ends[1]);
    return child;
}

// Reads until the program closes its output; false when the time is over first.
bool read_all(int from, std::string& into, clock::time_point until) {
    for (;;) {
        auto left = std::chrono::duration_cast<std::chrono::milliseconds>(until - clock::now()).count();
        if (left <= 0) return false;
        pollfd ready{.fd = from, .events = POLLIN, .revents = 0};
        int    count = poll(&ready, 1, int(left));
        if (count < 0 && errno == EINTR) continue;
        if (count <= 0) return count < 0;
        char bytes[4096];
        auto got = read(from, bytes, sizeof bytes);
        if (got <= 0) return true;
        into.append(bytes, std::size_t(got));
    }
}

}  // namespace

finished run(const std::vector<std::string>& command, std::chrono::seconds limit) {
    finished result;
    auto     began = clock::now();
    double   busy  = machine_busy();
    auto     child = start(command);
    if (!child.failure.empty()) {
        if (child.output >= 0) close(child.output);
        result.failure = child.failure;
        return result;
    }
    bool in_time = read_all(child.output, result.output, began + limit);
    if (!in_time) kill(child.pid, SIGKILL);
    close(child.output);
    int    status = 0;
    rusage used{};
    wait4(child.pid, &status, 0, &used);
    result.seconds      = seconds_since(began);
    result.others_cores = std::max(0.0, machine_busy() - busy - cpu_of(used)) / std::max(result.seconds, 0.01);
    if (!in_time) result.failure = fmt::format("still running after {} s: killed", limit.count());
    else if (WIFSIGNALED(status)) result.failure = fmt::format("died of {}", strsignal(WTERMSIG(status)));
    else if (WEXITSTATUS(status) != 0) result.failure = fmt::format("exit code {}", WEXITSTATUS(status));
    return result;
}

void wait_for_quiet() {
    using namespace std::chrono_literals;
    for (auto began = clock::now(); seconds_since(began) < 2.0;) {
        double busy = machine_busy();
        std::this_thread::sleep_for(100ms);
        if (machine_busy() - busy < 0.015) return;
    }
}

}  // namespace bench
