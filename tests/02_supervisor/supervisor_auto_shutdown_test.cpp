// A supervisor that ends when its work is done.
#include "staff.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace {

using namespace staff;
using half::auto_shutdown;
using testing::ElementsAre;
using testing::IsEmpty;

const exit_reason lives = exit_reason::other("it lives");

struct AutoShutdown : testing::Test, stage {
    half::child significant(std::string id, half::restart restart = half::transient) {
        auto made        = child(std::move(id), restart);
        made.significant = true;
        return made;
    }
    exit_reason when(half::ref<supervisor> root, std::string id, exit_reason ends) {
        return reason_of_end(sim, root, [&] { end(root, std::move(id), std::move(ends)); });
    }
};

const auto done_a = exit_reason::shutdown("significant child 'a' is done");

TEST_F(AutoShutdown, AnyEndsWithTheFirstThatIsDone) {
    const auto root = start({.auto_shutdown = auto_shutdown::any_significant,
                             .children      = {child("x"), significant("a"), significant("b"), child("y")}});
    notes.read();
    EXPECT_EQ(when(root, "a", exit_reason::normal()), done_a);
    EXPECT_THAT(notes.read(), ElementsAre("-a", "-y", "-b", "-x"));
    EXPECT_THAT(sim.processes(), IsEmpty());
}

TEST_F(AutoShutdown, AllEndsWithTheLastThatIsDone) {
    const auto root = start({.auto_shutdown = auto_shutdown::all_significant,
                             .children      = {child("x"), significant("b"), significant("a")}});
    end(root, "b", exit_reason::normal());
    EXPECT_TRUE(half::alive(root));
    EXPECT_EQ(when(root, "a", exit_reason::shutdown()), done_a);
}

// Each kind of significant child with each kind of end.
struct end_of {
    half::restart restart;
    exit_reason   reason;
    bool          done;
};
struct EachSignificantEnd : testing::TestWithParam<std::tuple<auto_shutdown, end_of>> {};

TEST_P(EachSignificantEnd, EndsTheSupervisorWhenTheChildIsDone) {
    const auto how  = std::get<auto_shutdown>(GetParam());
    const auto ends = std::get<end_of>(GetParam());
    stage      s;
    auto       a    = s.child("a", ends.restart);
    a.significant   = true;
    const auto root = s.start({.auto_shutdown = how, .children = {a, s.child("b")}});
    const auto why  = reason_of_end(s.sim, root, [&] { s.end(root, "a", ends.reason); });
    EXPECT_EQ(why, ends.done ? done_a : lives);
}

INSTANTIATE_TEST_SUITE_P(All, EachSignificantEnd,
                         testing::Combine(testing::Values(auto_shutdown::any_significant,
                                                          auto_shutdown::all_significant),
                                          testing::Values(end_of{half::transient, exit_reason::normal(), true},
                                                          end_of{half::transient, exit_reason::shutdown("x"), true},
                                                          end_of{half::transient, exit_reason::crash("x"), false},
                                                          end_of{half::transient, exit_reason::other("x"), false},
                                                          end_of{half::temporary, exit_reason::normal(), true},
                                                          end_of{half::temporary, exit_reason::shutdown(), true},
                                                          end_of{half::temporary, exit_reason::crash("x"), true},
                                                          end_of{half::temporary, exit_reason::other("x"), true})));

TEST_F(AutoShutdown, OrdinaryChildrenMeanNothing) {
    const auto root = start({.auto_shutdown = auto_shutdown::any_significant,
                             .children = {significant("a"), child("x", half::transient), child("y", half::temporary)}});
    end(root, "x", exit_reason::normal());
    end(root, "y", exit_reason::crash("boom"));
    EXPECT_TRUE(half::alive(root));
}

TEST_F(AutoShutdown, AChildThatWasStoppedIsNotDone) {
    const auto root =
        start({.auto_shutdown = auto_shutdown::any_significant, .children = {significant("a"), child("b")}});
    EXPECT_TRUE(sim.call(root, supervisor::terminate_child{"a"}));
    sim.settle();
    EXPECT_TRUE(half::alive(root));
    EXPECT_TRUE(sim.call(root, supervisor::restart_child{"a"}));
    EXPECT_EQ(when(root, "a", exit_reason::normal()), done_a);
}

TEST_F(AutoShutdown, AChildThatWasStoppedWithItsGroupIsNotDone) {
    const auto root = start({.strategy      = half::one_for_all,
                             .auto_shutdown = auto_shutdown::any_significant,
                             .children      = {significant("a", half::temporary), significant("b"), child("c")}});
    end(root, "c");
    EXPECT_TRUE(half::alive(root));
    EXPECT_FALSE(sim.call(root, supervisor::which_child{"a"})) << "temporary: stopped with its group, and forgotten";
    EXPECT_TRUE(half::alive(who(root, "b")));
}

TEST_F(AutoShutdown, AllCountsOnlyThoseThatRunOrWill) {
    const auto root = start({.auto_shutdown = auto_shutdown::all_significant,
                             .children      = {significant("b"), significant("a"), significant("c")}});
    (void)sim.call(root, supervisor::terminate_child{"b"});
    end(root, "c", exit_reason::crash("boom"));  // it is started again
    EXPECT_EQ(when(root, "a", exit_reason::normal()), lives) << "c runs";
}

TEST_F(AutoShutdown, OfASupervisorTellsItsOwnSupervisorThatItIsDone) {
    const supervisor inner{.auto_shutdown = auto_shutdown::any_significant, .children = {significant("a")}};
    const auto       root =
        start({.auto_shutdown = auto_shutdown::any_significant,
               .children      = {{.id = "inner", .start = inner, .restart = half::transient, .significant = true}}});
    const auto below = half::ref<supervisor>{who(root, "inner")};
    EXPECT_EQ(reason_of_end(sim, root, [&] { end(below, "a", exit_reason::normal()); }),
              exit_reason::shutdown("significant child 'inner' is done"));
}

}  // namespace
