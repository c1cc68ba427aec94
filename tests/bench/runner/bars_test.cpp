// How a bar is read, and when numbers meet it.
#include "bars.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

using namespace bench;

namespace {

side_by_side numbers(std::optional<double> otp, std::optional<double> limit, std::optional<double> ours) {
    side_by_side all;
    all[std::size_t(peer::otp)]   = otp;
    all[std::size_t(peer::limit)] = limit;
    all[std::size_t(peer::ours)]  = ours;
    return all;
}

std::string refusal(const std::string& text) {
    std::istringstream in(text);
    try {
        read_bars(in);
    } catch (const bad_bars& e) {
        return e.what();
    }
    return "accepted";
}

}  // namespace

TEST(Bars, AFileIsSectionsOfRows) {
    std::istringstream in(
        "# a remark\n\n[spawn_1m] spawn 1000000\nspawn | start | <= 1.5 limit | <= 2 limit, <= 1 otp\n");
    auto all = read_bars(in);
    ASSERT_EQ(all.size(), 1u);
    EXPECT_EQ(all[0].id, "spawn_1m");
    EXPECT_EQ(all[0].arguments, (std::vector<std::string>{"spawn", "1000000"}));
    ASSERT_EQ(all[0].rows.size(), 1u);
    EXPECT_EQ(all[0].rows[0].floor.text, "<= 2 limit, <= 1 otp");
    EXPECT_EQ(all[0].rows[0].floor.all_of.size(), 2u);
}

TEST(Bars, ARefusalNamesTheLine) {
    EXPECT_NE(refusal("[call] call\ncall | x | 0.5 limit | \n").find("line 2: '0.5 limit' is not a condition"),
              std::string::npos);
    EXPECT_NE(refusal("[call] call\ncall | x\n").find("line 2"), std::string::npos);
    EXPECT_NE(refusal("[call]\n").find("does not say what to run"), std::string::npos);
    EXPECT_NE(refusal("call | x | | \n").find("before the first"), std::string::npos);
    EXPECT_NE(refusal("[c] c\nc | x | >= 1 elixir |\n").find("not 'elixir'"), std::string::npos);
    EXPECT_NE(refusal("").find("no [workload]"), std::string::npos);
}

TEST(Bars, AreReadBesideTheLimitOfTheSameRun) {
    auto half = parse_bar(">= 0.5 limit");
    EXPECT_EQ(meets(half, numbers({}, 10, 5)), answer::yes);
    EXPECT_EQ(meets(half, numbers({}, 10, 4.9)), answer::no);
}

TEST(Bars, AllConditionsMustHold) {
    auto both = parse_bar(">= 0.5 limit, >= 15 otp");
    EXPECT_EQ(meets(both, numbers(1, 20, 16)), answer::yes);
    EXPECT_EQ(meets(both, numbers(2, 20, 16)), answer::no);
}

TEST(Bars, OneOfTheAlternativesIsEnough) {
    auto either = parse_bar("<= 4 limit or <= 300");
    EXPECT_EQ(meets(either, numbers({}, 50, 290)), answer::yes);
    EXPECT_EQ(meets(either, numbers({}, 100, 390)), answer::yes);
    EXPECT_EQ(meets(either, numbers({}, 50, 310)), answer::no);
}

TEST(Bars, AMissingPeerIsNotAFailure) {
    auto both = parse_bar(">= 0.5 limit, >= 15 otp");
    EXPECT_EQ(meets(both, numbers({}, 20, 16)), answer::yes);
    EXPECT_EQ(meets(both, numbers({}, {}, 16)), answer::unknown);
    EXPECT_EQ(meets(parse_bar("<= 320"), numbers({}, {}, 300)), answer::yes);
}
