// The whole loop in a terminal that the test plays, as a learner would.
#include "house.hpp"
#include "played_terminal.hpp"

#include <gtest/gtest.h>

#include <csignal>
#include <poll.h>
#include <unistd.h>

extern "C" {
#include <sys/pidfd.h>
}

namespace {

using variables = std::vector<std::pair<std::string, std::string>>;

const variables usual = {{"TERM", "xterm"}, {"LC_ALL", "C.UTF-8"}, {"USER", "anna"}, {"CCACHE_DISABLE", "1"}};

struct learner : house, played_terminal {
    explicit learner(std::vector<std::string> words = {"loop"}, const variables& with = usual, int columns = 80,
                     int rows = 24)
        : house{}, played_terminal{call(std::move(words)), with, columns, rows} {}
};

// The compiler that hangs, by its number: has it ended?
bool ends(const std::string& id) {
    pollfd program = {.fd = static_cast<int>(pidfd_open(std::stoi(id), 0)), .events = POLLIN, .revents = 0};
    if (program.fd < 0) return true;
    const bool ended = poll(&program, 1, 20'000) > 0;
    close(program.fd);
    return ended;
}

}  // namespace

TEST(Loop, IsGoneThroughInterruptedAndResumed) {
    const house home;
    {
        played_terminal at{home.call({"loop"}), usual};
        at.shows("00_greeting  How to greet");
        at.shows("Open exercises/my/00_greeting/greeting.hpp in");
        at.shows("todo 1   Greeting.SaysHello");
        at.shows("TODO 1 is not written yet: say hello, and the name");
        at.shows("your file   exercises/my/00_greeting/greeting.hpp:6");

        at.press("h");
        at.shows("Hint 1 of 3 for TODO 1: Who is it?");
        at.press("h");
        at.shows("Hint 2 of 3 for TODO 1: A string and a string.");
        at.press("t");
        at.shows("Greet whoever comes.");
        at.press("\x1b");
        at.shows("2 of 3 for TODO 1");

        auto half = house::greeting;
        half.replace(half.find("bye "), 4, "hey ");
        home.save("00_greeting/greeting.hpp", half);
        at.shows("FAIL     Greeting.SaysBye");
        at.shows("Anna should hear bye");
        at.shows("1 of 2");

        home.save("00_greeting/greeting.hpp", house::greeting);
        at.shows("Done.");
        at.shows("1 of 2 done");
        at.press("d");
        at.shows("They are equal, word for word.");
        at.press("d");
        at.press("n");
        at.shows("00_sum  A sum");
        at.shows("1, 2 and 3 are 6, and not 5");
        at.press("q");
        EXPECT_EQ(at.ended(), 0);
        EXPECT_TRUE(at.given_back());
        at.shows("./workbook comes back to 00_sum.");
    }
    played_terminal at{home.call({"loop"}), usual};
    at.shows("00_sum  A sum");
    at.shows("1 of 2 done");
    home.save("00_sum/sum.hpp", house::sum);
    at.shows("And with it all of them.");
    at.press("q");
    EXPECT_EQ(at.ended(), 0);
}

TEST(Loop, ShowsTheFirstErrorAndTheRestOnDemand) {
    learner it;
    it.shows("todo 1");
    it.save("00_greeting/greeting.hpp",
            "#pragma once\n\ninline int hello() { return wrong; }\ninline int other = also_wrong;\n");
    it.shows("compile     FAIL");
    it.shows("greeting.hpp:3");
    it.press("e");
    it.shows("also_wrong");
    it.press("\x1b");
    it.shows("folded away: e");
}

TEST(Loop, IsNotContentWhenASanitizerIsNot) {
    learner it;
    it.shows("todo 1");
    it.press("l");
    it.shows("Exercises");
    it.press("j\r");
    it.shows("00_sum  A sum");
    it.shows("and not 5");
    it.save("00_sum/sum.hpp", house::unsound_sum);
    it.shows("The checks hold, but look:");
    it.shows("AddressSanitizer: heap-buffer-overflow");
    it.shows("sum.hpp:7");
    EXPECT_EQ(it.seen().find("Done."), std::string::npos);
    EXPECT_EQ(it.files().read("exercises/my/.progress").find("done"), std::string::npos);
}

TEST(Loop, StartsAgainAndKeepsWhatWasThere) {
    learner it;
    it.shows("todo 1");
    it.save("00_greeting/greeting.hpp", "int mine;\n");
    it.shows("compile     FAIL");
    it.press("x");
    it.shows("x again begins anew");
    it.press("x");
    it.shows("Yours is kept: exercises/my/00_greeting/greeting.hpp.1");
    it.shows("todo 1");
    EXPECT_EQ(it.files().read("exercises/my/00_greeting/greeting.hpp.1"), "int mine;\n");
}

TEST(Loop, EndsAtOnceWhileSomethingIsBuilt) {
    for (const std::string how : {"q", "\x03", "TERM"}) {
        const house home;
        home.let_the_compiler_hang();
        played_terminal at{home.call({"loop"}), usual};
        at.shows("compile     …");
        const auto end = std::chrono::steady_clock::now() + std::chrono::seconds{30};
        while (!home.files().has("compiler") && std::chrono::steady_clock::now() < end) poll(nullptr, 0, 10);
        at.press("nhlex");  // nobody hears
        if (how == "TERM") at.send(SIGTERM);
        else at.press(how);
        EXPECT_EQ(at.ended(), how == "q" ? 0 : how == "TERM" ? 128 + SIGTERM : 128 + SIGINT) << how;
        EXPECT_TRUE(at.given_back()) << how;
        EXPECT_TRUE(ends(home.files().read("compiler"))) << how;
    }
}

TEST(Loop, BeginsAnewWhenSavedWhileSomethingIsBuilt) {
    const house home;
    const auto  kit = home.files().read("build/dev/exercises/00.kit");
    home.let_the_compiler_hang();
    played_terminal at{home.call({"loop"}), usual};
    at.shows("compile     …");
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds{30};
    while (!home.files().has("compiler") && std::chrono::steady_clock::now() < end) poll(nullptr, 0, 10);
    home.files().write("build/dev/exercises/00.kit", kit);
    home.save("00_greeting/greeting.hpp", house::greeting);
    at.shows("Done.");
    EXPECT_TRUE(ends(home.files().read("compiler")));
}

TEST(Loop, FitsIntoASmallTerminalAndFollowsItsSize) {
    learner it{{"loop"}, usual, 40, 14};
    it.shows("todo 1");
    it.resize(100, 30);
    it.shows("TODO 1 is not written yet: say hello, and the name");  // in one line
    it.resize(30, 8);
    it.shows("quit");
}

TEST(Loop, IsAsciiAndWithoutColoursWhereThatIsAsked) {
    learner it{{"loop"}, {{"TERM", "xterm"}, {"LC_ALL", "C"}, {"NO_COLOR", "1"}, {"CCACHE_DISABLE", "1"}}};
    it.shows("todo 1");
    it.shows("....");
    EXPECT_FALSE(it.said("\x1b[1m"));
    EXPECT_FALSE(it.said("\x1b]8"));
    for (const char c : it.seen()) EXPECT_TRUE((c >= ' ' && c < '\x7f') || c == '\n');
}

TEST(Loop, LinksFilesWhereTheTerminalCan) {
    auto with = usual;
    with.emplace_back("VTE_VERSION", "7000");
    learner it{{"loop"}, with};
    it.shows("todo 1");
    EXPECT_TRUE(it.said("\x1b]8;;file://"));
}

TEST(Loop, LooksEachSecondWhenToldSo) {
    learner it{{"loop", "--poll"}};
    it.shows("todo 1");
    it.save("00_greeting/greeting.hpp", house::greeting);
    it.shows("Done.");
}

TEST(Loop, RestsWhenItIsSuspended) {
    learner it;
    it.shows("todo 1");
    it.press("\x1a");
    ASSERT_TRUE(it.stopped());  // its shell would see this
    EXPECT_TRUE(it.given_back());
    it.send(SIGCONT);
    it.press("?");
    it.shows("start again; press it twice");
}

TEST(Loop, ReportsABrokenProgressFile) {
    const house home;
    home.files().write("exercises/my/.progress", "half-of-erlang exercises 1\ndone 00_greeting\nhmm\n");
    played_terminal at{home.call({"loop"}), usual};
    at.shows(".progress:3: this line means nothing: hmm");
    EXPECT_EQ(home.files().read("exercises/my/.progress.aside"), "hmm\n");
    at.shows("1 of 2 done");
}

TEST(Loop, GoesOnWhenTheClassBoardDoesNotAnswer) {
    learner it{{"loop", "--class", "http://127.0.0.1:1/board"}};
    it.shows("does not hear us");
    it.shows("todo 1");
    it.press("h");
    it.shows("Hint 1 of 3");
    it.press("q");
    EXPECT_EQ(it.ended(), 0);
}

TEST(Loop, SaysWhenTheFileIsGone) {
    learner it;
    it.shows("todo 1");
    std::filesystem::remove(it.root() / "exercises/my/00_greeting/greeting.hpp");
    it.shows("Your file is not there");
    it.press("xx");
    it.shows("todo 1");
}

TEST(Loop, WithoutAScreenIsReadLineByLine) {
    learner it{{"loop", "--plain"}, usual, 200};
    it.shows("00_greeting: How to greet (build, 5 minutes; 0 of 2 exercises done)");
    it.shows("TODO 1 is not written yet");
    it.press("hint\n");
    it.shows("Hint 1 of 3 for TODO 1: Who is it?");
    it.save("00_greeting/greeting.hpp", house::greeting);
    it.shows("Done: 00_greeting");
    it.press("n\n");
    it.shows("00_sum: A sum");
    it.press("q\n");
    EXPECT_EQ(it.ended(), 0);
    EXPECT_FALSE(it.said("\x1b[H"));
}
