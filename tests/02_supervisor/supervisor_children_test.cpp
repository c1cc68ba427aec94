// What a supervisor can be asked about its children, and told to do with them, in every state a child may be in.
#include "staff.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace {

using namespace staff;
using half::child_error;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;
using status = half::child_info::status;

struct SupervisorChildren : testing::Test, stage {
    auto add(half::ref<supervisor> to, half::child what) {
        return sim.call(to, supervisor::start_child{std::move(what)});
    }
    auto stop(half::ref<supervisor> of, std::string id) {
        return sim.call(of, supervisor::terminate_child{std::move(id)});
    }
    auto restart(half::ref<supervisor> of, std::string id) {
        return sim.call(of, supervisor::restart_child{std::move(id)});
    }
    auto forget(half::ref<supervisor> of, std::string id) {
        return sim.call(of, supervisor::delete_child{std::move(id)});
    }

    lines ids(half::ref<supervisor> of) {
        lines all;
        for (const auto& each : children(of)) all.push_back(each.id);
        return all;
    }

    // A supervisor whose child "a" cannot be started again.
    half::ref<supervisor> hanging(half::strategy how = half::one_for_one) {
        notes.failures.clear();
        const auto root = start({.strategy = how, .at_most = {.restarts = 1'000'000'000}, .children = {child("a")}});
        notes.slow_start["a"] = 1s;
        notes.failures["a"]   = 1'000'000;
        half::kill(who(root, "a"));
        sim.advance(1500ms);
        return root;
    }
};

// -- start_child ----------------------------------------------------------------------------------------------------

TEST_F(SupervisorChildren, OneMoreIsTheLast) {
    const auto root = start({.children = {child("a"), child("b")}});
    const auto c    = add(root, child("c"));
    ASSERT_TRUE(c);
    EXPECT_THAT(ids(root), ElementsAre("a", "b", "c"));
    EXPECT_EQ(who(root, "c"), *c);
    end(root, "c");
    EXPECT_TRUE(half::alive(who(root, "c")));
}

TEST_F(SupervisorChildren, OneMoreIsAnsweredWhenItsInitIsDone) {
    const auto root       = start({});
    notes.slow_start["a"] = 20s;  // longer than an ordinary call is patient
    EXPECT_TRUE(add(root, child("a")));
    EXPECT_EQ(sim.now().time_since_epoch(), 20s);
}

TEST_F(SupervisorChildren, OneMoreThatDoesNotStartIsNotKept) {
    const auto root     = start({});
    notes.failures["a"] = 1;
    const auto a        = add(root, child("a"));
    ASSERT_FALSE(a);
    EXPECT_EQ(a.error(), child_error::did_not_start);
    EXPECT_EQ(a.error().reason, exit_reason::crash("no gas"));
    EXPECT_EQ(half::to_string(a.error()), "child 'a' did not start: crash: no gas");
    EXPECT_THAT(ids(root), IsEmpty());
    EXPECT_TRUE(add(root, child("a")));
}

TEST_F(SupervisorChildren, OneMoreThatHasNothingToDoIsKept) {
    const auto root    = start({});
    notes.ignores["a"] = 1;
    notes.ignores["b"] = 1;
    EXPECT_EQ(add(root, child("a")).error(), child_error::ignored);
    EXPECT_EQ(add(root, child("b", half::temporary)).error(), child_error::ignored);
    EXPECT_THAT(ids(root), ElementsAre("a"));
    EXPECT_TRUE(restart(root, "a"));
}

TEST_F(SupervisorChildren, AnIdIsTakenOnce) {
    const auto root = start({.children = {child("a")}});
    const auto a    = who(root, "a");
    auto       got  = add(root, child("a"));
    EXPECT_EQ(got.error(), child_error::already_there);
    EXPECT_EQ(got.error().who, a);
    (void)stop(root, "a");
    got = add(root, child("a"));
    EXPECT_EQ(got.error(), child_error::already_known);
    EXPECT_EQ(half::to_string(got.error()),
              "there is a child 'a' already, and it does not run: restart it, or delete it first");
    EXPECT_THAT(notes.read(), ElementsAre("+a", "-a"));
}

TEST_F(SupervisorChildren, ABadSpecificationIsRefused) {
    const auto root = start({.children = {child("a")}});
    auto       bad  = child("b");
    bad.significant = true;
    const auto got  = add(root, bad);
    EXPECT_EQ(got.error(), child_error::bad_child);
    EXPECT_THAT(half::to_string(got.error()), HasSubstr("make it transient or temporary"));
    EXPECT_THAT(ids(root), ElementsAre("a"));
}

TEST_F(SupervisorChildren, OneThatIsAskedToMayEndAsSoonAsItHasBegun) {
    struct brief {
        void init(half::self<brief> me) { me.stop(); }
    };
    const auto root = start({});
    EXPECT_TRUE(add(root, {.id = "a", .start = brief{}, .restart = half::transient}));
    sim.settle();
    EXPECT_EQ(about(root, "a").now, status::stopped);
    EXPECT_EQ(about(root, "a").last_end, exit_reason::normal());
}

// -- terminate_child --------------------------------------------------------------------------------------------------

TEST_F(SupervisorChildren, AStoppedOneIsKeptAndLeftAlone) {
    const auto root = start({.children = {child("a"), child("b")}});
    EXPECT_TRUE(stop(root, "a"));
    EXPECT_EQ(about(root, "a").now, status::stopped);
    EXPECT_FALSE(about(root, "a").pid);
    EXPECT_TRUE(stop(root, "a")) << "twice is once";
    EXPECT_EQ(about(root, "a").restarts, 0u);
    EXPECT_THAT(notes.read(), ElementsAre("+a", "+b", "-a"));
}

TEST_F(SupervisorChildren, AStoppedTemporaryOneIsForgotten) {
    const auto root = start({.children = {child("a", half::temporary)}});
    EXPECT_TRUE(stop(root, "a"));
    EXPECT_THAT(ids(root), IsEmpty());
}

TEST_F(SupervisorChildren, AStopIsAnsweredWhenTheChildHasEnded) {
    notes.slow_end["a"] = 4s;
    const auto root     = start({.children = {child("a")}});
    const auto a        = who(root, "a");
    EXPECT_TRUE(stop(root, "a"));
    EXPECT_EQ(sim.now().time_since_epoch(), 4s);
    EXPECT_FALSE(half::alive(a));
}

TEST_F(SupervisorChildren, AStopOfWhatIsNotThereSaysSo) {
    const auto root = start({});
    EXPECT_EQ(stop(root, "a").error(), child_error::no_such_child);
    EXPECT_EQ(restart(root, "a").error(), child_error::no_such_child);
    EXPECT_EQ(forget(root, "a").error(), child_error::no_such_child);
    EXPECT_EQ(half::to_string(stop(root, "a").error()), "there is no child 'a'");
    EXPECT_FALSE(sim.call(root, supervisor::which_child{"a"}));
}

TEST_F(SupervisorChildren, AStoppedOneIsNotStartedWithItsGroup) {
    for (auto how : {half::one_for_all, half::rest_for_one}) {
        const auto root = start({.strategy = how, .children = {child("a"), child("b"), child("c")}});
        (void)stop(root, "b");
        notes.read();
        end(root, "a");
        EXPECT_THAT(notes.read(), ElementsAre("-a", "-c", "+a", "+c"));
        EXPECT_TRUE(restart(root, "b"));
        notes.read();
        end(root, "a");
        EXPECT_THAT(notes.read(), ElementsAre("-a", "-c", "-b", "+a", "+b", "+c")) << "it takes part again";
    }
}

// -- restart_child, delete_child --------------------------------------------------------------------------------------

TEST_F(SupervisorChildren, AStoppedOneCanBeStartedAgain) {
    const auto root = start({.children = {child("a")}});
    (void)stop(root, "a");
    const auto a = restart(root, "a");
    ASSERT_TRUE(a);
    EXPECT_EQ(who(root, "a"), *a);
    const auto twice = restart(root, "a");
    EXPECT_EQ(twice.error(), child_error::running);
    EXPECT_EQ(twice.error().who, *a);
}

TEST_F(SupervisorChildren, OneThatIsDoneCanBeStartedAgain) {
    const auto root = start({.children = {child("a", half::transient)}});
    end(root, "a", exit_reason::normal());
    EXPECT_TRUE(restart(root, "a"));
}

TEST_F(SupervisorChildren, AStartThatFailsLeavesItStopped) {
    const auto root = start({.children = {child("a")}});
    (void)stop(root, "a");
    notes.failures["a"] = 1;
    EXPECT_EQ(restart(root, "a").error(), child_error::did_not_start);
    EXPECT_EQ(about(root, "a").now, status::stopped);
    notes.ignores["a"] = 1;
    EXPECT_EQ(restart(root, "a").error(), child_error::ignored);
    EXPECT_TRUE(restart(root, "a"));
}

TEST_F(SupervisorChildren, OnlyOneThatDoesNotRunCanBeForgotten) {
    const auto root = start({.children = {child("a"), child("b")}});
    EXPECT_EQ(forget(root, "a").error(), child_error::running);
    EXPECT_EQ(forget(root, "a").error().who, who(root, "a"));
    (void)stop(root, "a");
    EXPECT_TRUE(forget(root, "a"));
    EXPECT_THAT(ids(root), ElementsAre("b"));
    EXPECT_TRUE(add(root, child("a")));
    EXPECT_THAT(ids(root), ElementsAre("b", "a"));
}

// -- while a child is tried again -------------------------------------------------------------------------------------

TEST_F(SupervisorChildren, OneThatIsTriedAgainSaysSoAndAllQuestionsAreAnswered) {
    const auto root = hanging();
    EXPECT_EQ(about(root, "a").now, status::restarting);
    EXPECT_THAT(children(root), SizeIs(1));
    EXPECT_EQ(sim.call(root, supervisor::count_children{}),
              (half::child_counts{.specs = 1, .active = 0, .supervisors = 0, .workers = 1}));
    EXPECT_EQ(restart(root, "a").error(), child_error::restarting);
    EXPECT_EQ(forget(root, "a").error(), child_error::restarting);
    EXPECT_EQ(add(root, child("a")).error(), child_error::restarting);
    EXPECT_TRUE(add(root, child("b")));
}

TEST_F(SupervisorChildren, OneThatIsTriedAgainCanBeStopped) {
    for (auto how : {half::one_for_one, half::one_for_all, half::rest_for_one}) {
        const auto root = hanging(how);
        EXPECT_TRUE(stop(root, "a"));
        EXPECT_EQ(about(root, "a").now, status::stopped);
        notes.read();
        sim.advance(10s);
        EXPECT_THAT(notes.read(), IsEmpty()) << "it was tried again";
        notes.failures["a"] = 0;
        EXPECT_TRUE(restart(root, "a"));
    }
}

TEST_F(SupervisorChildren, ASupervisorThatTriesAgainCanBeStopped) {
    for (auto how : {half::one_for_one, half::one_for_all, half::rest_for_one}) {
        const auto root = hanging(how);
        root.stop();
        sim.advance(3s);
        EXPECT_FALSE(half::alive(root));
        EXPECT_THAT(sim.processes(), IsEmpty());
    }
}

TEST_F(SupervisorChildren, OneThatIsTriedAgainRunsInTheEnd) {
    const auto root     = hanging();
    notes.failures["a"] = 3;
    sim.advance(10s);
    EXPECT_EQ(about(root, "a").now, status::running);
    EXPECT_EQ(about(root, "a").restarts, 1u);
}

// -- what it knows of them --------------------------------------------------------------------------------------------

TEST_F(SupervisorChildren, AreDescribedAsTheyAre) {
    const auto root = start({.children = {child("a"), child("b", half::transient)}});
    end(root, "a", exit_reason::crash("one"));
    end(root, "a", exit_reason::crash("two"));
    end(root, "b", exit_reason::shutdown("enough"));

    const auto a = about(root, "a"), b = about(root, "b");
    EXPECT_EQ(a.server, "staff::worker");
    EXPECT_EQ(a.restart, half::permanent);
    EXPECT_EQ(a.restarts, 2u);
    EXPECT_EQ(a.last_end, exit_reason::crash("two"));
    EXPECT_FALSE(a.supervisor);
    EXPECT_EQ(b.restart, half::transient);
    EXPECT_EQ(b.now, status::stopped);
    EXPECT_EQ(b.last_end, exit_reason::shutdown("enough"));
}

TEST_F(SupervisorChildren, KnowInSysInfoWhoseTheyAre) {
    const auto root = start({.children = {child("a"), child("b")}});
    EXPECT_THAT(sim.info(who(root, "a"))->attached, ElementsAre("child of " + half::to_string(root)));
    EXPECT_THAT(sim.info(root)->attached, ElementsAre("supervisor of 2 children"));
    EXPECT_EQ(sim.info(root)->state, "one_for_one, 2 children");
}

TEST_F(SupervisorChildren, ThatComeAndGoLeaveNothingBehind) {
    const auto root = start({.at_most = {.restarts = 0}});
    for (int i = 0; i < 100'000; ++i) {
        const auto a = add(root, {.id = std::to_string(i), .start = worker{"a", &notes}, .restart = half::temporary});
        half::kill(*a);
        if (i % 1000 == 0) notes.log.clear();
    }
    sim.settle();
    EXPECT_THAT(children(root), IsEmpty());
    EXPECT_EQ(sim.processes().size(), 1u);
    EXPECT_TRUE(half::alive(root)) << "temporary ends do not count";
}

TEST_F(SupervisorChildren, ManyAtOnceAreNoTrouble) {
    const auto root = start({});
    for (int i = 0; i < 2'000; ++i)
        (void)add(root, {.id = std::to_string(i), .start = worker{"a", &notes}, .restart = half::temporary});
    for (const auto& each : children(root)) half::kill(each.pid);
    sim.settle();
    EXPECT_THAT(children(root), IsEmpty());
}

}  // namespace
