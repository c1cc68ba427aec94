#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <exercises/runner/complaint.hpp>
#include <exercises/runner/cut.hpp>
#include <exercises/runner/empty.hpp>

namespace {

using exercises::complaint;
using exercises::mark_functions;
using exercises::marked_source;
using testing::HasSubstr;
using testing::Not;

constexpr auto two_holes = R"(#pragma once

#include <string>

// clang-format off
int one() {
    //@todo 1 say "one"
    return 1;
    //@end
}

//@todo 2 write the other
int two() { return 2; }
//@instead
// // nothing here
//
// int two();
//@end
)";

TEST(Cut, TheSolutionHasNoMarks) {
    EXPECT_EQ(marked_source(two_holes, "x.hpp").solution(), R"(#pragma once

#include <string>

int one() {
    return 1;
}

int two() { return 2; }
)");
}

TEST(Cut, TheStarterHasHoles) {
    EXPECT_EQ(marked_source(two_holes, "x.hpp").starter(), R"(#pragma once

#include <string>
#include <exercise/todo.hpp>

int one() {
    half::todo(1, "say \"one\"");
}

// TODO 2: write the other
// nothing here

int two();
)");
}

TEST(Cut, AMutantHasOneHole) {
    const marked_source source{two_holes, "x.hpp"};
    EXPECT_THAT(source.mutant(1), HasSubstr("half::todo(1, "));
    EXPECT_THAT(source.mutant(1), HasSubstr("int two() { return 2; }"));
    EXPECT_THAT(source.mutant(2), HasSubstr("return 1;"));
    EXPECT_THAT(source.mutant(2), HasSubstr("int two();"));
    EXPECT_THAT(source.mutant(2), Not(HasSubstr("exercise/todo.hpp"))) << "nothing in it throws";
}

TEST(Cut, AWeakAnswerIsTheSolutionButForItsHoles) {
    const marked_source source{two_holes, "two.hpp"};
    const auto          weak = source.weak("// Why.\n//@todo 1\n    return 11;\n//@end\n", "weak.hpp");
    EXPECT_THAT(weak, HasSubstr("return 11;"));
    EXPECT_THAT(weak, HasSubstr("int two() { return 2; }"));
    EXPECT_THAT(weak, Not(HasSubstr("return 1;")));
    EXPECT_THAT(weak, Not(HasSubstr("Why.")));
    EXPECT_EQ(source.weak("int one() { return 3; }\n", "weak.hpp"), "int one() { return 3; }\n") << "a whole file";
    EXPECT_THROW((void)source.weak("//@todo 3\n//@end\n", "weak.hpp"), complaint);
    EXPECT_THROW((void)source.weak("//@todo 1\n", "weak.hpp"), complaint);
}

TEST(Cut, HolesAreKnownByNumberLineAndTask) {
    const marked_source source{two_holes, "x.hpp"};
    ASSERT_EQ(source.holes().size(), 2u);
    EXPECT_EQ(source.holes()[0].task, "say \"one\"");
    EXPECT_EQ(source.holes()[1].number, 2);
    EXPECT_EQ(source.holes()[1].line, 12);
}

struct fault {
    const char *text, *says;
};
struct CutRefuses : testing::TestWithParam<fault> {};

TEST_P(CutRefuses, AndSaysWhere) {
    try {
        const marked_source source{GetParam().text, "x.hpp"};
        FAIL() << "it was taken";
    } catch (const complaint& e) {
        EXPECT_THAT(e.what(), HasSubstr(GetParam().says));
    }
}

INSTANTIATE_TEST_SUITE_P(
    Wrong, CutRefuses,
    testing::Values(fault{"//@todo 1 one\n", "x.hpp:1: hole 1 has no end"},
                    fault{"\n//@todo 1 one\n//@todo 2 two\n//@end\n", "x.hpp:3: hole 1 has no end before this one"},
                    fault{"//@todo 1\n//@end\n", "x.hpp:1: a hole has a number and a task"},
                    fault{"//@todo one\n//@end\n", "x.hpp:1: a hole has a number and a task"},
                    fault{"//@todo 2 two\n//@end\n", "x.hpp:1: this hole should be number 1"},
                    fault{"//@todo 1 a\n//@end\n//@todo 1 b\n//@end\n", "x.hpp:3: there are two holes with number 1"},
                    fault{"//@end\n", "x.hpp:1: here ends a hole that did not begin"},
                    fault{"//@instead\n", "x.hpp:1: //@instead belongs into a hole"},
                    fault{"//@todo 1 a\n//@instead\nint n;\n//@end\n",
                          "x.hpp:3: after //@instead every line is a comment"},
                    fault{"//@todoo 1 a\n", "x.hpp:1: what is //@todoo?"}));

// -- functions to empty ---------------------------------------------------------------------------------------------------

std::string emptied(std::string_view text, const char* function) {
    return marked_source{mark_functions(text, {{function, "write it"}}, "exercise.txt"), "x.hpp"}.starter();
}

TEST(Empty, TakesTheBodyOfAFunction) {
    EXPECT_EQ(emptied("struct s {\n    int f() const noexcept { return g(\"}\"); }  // }\n};\n", "f"),
              "struct s {\n    int f() const noexcept {\n        half::todo(1, \"write it\");\n    }  // }\n};\n");
}

TEST(Empty, IsNotMisledByUsesCommentsAndTexts) {
    const auto text =
        emptied("// f() {\nint g() { return f() + '{' + 1'000; }\nint f() {\n    if (g()) { h(); }\n}\n", "f");
    EXPECT_EQ(text,
              "// f() {\nint g() { return f() + '{' + 1'000; }\nint f() {\n    half::todo(1, \"write it\");\n}\n");
}

TEST(Empty, LeavesTheSolutionAsItWas) {
    const std::string text = "int f() {\n    return 1;\n}\n";
    EXPECT_EQ((marked_source{mark_functions(text, {{"f", "write it"}}, "exercise.txt"), "x.hpp"}.solution()), text);
}

TEST(Empty, WantsOneFunctionOfThatName) {
    EXPECT_THROW(emptied("int g();\n", "f"), complaint);
    EXPECT_THROW(emptied("int f() {}\nint f(int) {}\n", "f"), complaint);
}

}  // namespace
