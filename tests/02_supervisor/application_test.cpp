// Whole programs, each in a process of the operating system: started, sent signals, and asked for their exit codes. A
// program writes lines to a pipe, so that a test knows when to go on.
#include <02_supervisor/application.hpp>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <poll.h>
#include <string>
#include <sys/mman.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

namespace {

using namespace std::chrono_literals;
using half::supervisor;

constexpr std::chrono::seconds soon{60};  // a bound: a test that waits so long has failed

// -- the side of the program ----------------------------------------------------------------------------------------

int diary = -1;  // where it writes

void note(std::string line) {
    line += '\n';
    [[maybe_unused]] const auto written = write(diary, line.data(), line.size());
}

struct worker {
    struct fail {};
    struct done {};
    struct spin {};

    std::string name;
    bool        starts_late = false, ends_late = false;

    half::task<> init() {
        note(name + " begins");
        if (starts_late) co_await half::sleep(24h);
        if (name == "bad") throw std::runtime_error{"no gas"};
    }
    void handle(fail) { throw std::runtime_error{"boom"}; }
    void handle(done, half::self<worker> self) { self.stop(); }
    void handle(spin) {
        note(name + " spins");
        for (std::atomic<bool> go_on{true}; go_on;) std::this_thread::yield();
    }
    half::task<> terminate(half::exit_reason reason) {
        note(fmt::format("{} ends: {}", name, reason));
        if (ends_late) co_await half::sleep(24h);
    }
};

half::child child(worker w) { return {.id = w.name, .start = w}; }

half::application two_workers() {
    return {.root    = {.children = {child({"stove"}), child({"cook"})}},
            .runtime = {.workers = 2},
            .started = [](half::runtime&, auto) { note("started"); }};
}

half::ref<worker> found(half::runtime& runtime, half::ref<supervisor> root, std::string id) {
    auto look = [](half::ref<supervisor> from, std::string who) -> half::task<half::ref<worker>> {
        for (const auto& each : co_await from.call(supervisor::which_children{}))
            if (each.id == who) co_return half::ref<worker>{each.pid};
        co_return half::ref<worker>{};
    };
    return runtime.run(look(root, std::move(id)));
}

// -- the side of the test -------------------------------------------------------------------------------------------

class program {
public:
    explicit program(std::invocable auto body) {
        int pipe_ends[2];
        if (pipe(pipe_ends) != 0) throw std::runtime_error{"no pipe"};
        errors_ = memfd_create("stderr", 0);
        std::fflush(nullptr);
        pid_ = fork();  // this process has one thread: a runtime's end when its test does
        if (pid_ == 0) {
            close(pipe_ends[0]);
            dup2(errors_, STDERR_FILENO);
            diary = pipe_ends[1];
            std::_Exit(body());
        }
        close(pipe_ends[1]);
        lines_ = pipe_ends[0];
    }
    program(program&&) = delete;
    ~program() {
        if (pid_ > 0) ::kill(pid_, SIGKILL), waitpid(pid_, nullptr, 0);
        close(lines_);
        close(errors_);
    }

    // The next line it writes; nothing when it has ended.
    std::string line() {
        for (;;) {
            if (const auto end = read_.find('\n'); end != read_.npos) {
                auto first = read_.substr(0, end);
                read_.erase(0, end + 1);
                return first;
            }
            pollfd ready{lines_, POLLIN, 0};
            if (poll(&ready, 1, static_cast<int>(std::chrono::milliseconds{soon}.count())) <= 0) return "(silence)";
            char       some[256];
            const auto n = read(lines_, some, sizeof some);
            if (n <= 0) return "";
            read_.append(some, static_cast<std::size_t>(n));
        }
    }
    std::vector<std::string> lines_until(const std::string& last) {
        std::vector<std::string> all;
        do all.push_back(line());
        while (all.back() != last && !all.back().empty() && all.back() != "(silence)");
        return all;
    }

    void send(int signal) const { ::kill(pid_, signal); }

    // Its exit code; -1: it did not end in order.
    int exit_code() {
        int status = 0;
        waitpid(pid_, &status, 0);
        pid_ = -1;
        return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
    }
    // Sends a signal again and again until it has ended.
    int exit_code_under(int signal) {
        const auto deadline = std::chrono::steady_clock::now() + soon;
        int        status   = 0;
        while (waitpid(pid_, &status, WNOHANG) == 0) {
            if (std::chrono::steady_clock::now() > deadline) return -1;
            send(signal);
            std::this_thread::yield();
        }
        pid_ = -1;
        return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
    }

    std::string errors() const {
        std::string text(static_cast<std::size_t>(lseek(errors_, 0, SEEK_END)), ' ');
        const auto  n = pread(errors_, text.data(), text.size(), 0);
        text.resize(static_cast<std::size_t>(std::max<ssize_t>(n, 0)));
        return text;
    }

private:
    pid_t       pid_   = -1;
    int         lines_ = -1, errors_ = -1;
    std::string read_;
};

using lines = std::vector<std::string>;

struct ApplicationStops : testing::TestWithParam<int> {};

TEST_P(ApplicationStops, InOrderWhenItIsAsked) {
    program p{[] { return half::run(two_workers()); }};
    EXPECT_EQ(p.lines_until("started"), (lines{"stove begins", "cook begins", "started"}));
    p.send(GetParam());
    const std::string why = GetParam() == SIGINT ? "SIGINT" : "SIGTERM";
    EXPECT_EQ(p.lines_until(""), (lines{"cook ends: shutdown", "stove ends: shutdown", ""})) << why;
    EXPECT_EQ(p.exit_code(), 0);
    EXPECT_EQ(p.errors(), "");
}

INSTANTIATE_TEST_SUITE_P(On, ApplicationStops, testing::Values(SIGTERM, SIGINT),
                         [](const auto& p) { return p.param == SIGINT ? "SIGINT" : "SIGTERM"; });

TEST(Application, SaysWhyItDidNotStart) {
    program p{[] {
        auto plan = two_workers();
        plan.root.children.push_back(child({"bad"}));
        return half::run(plan);
    }};
    EXPECT_EQ(p.lines_until(""),
              (lines{"stove begins", "cook begins", "bad begins", "cook ends: shutdown", "stove ends: shutdown", ""}));
    EXPECT_EQ(p.exit_code(), 1);
    EXPECT_NE(p.errors().find("the root did not start"), std::string::npos) << p.errors();
    EXPECT_NE(p.errors().find("no gas"), std::string::npos) << p.errors();
}

// It is asked to stop while it starts, and then does not start.
struct late_loser {
    half::task<> init() {
        ::kill(getpid(), SIGTERM);
        co_await half::sleep(200ms);
        throw std::runtime_error{"no gas"};
    }
};
TEST(Application, DidNotStartWhoeverAskedMeanwhile) {
    program p{[] {
        return half::run({.root = {.children = {{.id = "loser", .start = late_loser{}}}}, .runtime = {.workers = 2}});
    }};
    EXPECT_EQ(p.exit_code(), 1);
    EXPECT_NE(p.errors().find("no gas"), std::string::npos) << p.errors();
}

TEST(Application, EndsWhenItsRootGivesUp) {
    program p{[] {
        auto plan         = two_workers();
        plan.root.at_most = {.restarts = 0};
        plan.started      = [](half::runtime& r, auto root) { found(r, root, "cook").cast(worker::fail{}); };
        return half::run(plan);
    }};
    EXPECT_EQ(p.exit_code(), 1);
    EXPECT_NE(p.errors().find("the root ended"), std::string::npos) << p.errors();
    EXPECT_NE(p.errors().find("boom"), std::string::npos) << p.errors();
}

TEST(Application, EndsWhenItsRootIsKilled) {
    program p{[] {
        auto plan    = two_workers();
        plan.started = [](half::runtime&, auto root) { half::kill(root); };
        return half::run(plan);
    }};
    EXPECT_EQ(p.exit_code(), 1);
    EXPECT_NE(p.errors().find("killed"), std::string::npos) << p.errors();
}

TEST(Application, EndsWellWhenItsWorkIsDone) {
    program p{[] {
        auto plan                         = two_workers();
        plan.root.auto_shutdown           = half::auto_shutdown::any_significant;
        plan.root.children[1].restart     = half::transient;
        plan.root.children[1].significant = true;
        plan.started = [](half::runtime& r, auto root) { found(r, root, "cook").cast(worker::done{}); };
        return half::run(plan);
    }};
    EXPECT_EQ(p.lines_until(""),
              (lines{"stove begins", "cook begins", "cook ends: normal", "stove ends: shutdown", ""}));
    EXPECT_EQ(p.exit_code(), 0);
    EXPECT_EQ(p.errors(), "");
}

TEST(Application, IsStoppedInOrderWhenStartedThrows) {
    program p{[] {
        auto plan    = two_workers();
        plan.started = [](half::runtime&, auto) { throw std::runtime_error{"no printer"}; };
        return half::run(plan);
    }};
    EXPECT_EQ(p.lines_until(""),
              (lines{"stove begins", "cook begins", "cook ends: shutdown", "stove ends: shutdown", ""}));
    EXPECT_EQ(p.exit_code(), 1);
    EXPECT_NE(p.errors().find("no printer"), std::string::npos) << p.errors();
}

half::application one_that_ends_late() {
    return {.root    = {.children = {{.id       = "clerk",
                                      .start    = worker{.name = "clerk", .ends_late = true},
                                      .shutdown = half::forever}}},
            .runtime = {.workers = 1},
            .started = [](half::runtime&, auto) { note("started"); }};
}

TEST(Application, LosesPatience) {
    program p{[] {
        auto plan        = one_that_ends_late();
        plan.stop_within = 1ms;
        return half::run(plan);
    }};
    p.lines_until("started");
    p.send(SIGTERM);
    EXPECT_EQ(p.exit_code(), 2);
    EXPECT_NE(p.errors().find("SIGTERM, and it did not end in time; killed: "), std::string::npos) << p.errors();
    EXPECT_NE(p.errors().find("worker"), std::string::npos) << p.errors();
}

TEST(Application, LosesPatienceWithAChildThatNeverComesToTheEndOfItsInit) {
    program p{[] {
        auto plan        = two_workers();
        plan.stop_within = 1ms;
        plan.root.children.push_back(child({.name = "late", .starts_late = true}));
        return half::run(plan);
    }};
    p.lines_until("late begins");
    p.send(SIGINT);
    EXPECT_EQ(p.exit_code(), 2);
}

TEST(Application, EndsAtOnceOnASecondSignal) {
    program p{[] {
        auto plan        = one_that_ends_late();
        plan.stop_within = half::forever;
        return half::run(plan);
    }};
    p.lines_until("started");
    p.send(SIGTERM);
    p.lines_until("clerk ends: shutdown");
    p.send(SIGINT);
    EXPECT_EQ(p.exit_code(), 128 + SIGINT);
    EXPECT_NE(p.errors().find("SIGINT came while it was stopping"), std::string::npos) << p.errors();
}

TEST(Application, HearsSignalsThoughAllWorkersAreHeldUp) {
    program p{[] {
        auto plan        = one_that_ends_late();
        plan.stop_within = half::forever;
        plan.started     = [](half::runtime& r, auto root) { found(r, root, "clerk").cast(worker::spin{}); };
        return half::run(plan);
    }};
    p.lines_until("clerk spins");
    EXPECT_EQ(p.exit_code_under(SIGTERM), 128 + SIGTERM);
}

TEST(Application, DoesNotReturnUnderAHandlerThatIsStillAtWork) {
    program p{[] {
        auto plan                      = two_workers();
        plan.runtime.kill_deadline     = 1ms;
        plan.root.children[1].shutdown = half::brutal_kill;
        plan.started   = [](half::runtime& r, auto root) { found(r, root, "cook").cast(worker::spin{}); };
        const int code = half::run(plan);
        note("returned");
        return code;
    }};
    p.lines_until("cook spins");
    p.send(SIGTERM);
    EXPECT_EQ(p.lines_until(""), (lines{"stove ends: shutdown", ""}));
    EXPECT_EQ(p.exit_code(), 0);
}

TEST(Application, LeavesSignalsAsItFoundThemAndCanBeRunAgain) {
    program p{[] {
        std::signal(SIGINT, SIG_IGN);
        for (int i = 0; i < 2; ++i) {
            const int        code = half::run(two_workers());
            struct sigaction now  = {};
            sigaction(SIGINT, nullptr, &now);
            note(fmt::format("ended with {}, SIGINT {}", code, now.sa_handler == SIG_IGN ? "as before" : "changed"));
        }
        return 0;
    }};
    for (int i = 0; i < 2; ++i) {
        p.lines_until("started");
        p.send(SIGTERM);
        p.lines_until("stove ends: shutdown");
        EXPECT_EQ(p.line(), "ended with 0, SIGINT as before");
    }
    EXPECT_EQ(p.exit_code(), 0);
}

}  // namespace
