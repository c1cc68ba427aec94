// What the command line may say.
#include "options.hpp"

#include <gtest/gtest.h>

using namespace bench;

TEST(Options, WithoutAnythingEverythingRunsThreeTimes) {
    auto o = parse_options({"01"});
    EXPECT_EQ(o.chapter, "01");
    EXPECT_EQ(o.repetitions, 3);
    EXPECT_TRUE(std::regex_search("call", o.only));
    EXPECT_TRUE(std::regex_search("otp", o.peers));
}

TEST(Options, AQuickLookRunsOnceUnlessToldOtherwise) {
    EXPECT_EQ(parse_options({"01", "--quick"}).repetitions, 1);
    EXPECT_EQ(parse_options({"--reps", "5", "01", "--quick"}).repetitions, 5);
}

TEST(Options, OnlyAndPeersAreRegularExpressions) {
    auto o = parse_options({"01", "--only", "^tick", "--peers", "limit|ours"});
    EXPECT_TRUE(std::regex_search("tick_1m", o.only));
    EXPECT_FALSE(std::regex_search("call", o.only));
    EXPECT_FALSE(std::regex_search("caf", o.peers));
}

TEST(Options, NonsenseIsRefused) {
    for (const std::vector<std::string>& words : {std::vector<std::string>{},
                                                  {"01", "02"},
                                                  {"01", "--reps"},
                                                  {"01", "--reps", "0"},
                                                  {"01", "--reps", "3x"},
                                                  {"01", "--only", "("},
                                                  {"01", "--loud"}})
        EXPECT_THROW(parse_options(words), bad_options);
}
