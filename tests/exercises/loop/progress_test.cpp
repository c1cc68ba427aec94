#include "folder.hpp"

#include <gtest/gtest.h>

#include <exercises/runner/loop/atomic_file.hpp>
#include <exercises/runner/loop/progress.hpp>
#include <sys/stat.h>
#include <thread>
#include <unistd.h>
#include <vector>

using namespace exercises;

TEST(Progress, IsTextAndBack) {
    progress known;
    known.current             = "01_b";
    known.of["01_a"].done     = true;
    known.of["01_a"].gave_up  = true;
    known.of["01_b"].hints[2] = 3;
    const auto again          = parse_progress(to_text(known));
    EXPECT_EQ(again.known.current, "01_b");
    EXPECT_TRUE(again.known.done("01_a"));
    EXPECT_TRUE(again.known.gave_up("01_a"));
    EXPECT_FALSE(again.known.done("01_b"));
    EXPECT_EQ(again.known.of.at("01_b").hints.at(2), 3);
    EXPECT_TRUE(again.strange.empty());
    EXPECT_EQ(to_text(again.known), to_text(known));
}

TEST(Progress, KnowsWhichLinesMeanNothing) {
    const auto found = parse_progress(
        "half-of-erlang exercises 1\ndone 01_a\ndnoe 01_b\n\n# mine\nhints 01_a x 1\ndone\nhints 01_a 1 -4\n");
    EXPECT_TRUE(found.known.done("01_a"));
    ASSERT_EQ(found.strange.size(), 4U);
    EXPECT_EQ(found.strange[0].number, 3);
    EXPECT_EQ(found.strange[0].text, "dnoe 01_b");
}

TEST(Progress, OfNobodyIsEmpty) {
    const folder  here;
    progress_file file{here.path() / "my/.progress"};
    EXPECT_TRUE(file.read().of.empty());
    EXPECT_FALSE(here.has("my"));  // to look is to change nothing
    EXPECT_TRUE(file.complaints().empty());
}

TEST(Progress, IsKept) {
    const folder here;
    progress_file{here.path() / "my/.progress"}.change([](progress& p) { p.of["01_a"].done = true; });
    progress_file{here.path() / "my/.progress"}.change([](progress& p) { p.current = "01_b"; });
    const auto again = progress_file{here.path() / "my/.progress"}.read();
    EXPECT_TRUE(again.done("01_a"));
    EXPECT_EQ(again.current, "01_b");
}

TEST(Progress, KeepsABrokenLineAsideAndSaysSo) {
    const folder here;
    here.write(".progress", "half-of-erlang exercises 1\ndone 01_a\nwhat is this\n");
    progress_file file{here.path() / ".progress"};
    EXPECT_TRUE(file.read().done("01_a"));
    const auto said = file.complaints();
    ASSERT_EQ(said.size(), 2U);
    EXPECT_NE(said[0].find(".progress:3: "), std::string::npos) << said[0];
    EXPECT_EQ(here.read(".progress.aside"), "what is this\n");
    EXPECT_EQ(here.read(".progress"), "half-of-erlang exercises 1\ndone     01_a\n");
    EXPECT_TRUE(file.read().done("01_a"));
    EXPECT_TRUE(file.complaints().empty());  // said once
}

TEST(Progress, SurvivesRubbish) {
    const folder here;
    here.write(".progress", std::string("\0\xff\x1b[2J", 6) + std::string(100000, 'x'));
    progress_file file{here.path() / ".progress"};
    EXPECT_TRUE(file.read().of.empty());
    file.change([](progress& p) { p.of["01_a"].done = true; });
    EXPECT_TRUE(file.read().done("01_a"));
}

TEST(Progress, OfANewerWorkbookIsKeptWhole) {
    const folder      here;
    const std::string newer = "half-of-erlang exercises 2\ndone 01_a\nmedal 01_a gold\n";
    here.write(".progress", newer);
    progress_file file{here.path() / ".progress"};
    EXPECT_TRUE(file.read().done("01_a"));
    EXPECT_EQ(here.read(".progress.2"), newer);
    EXPECT_EQ(file.complaints().size(), 1U);
}

TEST(Progress, OfTwoWorkbooksAtOnceIsNotLost) {
    const folder             here;
    std::vector<std::thread> writers;
    for (int writer = 0; writer < 4; ++writer)
        writers.emplace_back([&, writer] {
            for (int i = 0; i < 10; ++i)
                progress_file{here.path() / ".progress"}.change(
                    [&](progress& p) { p.of["e" + std::to_string(writer) + "_" + std::to_string(i)].done = true; });
        });
    for (auto& each : writers) each.join();
    EXPECT_EQ(progress_file{here.path() / ".progress"}.read().of.size(), 40U);
}

TEST(Progress, ThatCannotBeWrittenIsSaid) {
    const folder here;
    here.write("my", "a file where the folder should be");
    progress_file file{here.path() / "my/.progress"};
    file.change([](progress& p) { p.current = "01_a"; });
    ASSERT_EQ(file.complaints().size(), 1U);
}

TEST(WholeFile, IsReplacedAtOnce) {
    const folder here;
    write_whole(here.path() / "deep/er/file", "one");
    write_whole(here.path() / "deep/er/file", "two");
    EXPECT_EQ(content_of(here.path() / "deep/er/file"), "two");
    EXPECT_FALSE(content_of(here.path() / "none"));
    EXPECT_FALSE(here.has("deep/er/.file.new"));
}
