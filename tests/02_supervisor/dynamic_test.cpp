// Many children of one kind.
#include "staff.hpp"

#include <02_supervisor/dynamic_supervisor.hpp>
#include <02_supervisor/monitor.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace {

using namespace staff;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;
using testing::UnorderedElementsAre;

struct pet {
    struct name_of {
        using reply = std::string;
    };
    struct end {
        exit_reason reason;
    };
    struct stay {
        half::duration time;
    };

    std::string name;
    book*       of;

    half::task<> init() {
        of->log.push_back("+" + name);
        if (of->slow_start.contains(name)) co_await half::sleep(of->slow_start[name]);
        if (take_one(of->failures, name)) throw std::runtime_error{"no food"};
        if (take_one(of->ignores, name)) throw half::ignore{};
    }
    std::string  handle(name_of) { return name; }
    void         handle(end m) { throw half::leave{std::move(m.reason)}; }
    half::task<> handle(stay m) { co_await half::sleep(m.time); }
    half::task<> terminate(exit_reason) {
        if (of->slow_end.contains(name)) co_await half::sleep(of->slow_end[name]);
        of->log.push_back("-" + name);
    }
};

using kennel = half::dynamic_supervisor<pet, std::string>;

struct Dynamic : testing::Test, stage {
    kennel plan(kennel how = {}) {
        how.start = [of = &notes](const std::string& name) { return pet{name, of}; };
        return how;
    }
    half::ref<pet> add(half::ref<kennel> to, std::string name) {
        return sim.call(to, kennel::start_child{std::move(name)}).value();
    }
    auto        stop(half::ref<kennel> of, half::pid who) { return sim.call(of, kennel::terminate_child{who}); }
    std::size_t how_many(half::ref<kennel> of) { return sim.call(of, kennel::count_children{}).active; }
    void        end(half::ref<pet> who, exit_reason reason) {
        who.cast(pet::end{std::move(reason)});
        sim.settle();
    }
    lines names(half::ref<kennel> of) {
        lines all;
        for (auto each : sim.call(of, kennel::which_children{})) all.push_back(sim.call(each, pet::name_of{}));
        return all;
    }
};

TEST_F(Dynamic, ChildrenComeWhenTheyAreAskedForAndStayInOrder) {
    const auto pets = sim.start(plan());
    for (const auto* each : {"tom", "rex", "kim"}) add(pets, each);
    EXPECT_THAT(names(pets), ElementsAre("tom", "rex", "kim"));
    EXPECT_EQ(sim.call(pets, kennel::count_children{}),
              (half::child_counts{.specs = 3, .active = 3, .supervisors = 0, .workers = 3}));
}

TEST_F(Dynamic, AKilledChildBeginsAgainFromItsArgumentAndKeepsItsPlace) {
    const auto pets = sim.start(plan());
    const auto tom  = add(pets, "tom");
    add(pets, "rex");
    half::kill(tom);
    sim.settle();
    EXPECT_THAT(names(pets), ElementsAre("tom", "rex"));
    EXPECT_FALSE(half::alive(tom));
}

TEST_F(Dynamic, AnInitThatThrowsIsAnAnswer) {
    const auto pets       = sim.start(plan());
    notes.failures["tom"] = 1;
    const auto got        = sim.call(pets, kennel::start_child{"tom"});
    ASSERT_FALSE(got);
    EXPECT_EQ(got.error(), half::child_error::did_not_start);
    EXPECT_EQ(got.error().reason, exit_reason::crash("no food"));
    EXPECT_EQ(sim.call(pets, kennel::count_children{}).specs, 0u);
    EXPECT_TRUE(half::alive(pets));
}

TEST_F(Dynamic, AnInitThatHasNothingToDoIsAnAnswer) {
    const auto pets      = sim.start(plan());
    notes.ignores["tom"] = 1;
    EXPECT_EQ(sim.call(pets, kennel::start_child{"tom"}).error(), half::child_error::ignored);
    EXPECT_EQ(how_many(pets), 0u);
}

TEST_F(Dynamic, AStartFunctionThatThrowsIsAnAnswer) {
    const auto pets = sim.start(
        kennel{.start = [](const std::string& name) -> pet { throw std::runtime_error{"no room for " + name}; }});
    const auto got = sim.call(pets, kennel::start_child{"tom"});
    EXPECT_EQ(got.error(), half::child_error::did_not_start);
    EXPECT_EQ(got.error().reason, exit_reason::crash("no room for tom"));
    EXPECT_EQ(how_many(pets), 0u);
}

// An argument that cannot be copied as often as it is wanted.
struct worn_out {
    std::string name;
    int*        copies_left;

    worn_out(std::string n, int* left) : name{std::move(n)}, copies_left{left} {}
    worn_out(const worn_out& other) : name{other.name}, copies_left{other.copies_left} {
        if ((*copies_left)-- <= 0) throw std::logic_error{"no copy of " + name};
    }
    worn_out(worn_out&&) = default;
};

TEST_F(Dynamic, AnArgumentThatCannotBeCopiedIsAnAnswerAndHarmsNobodyElse) {
    using dogs      = half::dynamic_supervisor<pet, worn_out>;
    auto       make = [of = &notes](const worn_out& from) { return pet{from.name, of}; };
    int        none = 0, one = 1;
    const auto root = sim.start(dogs{.start = make, .at_most = {.restarts = 2}});
    const auto tom  = sim.call(root, dogs::start_child{worn_out{"tom", &one}});
    ASSERT_TRUE(tom);

    const auto got = sim.call(root, dogs::start_child{worn_out{"rex", &none}});
    ASSERT_FALSE(got);
    EXPECT_EQ(got.error(), half::child_error::did_not_start);
    EXPECT_EQ(got.error().reason, exit_reason::crash("no copy of rex"));
    EXPECT_TRUE(half::alive(*tom));

    one = 0;  // its next life is tried, and each try counts
    half::kill(*tom);
    sim.settle();
    EXPECT_FALSE(half::alive(root));
    EXPECT_THAT(supervisor_reports().back().remark, HasSubstr("gave up"));
}

TEST_F(Dynamic, OneThatIsKilledInItsInitIsAnAnswer) {
    const auto pets         = sim.start(plan());
    notes.slow_start["tom"] = 1h;
    struct customer {
        half::ref<kennel>                                 of;
        std::expected<half::ref<pet>, half::child_error>* into;
        half::task<> init() { *into = co_await of.call(kennel::start_child{"tom"}); }
    };
    std::expected<half::ref<pet>, half::child_error> got;
    const auto                                       who = sim.spawn(customer{pets, &got});
    sim.settle();
    for (auto each : sim.processes())
        if (each != pets.id() && each != who.id()) half::kill(each);
    sim.settle();
    ASSERT_FALSE(got);
    EXPECT_EQ(got.error(), half::child_error::did_not_start);
    EXPECT_EQ(got.error().reason, exit_reason::killed());
}

TEST_F(Dynamic, ASlowOneHoldsUpNobody) {
    const auto pets         = sim.start(plan());
    notes.slow_start["tom"] = 20s;
    pets.cast(kennel::start_child{"tom"});
    add(pets, "rex");
    EXPECT_EQ(sim.now().time_since_epoch(), 0s);
    add(pets, "tom");
    EXPECT_EQ(sim.now().time_since_epoch(), 20s) << "and is waited for without limit";
    EXPECT_THAT(names(pets), ElementsAre("tom", "rex", "tom"));
}

TEST_F(Dynamic, WithoutAStartFunctionAChildIsMadeOfItsArgument) {
    struct number {
        struct get {
            using reply = int;
        };
        int value;
        int handle(get) { return value; }
    };
    using numbers  = half::dynamic_supervisor<number, int>;
    const auto all = sim.start(numbers{});
    EXPECT_EQ(sim.call(sim.call(all, numbers::start_child{7}).value(), number::get{}), 7);
}

TEST_F(Dynamic, WithoutAnyWayToMakeAChildItIsRefused) {
    struct stranger {
        stranger() = default;
        void handle(pet::stay) {}
    };
    try {
        sim.start(half::dynamic_supervisor<stranger, std::string>{});
        FAIL() << "it started";
    } catch (const half::start_failed& e) {
        EXPECT_THAT(e.reason.what, HasSubstr(".start = "));
    }
}

TEST_F(Dynamic, ANegativeTimeToEndIsRefused) {
    try {
        sim.start(plan({.shutdown = -7s}));
        FAIL() << "it started";
    } catch (const half::start_failed& e) {
        EXPECT_THAT(e.reason.what, HasSubstr("brutal_kill"));
    }
}

TEST_F(Dynamic, OneMoreThanTheLimitIsRefusedUntilOneGoes) {
    const auto pets = sim.start(plan({.restart = half::temporary, .max_children = 2}));
    const auto tom  = add(pets, "tom");
    add(pets, "rex");
    const auto kim = sim.call(pets, kennel::start_child{"kim"});
    EXPECT_EQ(kim.error(), half::child_error::too_many_children);
    EXPECT_THAT(notes.read(), ElementsAre("+tom", "+rex"));
    half::kill(tom);
    sim.settle();
    add(pets, "kim");
    EXPECT_THAT(names(pets), ElementsAre("rex", "kim")) << "in the order of their start, in whichever place";
}

TEST_F(Dynamic, ARuntimeThatIsFullIsAnAnswer) {
    half::runtime small{half::simulated{.max_processes = 3, .on_report = [](const half::report&) {}}};
    const auto    pets = small.start(plan());
    ASSERT_TRUE(small.call(pets, kennel::start_child{"tom"}));  // with who asks: three
    const auto rex = small.call(pets, kennel::start_child{"rex"});
    EXPECT_EQ(rex.error(), half::child_error::did_not_start);
    EXPECT_THAT(rex.error().reason.what, HasSubstr("3 processes live already"));
    EXPECT_EQ(small.call(pets, kennel::count_children{}).active, 1u);
}

struct only_one {
    half::pid* taken;

    void init(half::self<only_one> me) {
        if (half::alive(*taken)) throw half::already_started{*taken};
        *taken = me.id();
    }
};

TEST_F(Dynamic, OneThatIsThereAlreadyIsNamed) {
    using singles = half::dynamic_supervisor<only_one, half::pid*>;
    half::pid  taken;
    const auto all   = sim.start(singles{});
    const auto first = sim.call(all, singles::start_child{&taken});
    const auto other = sim.call(all, singles::start_child{&taken});
    EXPECT_EQ(other.error(), half::child_error::already_there);
    EXPECT_EQ(other.error().who, first->id());
    EXPECT_EQ(sim.call(all, singles::count_children{}).active, 1u);
    EXPECT_THAT(reports, IsEmpty());
}

// -- ends -----------------------------------------------------------------------------------------------------------

struct end_of {
    half::restart restart;
    exit_reason   reason;
    bool          again;
};
struct EachDynamicEnd : testing::TestWithParam<end_of> {};

TEST_P(EachDynamicEnd, IsAnsweredAsTheRestartTypeSays) {
    const auto& [restart, reason, again] = GetParam();
    stage      s;
    const auto pets = s.sim.start(
        kennel{.start = [of = &s.notes](const std::string& name) { return pet{name, of}; }, .restart = restart});
    const auto tom = s.sim.call(pets, kennel::start_child{"tom"}).value();
    tom.cast(pet::end{reason});
    s.sim.settle();
    const auto left = s.sim.call(pets, kennel::which_children{});
    ASSERT_EQ(left.size(), again ? 1u : 0u);
    if (again) EXPECT_NE(left[0], tom);
}

INSTANTIATE_TEST_SUITE_P(All, EachDynamicEnd,
                         testing::Values(end_of{half::permanent, exit_reason::normal(), true},
                                         end_of{half::permanent, exit_reason::shutdown("x"), true},
                                         end_of{half::permanent, exit_reason::crash("x"), true},
                                         end_of{half::transient, exit_reason::normal(), false},
                                         end_of{half::transient, exit_reason::shutdown("x"), false},
                                         end_of{half::transient, exit_reason::crash("x"), true},
                                         end_of{half::transient, exit_reason::killed(), true},
                                         end_of{half::temporary, exit_reason::normal(), false},
                                         end_of{half::temporary, exit_reason::crash("x"), false}));

TEST_F(Dynamic, ARestartThatFailsIsTriedAgainAndEachTryCounts) {
    const auto pets       = sim.start(plan({.at_most = {.restarts = 3}}));
    const auto tom        = add(pets, "tom");
    notes.failures["tom"] = 2;
    half::kill(tom);
    sim.settle();
    EXPECT_THAT(names(pets), ElementsAre("tom"));
    EXPECT_THAT(notes.read(), ElementsAre("+tom", "+tom", "+tom", "+tom"));
    half::kill(sim.call(pets, kennel::which_children{})[0]);
    sim.settle();
    EXPECT_FALSE(half::alive(pets)) << "four within five seconds";
}

TEST_F(Dynamic, OneThatHasNothingToDoTheNextTimeIsForgotten) {
    const auto pets      = sim.start(plan());
    const auto tom       = add(pets, "tom");
    notes.ignores["tom"] = 1;
    half::kill(tom);
    sim.settle();
    EXPECT_EQ(how_many(pets), 0u);
    EXPECT_TRUE(half::alive(pets));
}

TEST_F(Dynamic, TooManyRestartsEndItWithAllItsChildren) {
    const auto pets = sim.start(plan({.at_most = {.restarts = 1}}));
    for (const auto* each : {"tom", "rex", "kim"}) add(pets, each);
    const auto why = reason_of_end(sim, pets, [&] {
        for (int i = 0; i < 2; ++i) end(sim.call(pets, kennel::which_children{})[0], exit_reason::crash("boom"));
    });
    EXPECT_THAT(why.what, HasSubstr("gave up: children ended 2 times within 5 s"));
    EXPECT_EQ(why.why, exit_reason::kind::shutdown);
    EXPECT_THAT(sim.processes(), IsEmpty());
    ASSERT_THAT(supervisor_reports(), SizeIs(2));
    EXPECT_THAT(supervisor_reports()[1].remark, HasSubstr("gave up"));
}

// -- being stopped --------------------------------------------------------------------------------------------------

TEST_F(Dynamic, AStoppedOneIsForgotten) {
    const auto pets = sim.start(plan());
    const auto tom = add(pets, "tom"), rex = add(pets, "rex");
    EXPECT_TRUE(stop(pets, tom));
    EXPECT_FALSE(half::alive(tom));
    EXPECT_THAT(names(pets), ElementsAre("rex"));
    EXPECT_EQ(stop(pets, tom).error(), half::child_error::no_such_child);
    EXPECT_EQ(stop(pets, pets).error(), half::child_error::no_such_child);
    EXPECT_EQ(stop(pets, {}).error(), half::child_error::no_such_child);
    half::kill(rex);
    sim.settle();
    EXPECT_TRUE(stop(pets, sim.call(pets, kennel::which_children{})[0])) << "in its second life too";
    EXPECT_EQ(how_many(pets), 0u);
}

TEST_F(Dynamic, AStoppedOneMayTakeItsTimeAndNoMoreAndHoldsUpNobody) {
    const auto pets       = sim.start(plan({.shutdown = 3s}));
    const auto tom        = add(pets, "tom");
    notes.slow_end["tom"] = 1h;
    pets.cast(kennel::terminate_child{tom});
    add(pets, "rex");
    EXPECT_EQ(sim.now().time_since_epoch(), 0s);
    sim.advance(2999ms);
    EXPECT_TRUE(half::alive(tom));
    sim.advance(1ms);
    EXPECT_FALSE(half::alive(tom));
    EXPECT_THAT(names(pets), ElementsAre("rex"));
    EXPECT_THAT(notes.read(), ElementsAre("+tom", "+rex"));
}

TEST_F(Dynamic, AStopIsAnsweredWhenItHasEnded) {
    const auto pets       = sim.start(plan());
    const auto tom        = add(pets, "tom");
    notes.slow_end["tom"] = 4s;
    EXPECT_TRUE(stop(pets, tom));
    EXPECT_EQ(sim.now().time_since_epoch(), 4s);
    sim.advance(10s);
    EXPECT_EQ(sim.stats().timers, 0u) << "nobody waits to kill it any more";
}

TEST_F(Dynamic, BothWhoStopTheSameOneAreAnswered) {
    const auto pets       = sim.start(plan());
    const auto tom        = add(pets, "tom");
    notes.slow_end["tom"] = 1s;
    struct customer {
        half::ref<kennel> of;
        half::pid         who;
        int*              answers;
        half::task<>      init() {
            if (co_await of.try_call(kennel::terminate_child{who})) ++*answers;
        }
    };
    int answers = 0;
    sim.spawn(customer{pets, tom, &answers});
    sim.spawn(customer{pets, tom, &answers});
    sim.advance(2s);
    EXPECT_EQ(answers, 2);
}

TEST_F(Dynamic, StoppedItEndsAllAtTheSameTime) {
    const auto pets = sim.start(plan());
    for (const auto* each : {"tom", "rex", "kim"}) {
        add(pets, each);
        notes.slow_end[each] = 3s;
    }
    notes.read();
    pets.stop();
    EXPECT_TRUE(sim.run(half::ended(pets, half::forever)));
    EXPECT_EQ(sim.now().time_since_epoch(), 3s);
    EXPECT_THAT(notes.read(), UnorderedElementsAre("-tom", "-rex", "-kim"));
    EXPECT_THAT(sim.processes(), IsEmpty());
}

TEST_F(Dynamic, WhoDoesNotWantToEndIsKilled) {
    const auto pets = sim.start(plan({.shutdown = 2s}));
    add(pets, "tom").cast(pet::stay{1h});
    notes.slow_end["rex"] = 1h;
    add(pets, "rex");
    add(pets, "kim");
    notes.read();
    pets.stop();
    EXPECT_TRUE(sim.run(half::ended(pets, half::forever)));
    EXPECT_EQ(sim.now().time_since_epoch(), 2s);
    EXPECT_THAT(notes.read(), ElementsAre("-kim"));
    EXPECT_THAT(sim.processes(), IsEmpty());
}

TEST_F(Dynamic, BrutalKillAsksNobody) {
    const auto pets = sim.start(plan({.shutdown = half::brutal_kill}));
    const auto tom  = add(pets, "tom");
    add(pets, "rex");
    notes.read();
    EXPECT_TRUE(stop(pets, tom));
    pets.stop();
    sim.settle();
    EXPECT_THAT(notes.read(), IsEmpty());
    EXPECT_THAT(sim.processes(), IsEmpty());
}

TEST_F(Dynamic, KilledItTakesAllWithIt) {
    for (std::uint64_t seed = 1; seed <= 10; ++seed) {
        stage      s{seed};
        const auto pets = s.sim.start(kennel{.start = [of = &s.notes](const std::string& n) { return pet{n, of}; }});
        for (int i = 0; i < 20; ++i) pets.cast(kennel::start_child{std::to_string(i)});
        if (seed % 2) s.sim.settle();
        half::kill(pets);
        s.sim.settle();
        EXPECT_THAT(s.sim.processes(), IsEmpty()) << "seed " << seed;
    }
}

TEST_F(Dynamic, WhoeverWaitsForItsAnswersIsToldOfItsEnd) {
    const auto pets       = sim.start(plan());
    const auto tom        = add(pets, "tom");
    notes.slow_end["tom"] = 1h;
    struct customer {
        half::ref<kennel> of;
        half::pid         who;
        std::string*      got;
        half::task<>      init() {
            const auto answer = co_await of.try_call(kennel::terminate_child{who});
            *got              = answer ? "answered" : half::to_string(answer.error());
        }
    };
    std::string got;
    sim.spawn(customer{pets, tom, &got});
    sim.settle();
    half::kill(pets);
    sim.settle();
    EXPECT_EQ(got, "the server ended first (killed)");
}

TEST_F(Dynamic, ItEndsInGoodOrderWhenItIsAskedTo) {
    const auto pets = sim.start(plan());
    add(pets, "tom");
    half::exit(pets, exit_reason::crash("not mine"));
    sim.settle();
    EXPECT_TRUE(half::alive(pets));
    notes.read();
    half::exit(pets, exit_reason::shutdown());
    sim.settle();
    EXPECT_THAT(notes.read(), ElementsAre("-tom"));
    EXPECT_THAT(sim.processes(), IsEmpty());
}

// -- in a tree, and in numbers --------------------------------------------------------------------------------------

TEST_F(Dynamic, ItIsAChildLikeAnyOther) {
    const auto root = sim.start(supervisor{.children = {{.id = "pets", .start = plan()}}});
    const auto pets = sim.run(half::find_child<kennel>(root, "pets"));
    ASSERT_TRUE(pets);
    EXPECT_TRUE(about(root, "pets").supervisor);
    add(pets, "tom");
    root.stop();
    sim.settle();
    EXPECT_THAT(notes.read(), ElementsAre("+tom", "-tom"));
    EXPECT_THAT(sim.processes(), IsEmpty());
}

TEST_F(Dynamic, ThoseThatComeAndGoLeaveNothingBehind) {
    const auto pets = sim.start(plan({.restart = half::temporary, .at_most = {.restarts = 0}}));
    for (int i = 0; i < 100'000; ++i) {
        const auto tom = add(pets, "tom");
        if (i % 2) half::kill(tom);
        else (void)stop(pets, tom);
        if (i % 1000 == 0) notes.read();
    }
    sim.settle();
    EXPECT_EQ(how_many(pets), 0u);
    EXPECT_EQ(sim.processes().size(), 1u);
    const auto info = sim.info(add(pets, "tom"));
    EXPECT_THAT(info->attached, ElementsAre("child of " + half::to_string(pets)));
}

TEST_F(Dynamic, AStormIsOverInOneTurnAndKeepsAllPlaces) {
    const int  many = 2'000;
    const auto pets = sim.start(plan({.at_most = {.restarts = 10'000}}));
    for (int i = 0; i < many; ++i) add(pets, std::to_string(i));
    for (int round = 0; round < 3; ++round) {
        for (auto each : sim.call(pets, kennel::which_children{})) half::kill(each);
        sim.settle();
        const auto all = names(pets);
        ASSERT_EQ(all.size(), static_cast<std::size_t>(many));
        for (int i = 0; i < many; ++i) EXPECT_EQ(all[static_cast<std::size_t>(i)], std::to_string(i));
    }
    EXPECT_LT(supervisor_reports().size(), 40u);
}

}  // namespace
