// How a supervisor begins, and what makes it not begin.
#include "staff.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace {

using namespace staff;
using testing::ElementsAre;
using testing::HasSubstr;
using status = half::child_info::status;

struct SupervisorStart : testing::Test, stage {};

exit_reason refusal(stage& s, supervisor plan) {
    try {
        s.start(std::move(plan));
    } catch (const half::start_failed& e) {
        return e.reason;
    }
    ADD_FAILURE() << "it started";
    return {};
}

TEST_F(SupervisorStart, ChildrenStartInOrderEachWhenTheOneBeforeHasStarted) {
    notes.slow_start["a"] = 1s;
    const auto root       = start({.children = {child("a"), child("b"), child("c")}});
    EXPECT_THAT(notes.read(), ElementsAre("+a", "+b", "+c"));
    EXPECT_EQ(sim.now().time_since_epoch(), 1s);
    for (const auto& each : children(root)) {
        EXPECT_TRUE(half::alive(each.pid)) << each.id;
        EXPECT_EQ(each.now, status::running);
    }
}

TEST_F(SupervisorStart, WithoutChildrenIsFine) {
    const auto root = start({});
    EXPECT_EQ(sim.call(root, supervisor::count_children{}), half::child_counts{});
    EXPECT_TRUE(children(root).empty());
}

TEST_F(SupervisorStart, OneThatFailsTakesBackThoseBeforeItInOppositeOrder) {
    notes.failures["c"] = 1;
    const auto why      = refusal(*this, {.children = {child("a"), child("b"), child("c"), child("d")}});
    EXPECT_EQ(why, exit_reason::shutdown("child 'c' did not start: crash: no gas"));
    EXPECT_THAT(notes.read(), ElementsAre("+a", "+b", "+c", "-b", "-a"));
    sim.settle();
    EXPECT_TRUE(sim.processes().empty());
}

}  // namespace
