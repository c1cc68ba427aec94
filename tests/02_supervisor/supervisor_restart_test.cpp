// What a supervisor does when a child ends: each restart type with each kind of end, each strategy, and when it gives up.
#include "staff.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace {

using namespace staff;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using status = half::child_info::status;

struct SupervisorRestart : testing::Test, stage {};

// -- who is started again -------------------------------------------------------------------------------------------

struct end_of {
    half::restart restart;
    exit_reason   reason;
    bool          again;
};

struct EachEnd : testing::TestWithParam<end_of> {};

TEST_P(EachEnd, IsAnsweredAsItsRestartTypeSays) {
    const auto [restart, reason, again] = GetParam();
    for (std::uint64_t seed : {1, 2, 3}) {
        stage      s{seed};
        const auto root  = s.start({.children = {s.child("a", restart), s.child("b")}});
        const auto first = s.who(root, "a");
        s.notes.read();
        if (reason == exit_reason::killed()) half::kill(first), s.sim.settle();
        else s.end(root, "a", reason);

        EXPECT_FALSE(half::alive(first));
        EXPECT_TRUE(half::alive(root));
        const auto now = s.sim.call(root, supervisor::which_child{"a"});
        if (again) {
            EXPECT_EQ(now->now, status::running);
            EXPECT_TRUE(half::alive(now->pid));
            EXPECT_NE(now->pid, first);
            EXPECT_EQ(now->restarts, 1u);
            EXPECT_EQ(now->last_end, reason);
        } else if (restart == half::temporary) {
            EXPECT_FALSE(now) << "it is forgotten";
        } else {
            EXPECT_EQ(now->now, status::stopped) << "it is kept";
            EXPECT_EQ(now->pid, half::pid{});
            EXPECT_EQ(now->last_end, reason);
        }
    }
}

INSTANTIATE_TEST_SUITE_P(Permanent, EachEnd,
                         testing::Values(end_of{half::permanent, exit_reason::normal(), true},
                                         end_of{half::permanent, exit_reason::shutdown(), true},
                                         end_of{half::permanent, exit_reason::shutdown("closing"), true},
                                         end_of{half::permanent, exit_reason::killed(), true},
                                         end_of{half::permanent, exit_reason::noproc(), true},
                                         end_of{half::permanent, exit_reason::crash("boom"), true},
                                         end_of{half::permanent, exit_reason::other("bored"), true}));
INSTANTIATE_TEST_SUITE_P(Transient, EachEnd,
                         testing::Values(end_of{half::transient, exit_reason::normal(), false},
                                         end_of{half::transient, exit_reason::shutdown(), false},
                                         end_of{half::transient, exit_reason::shutdown("closing"), false},
                                         end_of{half::transient, exit_reason::killed(), true},
                                         end_of{half::transient, exit_reason::noproc(), true},
                                         end_of{half::transient, exit_reason::crash("boom"), true},
                                         end_of{half::transient, exit_reason::other("bored"), true}));
INSTANTIATE_TEST_SUITE_P(Temporary, EachEnd,
                         testing::Values(end_of{half::temporary, exit_reason::normal(), false},
                                         end_of{half::temporary, exit_reason::shutdown(), false},
                                         end_of{half::temporary, exit_reason::shutdown("closing"), false},
                                         end_of{half::temporary, exit_reason::killed(), false},
                                         end_of{half::temporary, exit_reason::noproc(), false},
                                         end_of{half::temporary, exit_reason::crash("boom"), false},
                                         end_of{half::temporary, exit_reason::other("bored"), false}));

// -- who shares its fate --------------------------------------------------------------------------------------------

TEST_F(SupervisorRestart, OneForOneStartsItAlone) {
    const auto root = start({.strategy = half::one_for_one, .children = {child("a"), child("b"), child("c")}});
    notes.read();
    end(root, "b");
    EXPECT_THAT(notes.read(), ElementsAre("-b", "+b"));
}

TEST_F(SupervisorRestart, OneForAllStopsAllInOppositeOrderAndStartsAllInOrder) {
    const auto root = start({.strategy = half::one_for_all, .children = {child("a"), child("b"), child("c")}});
    notes.read();
    end(root, "b");
    EXPECT_THAT(notes.read(), ElementsAre("-b", "-c", "-a", "+a", "+b", "+c"));
}

TEST_F(SupervisorRestart, RestForOneStopsThoseAfterIt) {
    const auto root =
        start({.strategy = half::rest_for_one, .children = {child("a"), child("b"), child("c"), child("d")}});
    notes.read();
    const auto a = who(root, "a");
    end(root, "b");
    EXPECT_THAT(notes.read(), ElementsAre("-b", "-d", "-c", "+b", "+c", "+d"));
    EXPECT_EQ(who(root, "a"), a);
    end(root, "d");
    EXPECT_THAT(notes.read(), ElementsAre("-d", "+d"));
}

TEST_F(SupervisorRestart, OneThatAsksForAChildAfterItDiedIsToldOfTheNext) {
    for (std::uint64_t seed = 1; seed <= 50; ++seed) {
        stage      s{seed};
        const auto root = s.start({.at_most = {.restarts = 100}, .children = {s.child("a")}});
        struct asker {
            static half::task<bool> goes(half::ref<supervisor> of) {
                for (int i = 0; i < 5; ++i) {
                    auto a = co_await half::find_child<worker>(of, "a");
                    if (!a) co_return false;
                    a.cast(worker::end{exit_reason::crash("boom")});
                    if (co_await a.try_call(worker::which{})) co_return false;
                }
                co_return true;
            }
        };
        EXPECT_TRUE(s.sim.run(asker::goes(root))) << "seed " << seed;
    }
}

TEST_F(SupervisorRestart, OneForAllWithoutAnybodyElseIsOneForOne) {
    const auto root = start({.strategy = half::one_for_all, .children = {child("a")}});
    notes.read();
    end(root, "a");
    EXPECT_THAT(notes.read(), ElementsAre("-a", "+a"));
}

TEST_F(SupervisorRestart, RestForOneOfTheFirstIsAll) {
    const auto root = start({.strategy = half::rest_for_one, .children = {child("a"), child("b"), child("c")}});
    notes.read();
    end(root, "a");
    EXPECT_THAT(notes.read(), ElementsAre("-a", "-c", "-b", "+a", "+b", "+c"));
}

TEST_F(SupervisorRestart, SiblingsThatWereStoppedWithItAreStartedWhateverTheirType) {
    const auto root = start({.strategy = half::one_for_all,
                             .children = {child("a"), child("done", half::transient), child("b", half::transient)}});
    end(root, "done", exit_reason::normal());
    notes.read();
    end(root, "a");
    EXPECT_THAT(notes.read(), ElementsAre("-a", "-b", "+a", "+done", "+b")) << "the group begins from the beginning";
}

TEST_F(SupervisorRestart, TemporarySiblingsThatWereStoppedWithItAreForgotten) {
    for (auto how : {half::one_for_all, half::rest_for_one}) {
        const auto root = start({.strategy = how, .children = {child("a"), child("t", half::temporary), child("b")}});
        notes.read();
        end(root, "a");
        EXPECT_THAT(notes.read(), ElementsAre("-a", "-b", "-t", "+a", "+b"));
        EXPECT_FALSE(sim.call(root, supervisor::which_child{"t"}));
    }
}

TEST_F(SupervisorRestart, ATemporaryChildTakesNobodyWithIt) {
    for (auto how : {half::one_for_all, half::rest_for_one}) {
        const auto root = start({.strategy = how, .children = {child("t", half::temporary), child("a"), child("b")}});
        notes.read();
        end(root, "t");
        EXPECT_THAT(notes.read(), ElementsAre("-t"));
    }
}

TEST_F(SupervisorRestart, SiblingsThatFallAtTheSameTimeAreOneRestartOfTheGroup) {
    for (std::uint64_t seed = 1; seed <= 20; ++seed) {
        stage      s{seed};
        const auto root = s.start({.strategy = half::one_for_all,
                                   .at_most  = {.restarts = 1},
                                   .children = {s.child("a"), s.child("b"), s.child("c")}});
        for (const auto& each : s.children(root)) half::kill(each.pid);
        s.sim.settle();
        EXPECT_TRUE(half::alive(root)) << "seed " << seed;
        for (const auto& each : s.children(root)) EXPECT_TRUE(half::alive(each.pid));
    }
}

TEST_F(SupervisorRestart, SiblingsThatFallAtTheSameTimeAreEachOneRestartAlone) {
    const auto root = start({.at_most = {.restarts = 2}, .children = {child("a"), child("b"), child("c")}});
    for (const auto& each : children(root)) half::kill(each.pid);
    sim.settle();
    EXPECT_FALSE(half::alive(root));
}

// -- a restart that fails -------------------------------------------------------------------------------------------

TEST_F(SupervisorRestart, OneThatFailsIsTriedAgainAndEachTryCounts) {
    const auto root     = start({.at_most = {.restarts = 3}, .children = {child("a")}});
    notes.failures["a"] = 2;
    end(root, "a");
    EXPECT_TRUE(half::alive(who(root, "a")));
    EXPECT_THAT(notes.read(), ElementsAre("+a", "-a", "+a", "+a", "+a"));

    sim.advance(6s);
    notes.failures["a"] = 3;
    EXPECT_EQ(
        reason_of_end(sim, root, [&] { end(root, "a"); }),
        exit_reason::shutdown("gave up: children ended 4 times within 5 s, the last of them 'a' with crash: no gas"));
}

TEST_F(SupervisorRestart, OneForAllThatFailsBeginsAgainWithAll) {
    const auto root = start(
        {.strategy = half::one_for_all, .at_most = {.restarts = 5}, .children = {child("a"), child("b"), child("c")}});
    notes.read();
    notes.failures["b"] = 2;
    end(root, "c");
    EXPECT_THAT(notes.read(), ElementsAre("-c", "-b", "-a", "+a", "+b", "-a", "+a", "+b", "-a", "+a", "+b", "+c"));
    EXPECT_TRUE(half::alive(root));
}

TEST_F(SupervisorRestart, RestForOneThatFailsBeginsAgainWithTheOneThatFailed) {
    const auto root = start({.strategy = half::rest_for_one,
                             .at_most  = {.restarts = 5},
                             .children = {child("a"), child("b"), child("c"), child("d")}});
    notes.read();
    notes.failures["c"] = 2;
    end(root, "b");
    EXPECT_THAT(notes.read(), ElementsAre("-b", "-d", "-c", "+b", "+c", "+c", "+c", "+d"));
    EXPECT_TRUE(half::alive(root));
}

TEST_F(SupervisorRestart, OneThatFailsAndIsStoppedHoldsUpNobodyBehindIt) {
    for (auto how : {half::one_for_all, half::rest_for_one}) {
        const auto root       = start({.strategy = how,
                                       .at_most  = {.restarts = 1'000'000},
                                       .children = {child("a"), child("b"), child("c"), child("d")}});
        notes.failures["b"]   = 1'000'000;
        notes.slow_start["b"] = 1s;
        half::kill(who(root, "b"));
        sim.advance(2500ms);
        EXPECT_EQ(about(root, "b").now, status::restarting);
        EXPECT_EQ(about(root, "c").now, status::restarting) << "it stands in line";
        EXPECT_TRUE(sim.call(root, supervisor::terminate_child{"c"}));
        EXPECT_TRUE(sim.call(root, supervisor::terminate_child{"b"}));
        sim.settle();
        EXPECT_EQ(about(root, "a").now, status::running);
        EXPECT_EQ(about(root, "b").now, status::stopped);
        EXPECT_EQ(about(root, "c").now, status::stopped);
        EXPECT_EQ(about(root, "d").now, status::running);
        notes.failures.clear();
        notes.slow_start.clear();
    }
}

TEST_F(SupervisorRestart, OneThatFailsForEverEndsTheSupervisorWhateverItsStrategy) {
    for (auto how : {half::one_for_one, half::one_for_all, half::rest_for_one}) {
        const auto root     = start({.strategy = how, .children = {child("a"), child("b"), child("c")}});
        notes.failures["b"] = 1'000;
        const auto why      = reason_of_end(sim, root, [&] { end(root, "b"); });
        EXPECT_THAT(why.what, HasSubstr("the last of them 'b' with crash: no gas"));
        EXPECT_THAT(sim.processes(), IsEmpty());
        notes.failures.clear();
    }
}

TEST_F(SupervisorRestart, OneThatHasNothingToDoTheNextTimeIsStopped) {
    const auto root    = start({.children = {child("a"), child("b")}});
    notes.ignores["a"] = 1;
    end(root, "a");
    EXPECT_EQ(about(root, "a").now, status::stopped);
    EXPECT_EQ(about(root, "a").restarts, 0u);
    EXPECT_TRUE(half::alive(who(root, "b")));
}

TEST_F(SupervisorRestart, AChildThatEndsWhileAnotherIsStartedAgainHasItsTurnAfterwards) {
    for (std::uint64_t seed = 1; seed <= 20; ++seed) {
        stage      s{seed};
        const auto root         = s.start({.at_most = {.restarts = 5}, .children = {s.child("a"), s.child("b")}});
        s.notes.slow_start["a"] = 1s;
        half::kill(s.who(root, "a"));
        const auto b = s.children(root)[1].pid;  // asked after the kill: a's init() runs now, and is waited for
        s.notes.slow_start.clear();
        EXPECT_TRUE(half::alive(b));
        half::kill(b);
        s.sim.advance(2s);
        EXPECT_TRUE(half::alive(s.who(root, "a")));
        EXPECT_TRUE(half::alive(s.who(root, "b")));
        EXPECT_NE(s.who(root, "b"), b);
    }
}

TEST_F(SupervisorRestart, AChildThatIsKilledInItsInitIsTriedAgain) {
    const auto root       = start({.children = {child("a")}});
    notes.slow_start["a"] = 1h;
    const auto first      = who(root, "a");
    half::kill(first);
    sim.settle();
    notes.slow_start.clear();
    for (auto each : sim.processes())
        if (each != root.id()) half::kill(each);  // the second, in its init()
    sim.settle();
    EXPECT_EQ(about(root, "a").now, status::running);
    EXPECT_EQ(about(root, "a").last_end, exit_reason::killed());
    EXPECT_THAT(notes.read(), ElementsAre("+a", "+a", "+a"));
}

TEST_F(SupervisorRestart, ASiblingThatDoesNotWantToEndIsKilledAfterItsTime) {
    const auto root     = start({.strategy = half::one_for_all, .children = {child("a"), child("b")}});
    notes.slow_end["b"] = 1h;
    end(root, "a");
    sim.advance(4999ms);
    EXPECT_THAT(notes.read(), ElementsAre("+a", "+b", "-a"));
    sim.advance(1ms);
    EXPECT_THAT(notes.read(), ElementsAre("+a", "+b"));
}

// -- when it is too much --------------------------------------------------------------------------------------------

TEST_F(SupervisorRestart, OneMoreThanIsBorneEndsItAndAllChildrenInOppositeOrder) {
    const auto root =
        start({.at_most = {.restarts = 2, .within = 5s}, .children = {child("a"), child("b"), child("c")}});
    end(root, "b");
    end(root, "a");
    notes.read();
    const auto why = reason_of_end(sim, root, [&] { end(root, "b", exit_reason::crash("third")); });
    EXPECT_EQ(why, exit_reason::shutdown("gave up: children ended 3 times within 5 s, the last of them 'b' with crash: "
                                         "third"));
    EXPECT_THAT(notes.read(), ElementsAre("-b", "-c", "-a"));
    EXPECT_THAT(sim.processes(), IsEmpty());
}

TEST_F(SupervisorRestart, OldRestartsDoNotCount) {
    const auto root = start({.at_most = {.restarts = 2, .within = 5s}, .children = {child("a")}});
    for (int i = 0; i < 20; ++i) {
        end(root, "a");
        sim.advance(2501ms);
    }
    EXPECT_TRUE(half::alive(root));
    EXPECT_EQ(about(root, "a").restarts, 20u);
}

TEST_F(SupervisorRestart, ARestartCountsUntilItsTimeIsOverAndNotAfter) {
    const auto root = start({.at_most = {.restarts = 1, .within = 5s}, .children = {child("a")}});
    end(root, "a");
    sim.advance(5s + 1ns);
    end(root, "a");
    EXPECT_TRUE(half::alive(root));
    sim.advance(5s);
    end(root, "a");
    EXPECT_FALSE(half::alive(root));
}

TEST_F(SupervisorRestart, NoneIsBorneWhenNoneIsAllowed) {
    const auto root = start({.at_most = {.restarts = 0}, .children = {child("a")}});
    EXPECT_EQ(
        reason_of_end(sim, root, [&] { end(root, "a"); }),
        exit_reason::shutdown("gave up: children ended 1 time within 5 s, the last of them 'a' with crash: boom"));
}

TEST_F(SupervisorRestart, OneThatGaveUpIsStartedAgainByItsOwn) {
    const supervisor inner{.at_most = {.restarts = 0}, .children = {child("a"), child("b")}};
    const auto       root  = start({.children = {child("x"), {.id = "inner", .start = inner}}});
    const auto       first = who(root, "inner");
    notes.read();
    end(half::ref<supervisor>{first}, "a");
    EXPECT_THAT(notes.read(), ElementsAre("-a", "-b", "+a", "+b"));
    const auto now = about(root, "inner");
    EXPECT_NE(now.pid, first);
    EXPECT_EQ(now.restarts, 1u);
    EXPECT_THAT(now.last_end.what, HasSubstr("gave up"));
}

TEST_F(SupervisorRestart, ATransientOneThatGaveUpIsNot) {
    const supervisor inner{.at_most = {.restarts = 0}, .children = {child("a")}};
    const auto       root = start({.children = {{.id = "inner", .start = inner, .restart = half::transient}}});
    end(half::ref<supervisor>{who(root, "inner")}, "a");
    EXPECT_EQ(about(root, "inner").now, status::stopped);
}

TEST_F(SupervisorRestart, WhatCannotBeMendedGoesUpToTheRoot) {
    const supervisor leaf{.at_most = {.restarts = 1}, .children = {child("a")}};
    const supervisor middle{.at_most = {.restarts = 1}, .children = {{.id = "leaf", .start = leaf}}};
    const auto       root  = start({.at_most = {.restarts = 1}, .children = {{.id = "middle", .start = middle}}});
    int              lives = 0;
    for (; half::alive(root); ++lives) {
        const half::ref<supervisor> at_middle{who(root, "middle")};
        const half::ref<supervisor> at_leaf{who(at_middle, "leaf")};
        end(at_leaf, "a");
    }
    EXPECT_EQ(lives, 2 * 2 * 2);
    EXPECT_THAT(sim.processes(), IsEmpty());
}

// -- what is told ---------------------------------------------------------------------------------------------------

TEST_F(SupervisorRestart, IsReportedWithTheChildTheReasonAndTheCount) {
    const auto root = start({.children = {child("a")}});
    end(root, "a");
    const auto told = supervisor_reports();
    ASSERT_EQ(told.size(), 1u);
    EXPECT_EQ(told[0].pid, root.id());
    EXPECT_EQ(told[0].reason, exit_reason::crash("boom"));
    EXPECT_EQ(told[0].message, "staff::worker::end");
    EXPECT_EQ(told[0].remark, "child 'a' ended with crash: boom; it is started again, 1 time within 5 s so far");
}

TEST_F(SupervisorRestart, AStormIsReportedInAFewWords) {
    const auto root = start({.at_most = {.restarts = 1'000}, .children = {child("a")}});
    for (int i = 0; i < 1'000; ++i) end(root, "a");
    EXPECT_TRUE(half::alive(root));
    EXPECT_LT(supervisor_reports().size(), 20u);
    EXPECT_THAT(supervisor_reports().back().remark, HasSubstr("512 times"));
}

TEST_F(SupervisorRestart, GivingUpIsReported) {
    const auto root = start({.at_most = {.restarts = 0}, .children = {child("a")}});
    end(root, "a");
    ASSERT_EQ(supervisor_reports().size(), 1u);
    EXPECT_THAT(supervisor_reports()[0].remark, HasSubstr("gave up"));
}

TEST_F(SupervisorRestart, WithoutALimitInTimeItIsReportedWithoutATime) {
    const auto root = start({.at_most = {.restarts = 0, .within = half::forever}, .children = {child("a")}});
    end(root, "a");
    ASSERT_EQ(supervisor_reports().size(), 1u);
    EXPECT_THAT(supervisor_reports()[0].remark, HasSubstr("children ended 1 time, the last"));
}

}  // namespace
