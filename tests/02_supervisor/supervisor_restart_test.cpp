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

INSTANTIATE_TEST_SUITE_P(
    Permanent, EachEnd,
    testing::Values(end_of{half::permanent, exit_reason::normal(), true},
                    end_of{half::permanent, exit_reason::shutdown(), true},
                    end_of{half::permanent, exit_reason::shutdown("closing"), true},
                    end_of{half::permanent, exit_reason::killed(), true},
                    end_of{half::permanent, exit_reason::noproc(), true},
                    end_of{half::permanent, exit_reason::crash("boom"), true},
                    end_of{half::permanent, exit_reason::other("bored"), true}));
INSTANTIATE_TEST_SUITE_P(
    Transient, EachEnd,
    testing::Values(end_of{half::transient, exit_reason::normal(), false},
                    end_of{half::transient, exit_reason::shutdown(), false},
                    end_of{half::transient, exit_reason::shutdown("closing"), false},
                    end_of{half::transient, exit_reason::killed(), true},
                    end_of{half::transient, exit_reason::noproc(), true},
                    end_of{half::transient, exit_reason::crash("boom"), true},
                    end_of{half::transient, exit_reason::other("bored"), true}));
INSTANTIATE_TEST_SUITE_P(
    Temporary, EachEnd,
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
    const auto root = start(
        {.strategy = half::rest_for_one, .children = {child("a"), child("b"), child("c"), child("d")}});
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

// -- when it is too much --------------------------------------------------------------------------------------------

TEST_F(SupervisorRestart, OneMoreThanIsBorneEndsItAndAllChildrenInOppositeOrder) {
    const auto root = start({.at_most = {.restarts = 2, .within = 5s}, .children = {child("a"), child("b"), child("c")}});
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

}  // namespace
