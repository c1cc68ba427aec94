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

TEST_F(SupervisorStart, TheFirstOneMayFailToo) {
    notes.failures["a"] = 1;
    EXPECT_EQ(refusal(*this, {.children = {child("a"), child("b")}}),
              exit_reason::shutdown("child 'a' did not start: crash: no gas"));
    EXPECT_THAT(notes.read(), ElementsAre("+a"));
}

TEST_F(SupervisorStart, AFailureIsReportedWithTheChild) {
    notes.failures["a"] = 1;
    refusal(*this, {.children = {child("a")}});
    ASSERT_EQ(supervisor_reports().size(), 1u);
    const auto told = supervisor_reports().front();
    EXPECT_EQ(told.remark, "child 'a' did not start: crash: no gas");
    EXPECT_EQ(told.reason, exit_reason::crash("no gas"));
    EXPECT_EQ(told.server, "half::supervisor");
}

TEST_F(SupervisorStart, OneThatHasNothingToDoIsKeptAndDoesNotRun) {
    notes.ignores["b"] = 1;
    const auto root    = start({.children = {child("a"), child("b"), child("c")}});
    const auto b       = about(root, "b");
    EXPECT_EQ(b.now, status::stopped);
    EXPECT_FALSE(b.pid);
    EXPECT_EQ(sim.call(root, supervisor::count_children{}),
              (half::child_counts{.specs = 3, .active = 2, .supervisors = 0, .workers = 3}));
    const auto again = sim.call(root, supervisor::restart_child{"b"});
    ASSERT_TRUE(again);
    EXPECT_TRUE(half::alive(*again));
}

TEST_F(SupervisorStart, ATemporaryOneThatHasNothingToDoIsForgotten) {
    notes.ignores["b"] = 1;
    const auto root    = start({.children = {child("a"), child("b", half::temporary)}});
    EXPECT_FALSE(sim.call(root, supervisor::which_child{"b"}));
}

TEST_F(SupervisorStart, IsRefusedWithASentenceWhenThePlanMakesNoSense) {
    auto no_id           = child("");
    auto negative        = child("a");
    negative.shutdown    = -5s;
    auto for_good        = child("a");
    for_good.significant = true;
    auto unheard         = child("a", half::transient);
    unheard.significant  = true;

    EXPECT_THAT(refusal(*this, {.children = {no_id}}).what, HasSubstr("no id"));
    EXPECT_THAT(refusal(*this, {.children = {child("a"), child("b"), child("a")}}).what,
                HasSubstr("two children are called 'a'"));
    EXPECT_THAT(refusal(*this, {.children = {negative}}).what, HasSubstr("half::brutal_kill"));
    EXPECT_THAT(refusal(*this, {.auto_shutdown = half::auto_shutdown::any_significant, .children = {for_good}}).what,
                HasSubstr("make it transient or temporary"));
    EXPECT_THAT(refusal(*this, {.children = {unheard}}).what, HasSubstr("any_significant or all_significant"));
    EXPECT_THAT(refusal(*this, {.at_most = {.restarts = -1}}).what, HasSubstr("at_most"));
    EXPECT_THAT(refusal(*this, {.at_most = {.within = 0s}}).what, HasSubstr("at_most"));
    EXPECT_TRUE(notes.log.empty()) << "a child was started";
    EXPECT_TRUE(sim.processes().empty());
}

TEST_F(SupervisorStart, OneThatIsKilledInItsInitHasNotStarted) {
    notes.slow_start["b"] = 1h;
    const auto  root      = sim.spawn(supervisor{.children = {child("a"), child("b")}});
    exit_reason why       = reason_of_end(sim, root, [&] {
        for (auto each : sim.processes())
            if (each != root.id() && !sim.info(each)->recent.empty()
                && sim.info(each)->now == half::process_info::status::waiting)
                half::kill(each);
    });
    EXPECT_EQ(why, exit_reason::shutdown("child 'b' did not start: killed"));
    EXPECT_THAT(notes.read(), ElementsAre("+a", "+b", "-a"));
}

TEST_F(SupervisorStart, OneThatIsKilledWhileAChildStartsLeavesNobodyBehind) {
    notes.slow_start["c"] = 1h;
    const auto root       = sim.spawn(supervisor{.children = {child("a"), child("b"), child("c")}});
    sim.settle();
    EXPECT_EQ(sim.processes().size(), 4u);
    half::kill(root);
    sim.settle();
    EXPECT_TRUE(sim.processes().empty());
}

TEST_F(SupervisorStart, AFunctionIsAskedForEachLifeInTheNewProcess) {
    int        lives = 0;
    const auto root =
        start({.children = {{.id = "a", .start = [&] { return worker{fmt::format("a{}", ++lives), &notes}; }}}});
    end(root, "a");
    EXPECT_THAT(notes.read(), ElementsAre("+a1", "-a1", "+a2"));
}

TEST_F(SupervisorStart, AFunctionThatThrowsHasNotStarted) {
    const auto broken = [&]() -> worker { throw std::runtime_error{"no plan"}; };
    EXPECT_EQ(refusal(*this, {.children = {child("a"), {.id = "b", .start = broken}}}),
              exit_reason::shutdown("child 'b' did not start: crash: no plan"));
}

TEST_F(SupervisorStart, WithARuntimeThatIsFullTakesAllBack) {
    half::runtime small{half::simulated{.max_processes = 4, .on_report = [](const half::report&) {}}};
    try {
        small.start(supervisor{.children = {child("a"), child("b"), child("c")}});  // and who starts it: five
        FAIL() << "it started";
    } catch (const half::start_failed& e) {
        EXPECT_THAT(e.reason.what, HasSubstr("child 'c' did not start: crash: 4 processes live already"));
    }
    small.settle();
    EXPECT_TRUE(small.processes().empty());
}

TEST_F(SupervisorStart, APlanCanBeCopiedAndStartedTwice) {
    const supervisor plan{.children = {child("a"), child("b")}};
    const auto       one = start(plan), two = start(plan);
    EXPECT_NE(who(one, "a"), who(two, "a"));
    end(one, "a");
    EXPECT_EQ(about(two, "a").restarts, 0u);
}

TEST_F(SupervisorStart, ASupervisorIsAChildLikeAnyOther) {
    const supervisor inner{.children = {child("b"), child("c")}};
    const auto       root = start({.children = {child("a"), {.id = "inner", .start = inner}, child("d")}});
    EXPECT_THAT(notes.read(), ElementsAre("+a", "+b", "+c", "+d"));
    EXPECT_TRUE(about(root, "inner").supervisor);
    EXPECT_EQ(about(root, "inner").server, "half::supervisor");
    EXPECT_EQ(sim.call(root, supervisor::count_children{}),
              (half::child_counts{.specs = 3, .active = 3, .supervisors = 1, .workers = 2}));
    root.stop();
    sim.settle();
    EXPECT_THAT(notes.read(), ElementsAre("-d", "-c", "-b", "-a"));
}

TEST_F(SupervisorStart, AFailureDeepInTheTreeStopsAllOfIt) {
    notes.failures["deep"] = 1;
    const supervisor inner{.children = {child("b"), child("deep")}};
    EXPECT_EQ(
        refusal(*this, {.children = {child("a"), {.id = "inner", .start = inner}}}),
        exit_reason::shutdown("child 'inner' did not start: shutdown: child 'deep' did not start: crash: no gas"));
    EXPECT_THAT(notes.read(), ElementsAre("+a", "+b", "+deep", "-b", "-a"));
}

// -- there is one already -------------------------------------------------------------------------------------------

// Has a name, of which there is one.
struct only_one {
    half::pid* taken;

    void init(half::self<only_one> me) {
        if (half::alive(*taken)) throw half::already_started{*taken, "the name is taken"};
        *taken = me.id();
    }
};

TEST_F(SupervisorStart, OneThatIsThereAlreadyIsNamed) {
    half::pid  taken;
    const auto root  = start({.children = {{.id = "a", .start = only_one{&taken}}}});
    const auto other = sim.call(root, supervisor::start_child{{.id = "b", .start = only_one{&taken}}});
    ASSERT_FALSE(other);
    EXPECT_EQ(other.error(), half::child_error::already_there);
    EXPECT_EQ(other.error().who, who(root, "a"));
    EXPECT_FALSE(sim.call(root, supervisor::which_child{"b"}));
    for (const auto& each : reports) EXPECT_NE(each.what, half::report::kind::crash);
}

TEST_F(SupervisorStart, OneThatLooksForAnotherAndThenFailsDidNotStart) {
    struct asks_first {
        void init() {
            try {
                throw half::already_started{half::pid{0, 1, 1}};
            } catch (const half::already_started&) {}
            throw std::runtime_error{"no gas"};
        }
    };
    const auto root = start({});
    const auto got  = sim.call(root, supervisor::start_child{{.id = "a", .start = asks_first{}}});
    ASSERT_FALSE(got);
    EXPECT_EQ(got.error(), half::child_error::did_not_start);
    EXPECT_EQ(got.error().reason, exit_reason::crash("no gas"));
}

TEST_F(SupervisorStart, OneThatIsToldAgainAndAgainOfAnotherKeepsTheLastOnly) {
    struct patient {
        void init(half::self<patient> self) {
            for (int i = 0; i < 100'000; ++i) half::already_started told{self, std::to_string(i)};
            throw half::already_started{self, "the last"};
        }
    };
    const auto root = start({});
    const auto got  = sim.call(root, supervisor::start_child{{.id = "a", .start = patient{}}});
    ASSERT_FALSE(got);
    EXPECT_EQ(got.error(), half::child_error::already_there);
}

// -- finding them -----------------------------------------------------------------------------------------------------

TEST_F(SupervisorStart, AChildIsFoundByItsIdAndItsType) {
    const auto root = start({.children = {child("a")}});
    EXPECT_EQ(sim.run(half::find_child<worker>(root, "a")).id(), who(root, "a"));
    EXPECT_FALSE(sim.run(half::find_child<only_one>(root, "a"))) << "that is no only_one";
    EXPECT_FALSE(sim.run(half::find_child<worker>(root, "b")));
    (void)sim.call(root, supervisor::terminate_child{"a"});
    EXPECT_FALSE(sim.run(half::find_child<worker>(root, "a")));
}

}  // namespace
