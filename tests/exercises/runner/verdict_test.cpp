#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <exercises/runner/verdict.hpp>

namespace {

using exercises::check_verdict;
using exercises::ended;
using exercises::judge;
using kind = check_verdict::kind;
using testing::ElementsAre;
using testing::HasSubstr;

const ended well{};

ended with_code(int code) { return {ended::kind::exited, code, "Segmentation\n"}; }

TEST(Verdict, OfACheckThatPassed) {
    EXPECT_EQ(judge("A.B", "7", well, "run 7\ncheck A.B\nresult passed\nend\n").how, kind::passed);
}

TEST(Verdict, OfACheckThatFailedHasItsStory) {
    const auto said =
        judge("A.B", "7", with_code(1),
              "run 7\ncheck A.B\nfailed x.cpp:3\n| no cake\n| at all\nstory\n| 0 s  Anna asks\nresult failed\nend\n");
    EXPECT_EQ(said.how, kind::failed);
    EXPECT_EQ(said.where, "x.cpp:3");
    EXPECT_THAT(said.text, ElementsAre("no cake", "at all"));
    EXPECT_THAT(said.story, ElementsAre("0 s  Anna asks"));
}

TEST(Verdict, OfAHoleThatWasMetIsThatHole) {
    const auto said =
        judge("A.B", "7", with_code(1), "run 7\ncheck A.B\ntodo 2 bake it\nfailed x.cpp:3\n| no\nresult failed\nend\n");
    EXPECT_EQ(said.how, kind::unwritten);
    EXPECT_EQ(said.hole, 2);
    EXPECT_THAT(said.text, ElementsAre("TODO 2 is not written yet: bake it"));
}

// An exit code says nothing, and what was printed says nothing.
struct not_passed {
    const char* why;
    ended       program;
    const char* written;
    kind        how;
};
struct NotPassed : testing::TestWithParam<not_passed> {};

TEST_P(NotPassed, WhateverTheExitCode) {
    const auto& [why, program, written, how] = GetParam();
    EXPECT_EQ(judge("A.B", "7", program, written).how, how) << why;
}

INSTANTIATE_TEST_SUITE_P(
    Reports, NotPassed,
    testing::Values(
        not_passed{"no report", well, "", kind::missing},
        not_passed{"not a report", well, "A.B passed\n", kind::missing},
        not_passed{"the report of another run", well, "run 6\ncheck A.B\nresult passed\nend\n", kind::missing},
        not_passed{"no check of that name", well, "run 7\nend\n", kind::missing},
        not_passed{"another check", well, "run 7\ncheck A.C\nresult passed\nend\n", kind::missing},
        not_passed{"it did not end", well, "run 7\ncheck A.B\n", kind::broke},
        not_passed{"the program did not end", well, "run 7\ncheck A.B\nresult passed\n", kind::broke},
        not_passed{"it was skipped", well, "run 7\ncheck A.B\nresult skipped\nend\n", kind::failed},
        not_passed{"it has no result", well, "run 7\ncheck A.B\nend\n", kind::broke},
        not_passed{"it failed and says that it passed", well, "run 7\ncheck A.B\nfailed x:1\nresult passed\nend\n",
                   kind::failed},
        not_passed{"a sanitizer's last word", with_code(1), "run 7\ncheck A.B\nresult passed\nend\n", kind::broke},
        not_passed{"a signal", ended{ended::kind::signalled, 11, ""}, "run 7\ncheck A.B\n", kind::broke},
        not_passed{"it took too long", ended{ended::kind::timed_out, 0, ""}, "run 7\ncheck A.B\nresult passed\nend\n",
                   kind::timed_out}));

TEST(Verdict, IsDoneWhenEveryCheckHasPassed) {
    exercises::verdict v;
    EXPECT_FALSE(v.done()) << "of no checks, all have passed";
    v.checks = {{.name = "A.B", .how = kind::passed}, {.name = "A.C", .how = kind::passed}};
    EXPECT_TRUE(v.done());
    v.checks[1].how = kind::not_run;
    EXPECT_FALSE(v.done());
    EXPECT_THAT(to_text(v), HasSubstr("1 of 2 checks passed"));
    v.checks[1].how = kind::passed;
    v.refused       = {"it does not compile"};
    EXPECT_FALSE(v.done());
}

}  // namespace
