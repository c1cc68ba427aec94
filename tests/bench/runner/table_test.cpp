// What the table makes of the lines that programs print.
#include "print.hpp"

#include <gtest/gtest.h>

#include <algorithm>

using namespace bench;

namespace {

std::vector<workload> one_rate() {
    return {{.id        = "call",
             .arguments = {"call"},
             .rows      = {{.name  = "call_1x1",
                            .label = "call 1:1",
                            .goal  = parse_bar(">= 0.5 limit"),
                            .floor = parse_bar(">= 0.25 limit")}}}};
}

// A table in which the limit does 100 and ours does this.
table with_ours(const std::string& lines) {
    table t(one_rate());
    t.take("call", peer::limit, "call_1x1=100 call/s\ncall_1x1_cpu=10 ns\n");
    t.take("call", peer::ours, lines);
    return t;
}

circumstances chapter_01() {
    circumstances c;
    c.chapter = "01";
    c.machine = {"a CPU"};
    return c;
}

}  // namespace

TEST(Line, IsNameValueUnit) {
    auto line = parse_line("tick_late_p99=4.500 ms");
    ASSERT_TRUE(line);
    EXPECT_EQ(line->name, "tick_late_p99");
    EXPECT_DOUBLE_EQ(line->value, 4.5);
    EXPECT_EQ(line->unit, "ms");
}

TEST(Line, OfAnotherShapeIsPassedOver) {
    for (auto* text : {"", "# CAF 0.17.6", "hello", "=1 ms", "x=1", "x=one ms", "x=1y ms", "x=nan ms", "a b=1"})
        EXPECT_FALSE(parse_line(text)) << text;
}

TEST(Samples, KeepTheMedianAndSayWhenTheyDiffer) {
    samples s;
    EXPECT_FALSE(s.median());
    for (double v : {10.0, 11.0, 9.0}) s.add(v);
    EXPECT_DOUBLE_EQ(*s.median(), 10.0);
    EXPECT_FALSE(s.noisy());
    s.add(14.0);
    EXPECT_DOUBLE_EQ(*s.median(), 10.5);
    EXPECT_TRUE(s.noisy());
}

TEST(Verdict, FollowsFloorAndGoal) {
    EXPECT_EQ(with_ours("call_1x1=60 call/s\n").rows()[0].judge(), verdict::goal_met);
    EXPECT_EQ(with_ours("call_1x1=30 call/s\n").rows()[0].judge(), verdict::holds);
    EXPECT_EQ(with_ours("call_1x1=20 call/s\n").rows()[0].judge(), verdict::fails);
    EXPECT_EQ(with_ours("").rows()[0].judge(), verdict::did_not_run);
}

TEST(Verdict, OfANoisyRateFallsBackOnCpuTime) {
    auto t = with_ours("call_1x1=20 call/s\ncall_1x1_cpu=30 ns\n");
    t.take("call", peer::ours, "call_1x1=40 call/s\ncall_1x1_cpu=30 ns\n");
    t.take("call", peer::ours, "call_1x1=10 call/s\ncall_1x1_cpu=30 ns\n");
    EXPECT_EQ(t.rows()[0].judge(), verdict::holds_by_cpu);
    for (int i = 0; i < 4; ++i) t.take("call", peer::ours, "call_1x1=10 call/s\ncall_1x1_cpu=50 ns\n");
    EXPECT_EQ(t.rows()[0].judge(), verdict::fails);
}

TEST(Table, KeepsCpuTimeBesideItsRate) {
    auto t = with_ours("call_1x1=60 call/s\ncall_1x1_cpu=16 ns\nunheard_of=1 ms\n");
    EXPECT_DOUBLE_EQ(*t.rows()[0].cpu_medians()[std::size_t(peer::ours)], 16.0);
    EXPECT_DOUBLE_EQ(*t.rows()[0].ratio_to(peer::limit), 0.6);
    EXPECT_FALSE(t.rows()[0].ratio_to(peer::otp));
}

TEST(Print, ThreeFigures) {
    EXPECT_EQ(three_figures(12'345'678), "12.3M");
    EXPECT_EQ(three_figures(653.4), "653");
    EXPECT_EQ(three_figures(0.5512), "0.551");
}

TEST(Print, AMissingPeerIsADash) {
    auto text = as_text(with_ours("call_1x1=60 call/s\n"), chapter_01());
    EXPECT_NE(text.find("goal met"), std::string::npos);
    EXPECT_NE(text.find(" - "), std::string::npos);
}

TEST(Print, JsonIsOneLineARow) {
    auto text = as_json_lines(with_ours("call_1x1=60 call/s\n"), chapter_01());
    EXPECT_TRUE(text.starts_with("{\"chapter\":\"01\",\"workload\":\"call\",\"row\":\"call_1x1\""));
    EXPECT_NE(text.find("\"otp\":null"), std::string::npos);
    EXPECT_NE(text.find("\"verdict\":\"goal met\"}\n"), std::string::npos);
    EXPECT_EQ(std::ranges::count(text, '\n'), 1);
}

TEST(Print, MarkdownIsATable) {
    auto text = as_markdown(with_ours("call_1x1=60 call/s\n"), chapter_01());
    EXPECT_TRUE(text.starts_with("# The benches of chapter 01\n"));
    EXPECT_NE(text.find("- a CPU\n"), std::string::npos);
    EXPECT_NE(text.find("|---|---|---:|"), std::string::npos);
}
