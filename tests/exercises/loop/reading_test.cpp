// What the loop reads: hints, lessons, and the difference of two texts.
#include <gtest/gtest.h>

#include <exercises/runner/loop/difference.hpp>
#include <exercises/runner/loop/hints.hpp>
#include <exercises/runner/loop/lesson.hpp>

using namespace exercises;

TEST(Hints, BelongToHolesAndMayBeLong) {
    const auto all = hints_of("# Hints\n\n1. not below a hole\n\n## 1 who waits\n\nNever mind this.\n\n1. one\n2. "
                              "two\n   goes on\n3. three\n\n## 2\n1. only\n");
    ASSERT_EQ(all.size(), 2U);
    EXPECT_EQ(all.at(1), (std::vector<std::string>{"one", "two goes on", "three"}));
    EXPECT_EQ(all.at(2), (std::vector<std::string>{"only"}));
    EXPECT_TRUE(hints_of("").empty());
}

TEST(Lesson, HasSections) {
    const std::string text =
        "# Top\nintro\n## A server\nwords\n### Deeper\nmore\n```cpp\n## no heading\n```\n## Next {#named}\nlast\n";
    EXPECT_EQ(section(text, "a-server"), "## A server\nwords\n### Deeper\nmore\n```cpp\n## no heading\n```\n");
    EXPECT_EQ(section(text, "named"), "## Next {#named}\nlast\n");
    EXPECT_EQ(section(text, "deeper"), "### Deeper\nmore\n```cpp\n## no heading\n```\n");
    EXPECT_EQ(section(text, ""), text);
    EXPECT_FALSE(section(text, "not-there"));
}

TEST(Lesson, NamesHeadingsAsAForgeDoes) {
    EXPECT_EQ(anchor_of(" A bank that cannot lose money"), "a-bank-that-cannot-lose-money");
    EXPECT_EQ(anchor_of("What Erlang does that we don't"), "what-erlang-does-that-we-dont");
    EXPECT_EQ(anchor_of("01 · One message"), "01--one-message");
}

TEST(Lesson, IsReadableInATerminal) {
    const auto all = readable(
        "## Title\n\nOne\ntwo [three](../a.md#b) `x[1](2)`.\n\n<!-- code: x -->\n```cpp\nint a;\n```\n- one\n- two\n");
    ASSERT_EQ(all.size(), 7U);
    EXPECT_EQ(words(all[0]), "Title");
    EXPECT_EQ(words(all[2]).substr(0, 13), "One two three");
    EXPECT_EQ(words(all[4]), "    int a;");
    EXPECT_EQ(words(all[5]), "- one");
}

TEST(Difference, IsNothingForEqualTexts) {
    EXPECT_TRUE(difference("", "").empty());
    EXPECT_TRUE(difference("a\nb\n", "a\nb").empty());
}

TEST(Difference, ShowsWhatChangedAndWhatIsAround) {
    using lines = std::vector<difference_line>;
    EXPECT_EQ(difference("a\nb\nc\n", "a\nx\nc\n", 1),
              (lines{{'@', "@@ -1 +1 @@"}, {' ', "a"}, {'-', "b"}, {'+', "x"}, {' ', "c"}}));
    EXPECT_EQ(difference("1\n2\n3\n4\n5\n6\n7\n", "0\n2\n3\n4\n5\n6\n8\n", 0),
              (lines{{'@', "@@ -1 +1 @@"}, {'-', "1"}, {'+', "0"}, {'@', "@@ -7 +7 @@"}, {'-', "7"}, {'+', "8"}}));
    EXPECT_EQ(difference("", "new\n"), (lines{{'@', "@@ -1 +1 @@"}, {'+', "new"}}));
}
