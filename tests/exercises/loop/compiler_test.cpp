#include <gtest/gtest.h>

#include <exercises/runner/loop/compiler.hpp>

using namespace exercises;

namespace {

const std::string mine = "exercises/my/01_bakery/";

}  // namespace

TEST(FailedBuild, ShowsTheFirstErrorOnly) {
    const auto found = fold("exercises/my/01_bakery/bakery.hpp:24:9: error: use of undeclared identifier 'waitin'\n"
                            "   24 |         waitin.pop_front();\n"
                            "      |         ^\n"
                            "exercises/my/01_bakery/bakery.hpp:30:1: error: expected '}'\n"
                            "   30 | \n"
                            "      | ^\n"
                            "2 errors generated.\n",
                            mine);
    ASSERT_TRUE(found.first);
    EXPECT_EQ(found.first->where, (place{mine + "bakery.hpp", 24, 9}));
    EXPECT_EQ(found.first->message, "use of undeclared identifier 'waitin'");
    EXPECT_EQ(found.first->excerpt.size(), 2U);
    EXPECT_EQ(found.errors, 2U);
    EXPECT_NE(found.all.find("expected '}'"), std::string::npos);
}

TEST(FailedBuild, OfATemplateIsWhereTheLearnerCalledIt) {
    const auto found =
        fold("In file included from tests/exercises/01_bakery/checks.cpp:1:\n"
             "build/roots/01/01_gen_server/ref.hpp:80:23: error: static assertion failed: bakery has no handle(order)\n"
             "   80 |         static_assert(handles<S, M>);\n"
             "      |                       ^~~~~~~~~~~~~\n"
             "build/roots/01/01_gen_server/ref.hpp:95:9: note: in instantiation of 'check' requested here\n"
             "   95 |         check<M>();\n"
             "      |         ^\n"
             "exercises/my/01_bakery/bakery.hpp:31:14: note: in instantiation of 'cast' requested here\n"
             "   31 |         self.cast(order{});\n"
             "      |              ^\n"
             "exercises/my/01_bakery/bakery.hpp:99:14: note: and another\n",
             mine);
    ASSERT_TRUE(found.first);
    EXPECT_EQ(found.first->where, (place{mine + "bakery.hpp", 31, 14}));
    EXPECT_EQ(found.first->raised, (place{"build/roots/01/01_gen_server/ref.hpp", 80, 23}));
    EXPECT_EQ(found.first->message, "static assertion failed: bakery has no handle(order)");
    EXPECT_EQ(found.first->excerpt.front(), "   31 |         self.cast(order{});");
    EXPECT_EQ(found.first->notes, 3U);
}

TEST(FailedBuild, OfTheChecksStaysWhereItIs) {
    const auto found =
        fold("tests/exercises/01_bakery/checks.cpp:12:5: error: no member named 'order' in 'bakery'\n", mine);
    ASSERT_TRUE(found.first);
    EXPECT_EQ(found.first->where.file, "tests/exercises/01_bakery/checks.cpp");
}

TEST(FailedBuild, TreatsAWarningThatIsAnErrorAsOne) {
    const auto found =
        fold("x.hpp:1:2: warning: something small\nx.hpp:3:4: error: unused variable 'y' [-Werror,-Wunused-variable]\n",
             "x");
    ASSERT_TRUE(found.first);
    EXPECT_EQ(found.first->where.line, 3);
    EXPECT_EQ(found.errors, 1U);
}

TEST(FailedBuild, MayBeTheLinkers) {
    const auto found = fold("ld.lld: error: undefined symbol: bakery::bake()\n"
                            ">>> referenced by bakery.hpp:30 (exercises/my/01_bakery/bakery.hpp:30)\n"
                            ">>>               checks.o:(bakery::handle())\n"
                            "clang++-19: error: linker command failed with exit code 1 (use -v to see invocation)\n",
                            mine);
    ASSERT_TRUE(found.first);
    EXPECT_EQ(found.first->message, "undefined symbol: bakery::bake()");
    EXPECT_EQ(found.first->where, (place{mine + "bakery.hpp", 30, 0}));
    EXPECT_EQ(found.errors, 1U);
}

TEST(FailedBuild, MayBeNobodysFault) {
    const auto found = fold(
        "[1/3] Building x.o\nFAILED: x.o \n/usr/bin/c++ -c x.cpp\nKilled\nninja: build stopped: subcommand failed.\n",
        mine);
    EXPECT_FALSE(found.first);
    EXPECT_EQ(found.all, "Killed");
}

TEST(FailedBuild, CannotPlayWithTheTerminal) {
    const auto found = fold("x.hpp:1:2: error: \x1b[2J\x1b]0;gotcha\x07words\n", "x");
    ASSERT_TRUE(found.first);
    EXPECT_EQ(found.first->message, "words");
}

TEST(FailedBuild, IsNothingForNothing) {
    EXPECT_FALSE(fold("", mine).first);
    EXPECT_FALSE(fold("\n\n: error: \n", mine).first.has_value());
}

TEST(Ninja, TellsHowFarItIs) {
    EXPECT_FALSE(steps_of(""));
    EXPECT_FALSE(steps_of("ninja: no work to do.\n"));
    const auto steps = steps_of("[1/9] a\n[2/9] b\nsome warning\n\n");
    ASSERT_TRUE(steps);
    EXPECT_EQ(steps->done, 2);
    EXPECT_EQ(steps->total, 9);
}
