// ./workbook list, check, hint, ... as they are typed, in a small workbook.
#include "house.hpp"

#include <gtest/gtest.h>

#include <exercises/runner/git.hpp>
#include <exercises/runner/loop/text.hpp>
#include <netinet/in.h>
#include <sys/socket.h>
#include <thread>
#include <unistd.h>

using exercises::ended;

namespace {

const std::string mine = "exercises/my/00_greeting/greeting.hpp";

bool says(const ended& what, const std::string& words) {
    if (what.output.find(words) != std::string::npos) return true;
    ADD_FAILURE() << "it does not say \"" << words << "\", but\n" << what.output;
    return false;
}

bool is_silent_about(const ended& what, const std::string& words) {
    return what.output.find(words) == std::string::npos;
}

}  // namespace

TEST(Commands, ListShowsAllAndWhereOneIs) {
    const house home;
    const auto  list = home.workbook({"list"});
    EXPECT_TRUE(list.well());
    says(list, "> open   00_greeting  How to greet  5 min");
    says(list, "  open   00_sum       A sum  5 min");
    EXPECT_FALSE(home.files().has("exercises/my"));
}

TEST(Commands, CheckClimbsAndRemembers) {
    const house home;
    const auto  first = home.workbook({"check"});
    EXPECT_EQ(first.code, 1);
    says(first, "Begun: " + mine);
    says(first, "Checks: 0 of 2 hold");
    says(first, "TODO 1 is not written yet: say hello, and the name");
    says(first, "Not done yet. Look at " + mine + ":6");

    home.save("00_greeting/greeting.hpp", house::greeting);
    const auto second = home.workbook({"check", "greeting"});
    EXPECT_EQ(second.code, 0);
    says(second, "Checks: 2 of 2 hold");
    says(second, "Sanitizers: content");
    says(second, "Done: 00_greeting");
    says(home.workbook({"list"}), "done   00_greeting");

    const auto all = home.workbook({"check", "--all"});
    EXPECT_EQ(all.code, 1);
    says(all, "1 of 2 are done.");
    EXPECT_EQ(home.workbook({"check", "--chapter", "0"}).code, 1);
    EXPECT_EQ(home.workbook({"check", "--chapter", "7"}).code, 1);
}

// Checks that somebody has made easier prove nothing.
TEST(Commands, CheckWantsOurChecks) {
    const house home;
    using exercises::git;
    ASSERT_TRUE(git(home.root(), {"init", "-q"}));
    ASSERT_TRUE(git(home.root(), {"add", "tests", "exercises/00_greeting", "exercises/00_sum"}));
    ASSERT_TRUE(git(home.root(), {"-c", "user.name=a", "-c", "user.email=a@b", "commit", "-q", "-m", "One"}));
    home.workbook({"start"});
    const std::string checks = "tests/exercises/00_greeting/checks.cpp";
    const auto        ours   = home.files().read(checks);
    home.files().write(checks,
                       "#include <exercise/expect.hpp>\nTEST(Greeting, SaysHello) {}\nTEST(Greeting, SaysBye) {}\n");
    home.save("00_greeting/greeting.hpp", house::greeting);

    const auto easy = home.workbook({"check"});
    EXPECT_NE(easy.code, 0);
    says(easy, checks + " was changed, so it proves nothing. git checkout -- " + checks);

    home.files().write(checks, ours);
    EXPECT_EQ(home.workbook({"check"}).code, 0);
}

// Whatever stands in the file, only named checks that passed count.
TEST(Commands, CheckIsNotFooled) {
    const house home;
    home.workbook({"start"});
    const std::vector<std::pair<std::string, std::string>> tries = {
        {"", "empty"},
        {"#pragma once\n#include <cstdlib>\n#include <string>\ninline const int out = (std::_Exit(0), 0);\n"
         "inline std::string hello(std::string) { return {}; }\ninline std::string bye(std::string) { return {}; }\n",
         "ended before its checks began"},
        {"#pragma once\n#include <cstdlib>\n#include <string>\ninline std::string hello(std::string) { std::_Exit(0); "
         "}\ninline std::string bye(std::string n) { return \"bye \" + n; }\n",
         "exit, _Exit or abort"},
        {"#pragma once\n// " + house::greeting.substr(13, 0) + "nothing here\n",
         "use of undeclared identifier 'hello'"},
        {"#define TEST(a, b) void a##b()\n" + house::greeting, "belongs to the checks"},
        {"int main() { return 0; }\n" + house::greeting, "main()"},
    };
    for (const auto& [text, answer] : tries) {
        home.save("00_greeting/greeting.hpp", text);
        const auto said = home.workbook({"check"});
        EXPECT_EQ(said.code, 1) << text;
        says(said, answer);
        EXPECT_TRUE(is_silent_about(said, "Done:")) << text;
    }
}

TEST(Commands, CheckEndsALoopThatDoesNot) {
    const house home;
    home.workbook({"start"});
    home.save("00_greeting/greeting.hpp",
              "#pragma once\n#include <string>\ninline std::string hello(std::string) { volatile int i = 0; for (;;) i "
              "= i + 1; }\ninline std::string bye(std::string) { return {}; }\n");
    const auto said = home.workbook({"check"});
    EXPECT_EQ(said.code, 1);
    says(said, "too long: Greeting.SaysHello");
    says(said, "is there a loop that goes on for ever?");
}

TEST(Commands, CheckTellsProgramsInJson) {
    const house home;
    const auto  said = home.workbook({"check", "--json"});
    EXPECT_EQ(said.code, 1);
    for (const auto& line : exercises::lines_of(said.output))
        EXPECT_TRUE(line.starts_with("{\"event\":\"") && line.ends_with("}")) << line;
    says(said, R"({"event":"opened","exercise":"00_greeting","title":"How to greet","kind":"build","minutes":5)");
    says(
        said,
        R"({"event":"check","exercise":"00_greeting","name":"Greeting.SaysHello","sanitized":false,"state":"unwritten","hole":1)");
    says(said, R"({"event":"verdict","exercise":"00_greeting","result":"not_passing","passed":0,"checks":2,"file":")"
                   + mine + R"(","line":6})");
    home.save("00_greeting/greeting.hpp", "int broken(;\n");
    const auto broken = home.workbook({"check", "--json"});
    says(broken, R"("event":"compile","exercise":"00_greeting","ok":false)");
    says(broken, R"("file":")" + mine + R"(","line":1,"column":12,"message":"expected)");
}

TEST(Commands, HintsGoOnFromWhereTheyWere) {
    const house home;
    says(home.workbook({"hint"}), "Hint 1 of 3 for TODO 1: Who is it?");
    says(home.workbook({"hint"}), "Hint 2 of 3 for TODO 1: A string and a string.");
    says(home.workbook({"hint"}), "Hint 3 of 3 for TODO 1: `\"hello \" + name`");
    says(home.workbook({"hint", "greeting"}), "Hint 1 of 3 for TODO 2: b");
    home.workbook({"hint"});
    home.workbook({"hint"});
    const auto last = home.workbook({"hint"});
    says(last, "These were all the hints");
    says(last, "Hint 3 of 3 for TODO 2: bye");
    says(home.workbook({"hint", "sum"}), "There are no hints for 00_sum.");
}

TEST(Commands, HintsAreForWhatIsStillUnwritten) {
    const house home;
    home.workbook({"start"});
    auto half = home.files().read(mine);
    half.replace(half.find("half::todo(1"), half.find(';', half.find("half::todo(1")) - half.find("half::todo(1"),
                 "return \"hello \" + name");
    home.save("00_greeting/greeting.hpp", half);
    says(home.workbook({"hint"}), "Hint 1 of 3 for TODO 2: b");
}

TEST(Commands, SolutionComesAfterOnesOwnOrWhenAskedTwice) {
    const house home;
    const auto  no = home.workbook({"solution"});
    EXPECT_EQ(no.code, 1);
    says(no, "--give-up");
    EXPECT_TRUE(is_silent_about(no, "hello"));
    EXPECT_EQ(home.workbook({"diff"}).code, 1);

    const auto yes = home.workbook({"solution", "--give-up"});
    EXPECT_EQ(yes.code, 0);
    says(yes, "return \"hello \" + name;");
    EXPECT_TRUE(is_silent_about(yes, "//@"));
    EXPECT_NE(home.files().read("exercises/my/.progress").find("gave_up  00_greeting"), std::string::npos);
    says(home.workbook({"list"}), "seen   00_greeting");
    EXPECT_EQ(home.workbook({"solution"}).code, 0);  // written down once is enough
    home.workbook({"start"});
    says(home.workbook({"diff"}), "+     return \"hello \" + name;");
}

TEST(Commands, ResetKeepsWhatWasThere) {
    const house home;
    home.workbook({"start"});
    const auto starter = home.files().read(mine);
    for (const std::string text : {"one", "two"}) {
        home.save("00_greeting/greeting.hpp", text);
        says(home.workbook({"reset"}), "Yours is kept: " + mine + (text == "one" ? ".1" : ".2"));
        EXPECT_EQ(home.files().read(mine), starter);
    }
    EXPECT_EQ(home.files().read(mine + ".1"), "one");
    EXPECT_EQ(home.files().read(mine + ".2"), "two");
    EXPECT_TRUE(is_silent_about(home.workbook({"reset"}), "kept"));  // there was nothing to keep
}

TEST(Commands, StartOverwritesNothing) {
    const house home;
    says(home.workbook({"start"}), "begun  " + mine);
    home.save("00_greeting/greeting.hpp", "mine");
    const auto again = home.workbook({"start"});
    says(again, "there  " + mine);
    says(again, "0 exercises begun");
    EXPECT_EQ(home.files().read(mine), "mine");
}

TEST(Commands, GotoAndNextMoveOn) {
    const house home;
    says(home.workbook({"goto", "sum"}), "00_sum: A sum");
    says(home.workbook({"list"}), "> open   00_sum");
    says(home.workbook({"next"}), "00_greeting: How to greet");
    says(home.workbook({"goto", "00"}), "00_greeting: How to greet");
    says(home.workbook({"goto", "exercises/my/00_sum/"}), "00_sum: A sum");
    home.files().write("exercises/my/.progress", "half-of-erlang exercises 1\ndone 00_greeting\ndone 00_sum\n");
    says(home.workbook({"next"}), "All exercises are done.");
}

TEST(Commands, WhyShowsTheLesson) {
    const house home;
    const auto  why = home.workbook({"why", "Greeting.SaysBye"});
    EXPECT_TRUE(why.well());
    says(why, "lesson/README.md#greeting");
    says(why, "One greets.");
    EXPECT_TRUE(is_silent_about(why, "One adds."));
    EXPECT_EQ(home.workbook({"why", "No.Such"}).code, 1);
}

TEST(Commands, WithoutSenseAreMisused) {
    const house                                 home;
    const std::vector<std::vector<std::string>> wrong = {{"goto"},
                                                         {"goto", "nothing"},
                                                         {"goto", "0"},
                                                         {"check", "--frob"},
                                                         {"check", "a", "b"},
                                                         {"list", "x"},
                                                         {"why"},
                                                         {"swap"},
                                                         {"swap", "00"},
                                                         {"swap", "00", "perhaps"},
                                                         {"check", "--plain", "--json"},
                                                         {"check", "--class", "https://h/"},
                                                         {"check", "--class"},
                                                         {"loop"}};
    for (const auto& words : wrong) {
        const auto said = home.workbook(words);
        if (words == std::vector<std::string>{"goto", "0"}) continue;  // chapter 00: it is right
        EXPECT_EQ(said.code, 2) << exercises::joined(words, " ");
        says(said, "./workbook help");
    }
    says(home.workbook({"goto", "g"}), "00_greeting");  // a part is enough
    says(home.workbook({"goto", "00_"}), "Which one?");
    says(home.workbook({"goto", "nothing"}), "They are: 00_greeting 00_sum");
    EXPECT_EQ(home.workbook({"swap", "00", "on"}).code, 1);
}

TEST(Commands, LoopEndsWithItsInput) {
    const house home;
    const auto  plain = home.workbook({"loop", "--plain"});  // reads nothing: looks once, and goes
    EXPECT_EQ(plain.code, 0);
    says(plain, "Not done yet.");
    const auto json = home.workbook({"loop", "--json"});
    says(json, R"({"event":"verdict","exercise":"00_greeting")");
}

TEST(Commands, TheBoardHearsHowFarAndNothingOfTheCode) {
    const int   listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in here     = {};
    here.sin_family      = AF_INET;
    here.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size       = sizeof here;
    ASSERT_EQ(bind(listener, reinterpret_cast<sockaddr*>(&here), size), 0);
    ASSERT_EQ(listen(listener, 4), 0);
    getsockname(listener, reinterpret_cast<sockaddr*>(&here), &size);

    std::string heard;
    std::thread board{[&] {
        const int to = accept(listener, nullptr, nullptr);
        char      some[4096];
        while (heard.find('}') == heard.npos) {
            const auto count = recv(to, some, sizeof some, 0);
            if (count <= 0) break;
            heard.append(some, static_cast<std::size_t>(count));
        }
        send(to, "HTTP/1.1 200 OK\r\n\r\n", 19, 0);
        close(to);
    }};
    const house home;
    const auto  said =
        home.workbook({"check", "--class", "http://127.0.0.1:" + std::to_string(ntohs(here.sin_port)) + "/board",
                       "--name", "Anna\x1b[2J\n"});
    board.join();
    close(listener);
    EXPECT_TRUE(heard.starts_with("POST /board HTTP/1.1\r\n")) << heard;
    EXPECT_TRUE(heard.ends_with(
        R"({"name":"Anna","exercise":"00_greeting","stage":"not_passing","passed":0,"checks":2,"done":0,"exercises":2})"))
        << heard;
    EXPECT_TRUE(is_silent_about(said, "board"));
}
