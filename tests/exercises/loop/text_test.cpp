#include <gtest/gtest.h>

#include <exercises/runner/loop/json.hpp>
#include <exercises/runner/loop/picture.hpp>
#include <exercises/runner/loop/text.hpp>

using namespace exercises;
using strings = std::vector<std::string>;

TEST(Text, HasColumnsAndNotBytes) {
    EXPECT_EQ(columns("abc"), 3U);
    EXPECT_EQ(columns("é→"), 2U);
    EXPECT_EQ(columns("猫"), 2U);
    EXPECT_EQ(columns("e\u0301"), 1U);
    EXPECT_EQ(columns("\xff"), 1U);
}

TEST(Text, IsSafeToPrint) {
    EXPECT_EQ(printable("a\x1b[31mb\x1b[0m"), "ab");
    EXPECT_EQ(printable("a\x1b]0;title\x07"
                        "b"),
              "ab");
    EXPECT_EQ(printable("a\x1b]8;;http://x\x1b\\b"), "ab");
    EXPECT_EQ(printable("a\rb\x07\x7f"), "ab");
    EXPECT_EQ(printable("\tx\ty"), "    x   y");
    EXPECT_EQ(printable("a\u202Eb"), "ab");
    EXPECT_EQ(printable("a\xC0\xAF\xED\xA0\x80z"), "a\uFFFD\uFFFD\uFFFD\uFFFD\uFFFDz");
    EXPECT_EQ(printable("\x1b"), "");
    EXPECT_EQ(printable("\x1b["), "");
    EXPECT_EQ(printable("\x1b]never ended"), "");
}

TEST(Text, IsCutToAWidth) {
    EXPECT_EQ(cut("abcdef", 6), "abcdef");
    EXPECT_EQ(cut("abcdefg", 6), "abc...");
    EXPECT_EQ(cut("猫猫猫", 5, ""), "猫猫");
    EXPECT_EQ(cut("abc", 2), "ab");
}

TEST(Text, IsBrokenAtBlanks) {
    EXPECT_EQ(wrap("one two three", 8), (strings{"one two", "three"}));
    EXPECT_EQ(wrap("    one two three", 12), (strings{"    one two", "    three"}));
    EXPECT_EQ(wrap("abcdefghij", 4), (strings{"abcd", "efgh", "ij"}));
    EXPECT_EQ(wrap("", 10), (strings{""}));
    EXPECT_EQ(wrap("word ", 4), (strings{"word"}));
    for (const std::string text : {"", " ", "a b c", "          x", "aaaaaaaaaaaaaaaaaaaa b", "猫 猫猫猫猫猫猫猫"})
        for (std::size_t width = 4; width < 12; ++width)
            for (const auto& line : wrap(text, width)) EXPECT_LE(columns(line), width) << text;
}

TEST(Text, NamesNumbers) {
    EXPECT_EQ(seconds(0.04), "0.0 s");
    EXPECT_EQ(seconds(1.36), "1.4 s");
    EXPECT_EQ(seconds(9.96), "10 s");
    EXPECT_EQ(seconds(61.2), "61 s");
    EXPECT_EQ(counted(1, "hint"), "1 hint");
    EXPECT_EQ(counted(3, "hint"), "3 hints");
}

TEST(Picture, IsPlainWhereNothingElseIsKnown) {
    const line words = {{"a ", ink::bad}, {"b→", ink::plain, "file:///x"}};
    EXPECT_EQ(drawn(words, {}), "a b->");
    EXPECT_EQ(drawn(words, {.utf8 = true}), "a b→");
    EXPECT_EQ(drawn(words, {.colour = true, .utf8 = true}), "\x1b[1;31ma \x1b[0mb→");
    EXPECT_EQ(drawn(words, {.utf8 = true, .links = true}), "a \x1b]8;;file:///x\x1b\\b→\x1b]8;;\x1b\\");
}

TEST(Picture, IsNotWiderThanTheTerminal) {
    EXPECT_EQ(drawn({{"abc"}, {"defgh"}}, {}, 6), "abc...");
    EXPECT_EQ(drawn({{"abc"}, {"def"}}, {}, 6), "abcdef");
    EXPECT_EQ(drawn({{"abc", ink::good}, {"def", ink::good}}, {.colour = true}, 3), "\x1b[32mabc\x1b[0m");
}

TEST(Json, IsOneObjectInALine) {
    EXPECT_EQ(object{}.add("event", "x").add("n", 3).add("ok", true).add("s", 1.5).text(),
              R"({"event":"x","n":3,"ok":true,"s":1.500})");
    EXPECT_EQ(object{}.add("all", strings{"a", "b"}).add("in", object{}.add("x", 1)).text(),
              R"({"all":["a","b"],"in":{"x":1}})");
    EXPECT_EQ(object{}.text(), "{}");
}

TEST(Json, QuotesWhatItMust) {
    EXPECT_EQ(json_string("a\"b\\c\nd\te\x01\x7f"), R"("a\"b\\c\nd\te\u0001\u007f")");
    EXPECT_EQ(json_string("\xff"), "\"\uFFFD\"");
}
