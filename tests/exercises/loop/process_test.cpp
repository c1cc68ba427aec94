#include "folder.hpp"

#include <gtest/gtest.h>

#include <cerrno>
#include <csignal>
#include <exercises/runner/process.hpp>
#include <poll.h>
#include <unistd.h>

extern "C" {
#include <sys/pidfd.h>
}

using namespace exercises;
using namespace std::chrono_literals;

namespace {

ended shell(const std::string& script, std::chrono::milliseconds limit = 60s, const environment& more = {},
            const control& with = {}) {
    return run({"/bin/sh", "-c", script}, limit, more, with);
}

// Soon: whoever is killed needs a moment to die.
bool ends(const std::string& id) {
    pollfd program = {.fd = static_cast<int>(pidfd_open(std::stoi(id), 0)), .events = POLLIN, .revents = 0};
    if (program.fd < 0) return errno == ESRCH;
    const bool ended = poll(&program, 1, 20'000) > 0;
    close(program.fd);
    return ended;
}

}  // namespace

TEST(Process, SaysHowItEndedAndWhatItPrinted) {
    const auto well = shell("echo out; echo err >&2");
    EXPECT_TRUE(well.well());
    EXPECT_EQ(well.output, "out\nerr\n");
    EXPECT_EQ(shell("exit 3").code, 3);
    const auto killed = shell("kill -SEGV $$");
    EXPECT_EQ(killed.how, ended::kind::signalled);
    EXPECT_EQ(killed.code, SIGSEGV);
}

TEST(Process, ThatIsNotThereEndsAsInAShell) {
    const auto none = run({"/no/such/program"}, 1s);
    EXPECT_EQ(none.code, 127);
    EXPECT_NE(none.output.find("No such file"), std::string::npos);
}

TEST(Process, ReadsNothingAndHasItsOwnEnvironment) {
    EXPECT_EQ(shell("cat; echo $HALF_A-$HOME-$HALF_B", 60s, {{"HALF_A", "x=y"}, {"HOME", ""}, {"HALF_B", "z"}}).output,
              "x=y--z\n");
}

TEST(Process, EndsWhenItsTimeIsOver) {
    const auto begin = std::chrono::steady_clock::now();
    EXPECT_EQ(shell("trap '' TERM; echo begun; while :; do :; done", 300ms).how, ended::kind::timed_out);
    EXPECT_LT(std::chrono::steady_clock::now() - begin, 30s);
}

TEST(Process, ThatPrintsForEverEndsTooAndIsNotRemembered) {
    const auto loud = shell("while :; do echo yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy; done", 1s);
    EXPECT_EQ(loud.how, ended::kind::timed_out);
    EXPECT_LE(loud.output.size(), 1'000'000U);
}

TEST(Process, TakesAlongWhatItHasStarted) {
    const auto left = shell("sleep 1000 & echo $!");  // it holds the output open
    EXPECT_TRUE(left.well());
    EXPECT_TRUE(ends(left.output));
}

TEST(Process, IsStoppedWhenNobodyWantsItAnyMore) {
    std::stop_source enough;
    std::string      heard;
    control          with{.stop = enough.get_token()};
    with.heard = [&](std::string_view words) {
        heard += words;
        enough.request_stop();
    };
    const auto stopped = shell("sleep 1000 & echo $!; wait", 60s, {}, with);
    EXPECT_EQ(stopped.how, ended::kind::stopped);
    EXPECT_TRUE(ends(heard));
}

TEST(Process, ThatDoesNotListenIsStoppedTheHardWay) {
    std::stop_source enough;
    control          with{.stop = enough.get_token()};
    with.heard = [&](std::string_view) { enough.request_stop(); };
    EXPECT_EQ(shell("trap '' TERM; echo; while :; do :; done", 60s, {}, with).how, ended::kind::stopped);
    enough.request_stop();
    EXPECT_EQ(shell("sleep 1000", 60s, {}, with).how, ended::kind::stopped);  // before it began
}

TEST(Process, HasNoMoreMemoryThanItWasGiven) {
    EXPECT_TRUE(shell("ulimit -v", 60s, {}, {.memory = std::size_t{1} << 30U}).output.starts_with("1048576"));
}

TEST(Process, StartsAsFromAShellWhateverWeBlock) {
    sigset_t all;
    sigset_t before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    const auto term = shell("kill -TERM $$; echo still here");
    pthread_sigmask(SIG_SETMASK, &before, nullptr);
    EXPECT_EQ(term.code, SIGTERM);
}
