// How supervisors and children end.
#include "staff.hpp"

#include <02_supervisor/link.hpp>
#include <02_supervisor/monitor.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace {

using namespace staff;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

struct SupervisorStop : testing::Test, stage {
    // Stops it, and says how much time passed until it had ended.
    half::duration time_to_stop(half::ref<supervisor> root) {
        const auto before = sim.now();
        root.stop();
        EXPECT_TRUE(sim.run(half::ended(root, half::forever)));
        return sim.now() - before;
    }
};

TEST_F(SupervisorStop, ChildrenEndInOppositeOrderEachWhenTheOneAfterItHasEnded) {
    notes.slow_end["c"] = 2s;
    const auto root     = start({.children = {child("a"), child("b"), child("c")}});
    notes.read();
    EXPECT_EQ(time_to_stop(root), 2s);
    EXPECT_THAT(notes.read(), ElementsAre("-c", "-b", "-a"));
    EXPECT_THAT(sim.processes(), IsEmpty());
}

TEST_F(SupervisorStop, TheReasonIsTheOneItWasGiven) {
    const auto root = start({.children = {child("a")}});
    EXPECT_EQ(reason_of_end(sim, root, [&] { root.stop(exit_reason::shutdown("closing")); }),
              exit_reason::shutdown("closing"));
}

TEST_F(SupervisorStop, AChildMayTakeItsTimeAndNoMore) {
    notes.slow_end["a"] = 1h;
    auto slow           = child("a");
    slow.shutdown       = 3s;
    const auto root     = start({.children = {slow, child("b")}});
    notes.read();
    EXPECT_EQ(time_to_stop(root), 3s);
    EXPECT_THAT(notes.read(), ElementsAre("-b")) << "it was killed in its terminate()";
    EXPECT_THAT(sim.processes(), IsEmpty());
}

TEST_F(SupervisorStop, UnlessItSaysOtherwiseAWorkerHasFiveSeconds) {
    notes.slow_end["a"] = 1h;
    EXPECT_EQ(time_to_stop(start({.children = {child("a")}})), 5s);
}

TEST_F(SupervisorStop, AWorkerThatMayTakeForEverIsWaitedFor) {
    notes.slow_end["a"] = 10h;
    auto patient        = child("a");
    patient.shutdown    = half::forever;
    EXPECT_EQ(time_to_stop(start({.children = {patient}})), 10h);
    EXPECT_THAT(notes.read(), ElementsAre("+a", "-a"));
}

TEST_F(SupervisorStop, ASupervisorIsWaitedFor) {
    notes.slow_end["a"] = 4s;
    notes.slow_end["b"] = 4s;
    const auto root = start({.children = {{.id = "inner", .start = supervisor{.children = {child("a"), child("b")}}}}});
    EXPECT_EQ(time_to_stop(root), 8s);
    EXPECT_THAT(notes.read(), ElementsAre("+a", "+b", "-b", "-a"));
}

TEST_F(SupervisorStop, ASupervisorThatMayNotTakeSoLongIsKilledWithItsChildren) {
    notes.slow_end["a"] = 4s;
    const auto root     = start(
        {.children = {{.id = "inner", .start = supervisor{.children = {child("b"), child("a")}}, .shutdown = 1s}}});
    EXPECT_EQ(time_to_stop(root), 1s);
    sim.settle();
    EXPECT_THAT(sim.processes(), IsEmpty());
    EXPECT_THAT(notes.read(), ElementsAre("+b", "+a"));
}

TEST_F(SupervisorStop, BrutalKillDoesNotAsk) {
    auto rude       = child("a");
    rude.shutdown   = half::brutal_kill;
    const auto root = start({.children = {rude, child("b")}});
    const auto a    = who(root, "a");
    notes.read();
    EXPECT_EQ(reason_of_end(sim, a, [&] { (void)sim.call(root, supervisor::terminate_child{"a"}); }),
              exit_reason::killed());
    EXPECT_THAT(notes.read(), IsEmpty());
}

TEST_F(SupervisorStop, AChildWithNothingToDoAtItsEndIsToldShutdown) {
    struct plain {};
    struct idle {
        void handle(plain) {}
    };
    const auto root = start({.children = {{.id = "a", .start = idle{}}}});
    EXPECT_EQ(reason_of_end(sim, who(root, "a"), [&] { root.stop(); }), exit_reason::shutdown());
}

TEST_F(SupervisorStop, AChildIsStoppedAfterTheMailItHas) {
    const auto root = start({.children = {child("a")}});
    half::ref<worker>{who(root, "a")}.cast(worker::stick{2s});
    EXPECT_EQ(time_to_stop(root), 2s);
    EXPECT_THAT(notes.read(), ElementsAre("+a", "-a"));
}

TEST_F(SupervisorStop, AChildThatSticksInAHandlerIsKilled) {
    const auto root = start({.children = {child("a")}});
    half::ref<worker>{who(root, "a")}.cast(worker::stick{1h});
    EXPECT_EQ(time_to_stop(root), 5s);
    EXPECT_THAT(sim.processes(), IsEmpty());
}

// Traps exits, and does not care.
struct stubborn {
    book* of;

    void handle(half::exit_signal s) { of->log.push_back("heard " + half::to_string(s.reason)); }
};

TEST_F(SupervisorStop, AChildThatTrapsExitsIsStoppedAllTheSame) {
    const auto root = start({.children = {{.id = "a", .start = stubborn{&notes}}}});
    EXPECT_EQ(time_to_stop(root), 0s);
    EXPECT_THAT(notes.read(), IsEmpty());
    EXPECT_THAT(sim.processes(), IsEmpty());
}

TEST_F(SupervisorStop, ChildrenThatHaveEndedAlreadyAreNoTrouble) {
    for (std::uint64_t seed = 1; seed <= 20; ++seed) {
        stage      s{seed};
        const auto root = s.start({.children = {s.child("a"), s.child("b", half::transient), s.child("c")}});
        s.end(root, "b", exit_reason::normal());
        half::kill(s.who(root, "a"));
        half::kill(s.who(root, "c"));
        root.stop();
        s.sim.settle();
        EXPECT_THAT(s.sim.processes(), IsEmpty()) << "seed " << seed;
    }
}

// -- exit signals ---------------------------------------------------------------------------------------------------

TEST_F(SupervisorStop, AskedToShutDownItEndsInGoodOrder) {
    const auto root = start({.children = {child("a"), child("b")}});
    notes.read();
    EXPECT_EQ(reason_of_end(sim, root, [&] { half::exit(root, exit_reason::shutdown("closing")); }),
              exit_reason::shutdown("closing"));
    EXPECT_THAT(notes.read(), ElementsAre("-b", "-a"));
}

// Whoever is linked to it may be done: that is no order, unless it is the process that started it.
TEST_F(SupervisorStop, AShutdownOfSomebodyLinkedIsNone) {
    struct visitor {
        half::pid other;
        void      init(half::self<visitor> self) { half::link(self, other); }
    };
    const auto root  = start({.children = {child("a")}});
    const auto guest = sim.start(visitor{root});
    half::exit(guest, exit_reason::shutdown("closing time"));
    sim.settle();
    EXPECT_FALSE(half::alive(guest));
    EXPECT_TRUE(half::alive(root));
    EXPECT_EQ(reason_of_end(sim, root, [&] { half::exit(root, exit_reason::shutdown()); }), exit_reason::shutdown());
}

TEST_F(SupervisorStop, OtherExitsAreReportedAndNoMore) {
    const auto root = start({.children = {child("a")}});
    half::exit(root, exit_reason::normal());
    sim.settle();
    EXPECT_THAT(supervisor_reports(), IsEmpty());
    half::exit(root, exit_reason::crash("not mine"));
    sim.settle();
    EXPECT_TRUE(half::alive(root));
    ASSERT_THAT(supervisor_reports(), SizeIs(1));
    EXPECT_EQ(supervisor_reports().front().remark, "an exit with crash: not mine does not end it");
}

// Starts a supervisor and is linked to it.
struct founder {
    supervisor             plan;
    half::ref<supervisor>* into;

    half::task<> init(half::self<founder> me) { *into = co_await half::start_link(me, plan); }
    void         handle(worker::end m) { throw half::leave{m.reason}; }
};

TEST_F(SupervisorStop, ItEndsWithTheProcessThatStartedItLinked) {
    for (const auto& reason : {exit_reason::crash("boom"), exit_reason::normal(), exit_reason::killed()}) {
        half::ref<supervisor> root;
        const auto            parent = sim.start(founder{{.children = {child("a"), child("b")}}, &root});
        notes.read();
        const auto why = reason_of_end(sim, root, [&] {
            if (reason == exit_reason::killed()) half::kill(parent);
            else parent.cast(worker::end{reason});
        });
        EXPECT_EQ(why, reason);
        EXPECT_THAT(notes.read(), ElementsAre("-b", "-a")) << half::to_string(reason);
    }
}

struct acquaintance {
    half::ref<supervisor> of;
    void                  init(half::self<acquaintance> me) { half::link(me, of); }
    void                  handle(worker::end m) { throw half::leave{m.reason}; }
};

TEST_F(SupervisorStop, OthersItIsLinkedToMayCrash) {
    const auto root  = start({.children = {child("a")}});
    const auto other = sim.start(acquaintance{root});
    sim.settle();
    other.cast(worker::end{exit_reason::crash("boom")});
    sim.settle();
    EXPECT_TRUE(half::alive(root));
    EXPECT_TRUE(half::alive(who(root, "a")));
    ASSERT_THAT(supervisor_reports(), SizeIs(1));
}

TEST_F(SupervisorStop, WhoIsLinkedToItFallsWithIt) {
    const auto root  = start({.children = {child("a")}});
    const auto other = sim.start(acquaintance{root});
    sim.settle();
    half::kill(root);
    sim.settle();
    EXPECT_FALSE(half::alive(other));
}

// -- nobody is orphaned ---------------------------------------------------------------------------------------------

TEST_F(SupervisorStop, KilledItTakesTheWholeTreeWithIt) {
    for (std::uint64_t seed = 1; seed <= 20; ++seed) {
        stage            s{seed};
        const supervisor leaves{.children = {s.child("a"), s.child("b"), {.id = "s", .start = stubborn{&s.notes}}}};
        const supervisor inner{.children = {{.id = "one", .start = leaves}, {.id = "two", .start = leaves}}};
        const auto root = s.start({.children = {{.id = "left", .start = inner}, {.id = "right", .start = inner}}});
        EXPECT_THAT(s.sim.processes(), SizeIs(19));
        half::ref<worker>{s.who(half::ref<supervisor>{s.who(half::ref<supervisor>{s.who(root, "left")}, "one")}, "a")}
            .cast(worker::stick{1h});
        half::kill(root);
        s.sim.settle();
        EXPECT_THAT(s.sim.processes(), IsEmpty()) << "seed " << seed;
    }
}

TEST_F(SupervisorStop, KilledWhileItStopsItLeavesNobodyBehind) {
    notes.slow_end["b"] = 4s;
    const auto root     = start({.children = {child("a"), child("b"), child("c")}});
    root.stop();
    sim.advance(1s);
    EXPECT_THAT(sim.processes(), SizeIs(3));
    half::kill(root);
    sim.settle();
    EXPECT_THAT(sim.processes(), IsEmpty());
}

TEST_F(SupervisorStop, TheEndOfTheRuntimeIsTheEndOfTheTree) {
    auto mine = std::make_unique<half::runtime>(half::simulated{});
    mine->start(supervisor{.children = {child("a"), {.id = "inner", .start = supervisor{.children = {child("b")}}}}});
    mine.reset();
    EXPECT_THAT(notes.read(), ElementsAre("+a", "+b")) << "and nobody is asked";
}

TEST_F(SupervisorStop, AStopInTheMiddleOfARestartComesAfterIt) {
    const auto root = start({.strategy = half::one_for_all, .children = {child("a"), child("b")}});
    notes.read();
    notes.slow_start["a"] = 1s;
    half::kill(who(root, "a"));
    sim.settle();
    EXPECT_EQ(time_to_stop(root), 1s);
    EXPECT_THAT(notes.read(), ElementsAre("-b", "+a", "+b", "-b", "-a"));
}

}  // namespace
