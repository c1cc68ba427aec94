// The guardian: what is kept, for whom, and when it is handed out no more.
#include <02_supervisor/supervisor.hpp>
#include <04_persistence/state_guardian.hpp>

#include <gtest/gtest.h>

#include <atomic>
#include <functional>
#include <string>
#include <thread>
#include <vector>

namespace {

using half::exit_reason;
using namespace std::chrono_literals;

// What it did last, and whether it is a copy that kills.
struct clerk {
    struct act {
        std::function<void(clerk&, half::self<clerk>)> what;
    };
    struct get {
        using reply = int;
    };

    int                   done    = 0;
    bool                  poisons = false;
    std::function<void()> on_init = {};

    void init() {
        if (on_init) on_init();
        if (poisons) throw std::runtime_error{"poisoned"};
    }
    void handle(act a, half::self<clerk> self) { a.what(*this, self); }
    int  handle(get) { return done; }
};

using guardian = half::state_guardian<clerk>;

struct Guardian : testing::Test {
    std::vector<half::report> reports;
    half::runtime sim{half::simulated{.on_report = [this](const half::report& r) { reports.push_back(r); }}};
    guardian      kept;
    half::ref<half::supervisor> root;

    void start(half::starter how, half::restart restart = half::transient) {
        root = sim.start(half::supervisor{.at_most  = {.restarts = 100},
                                          .children = {{.id = "clerk", .start = how, .restart = restart}}});
    }
    half::ref<clerk> now() { return sim.run(half::find_child<clerk>(root, "clerk")); }
    template <class F>
    void let(half::ref<clerk> who, F what) {
        who.cast(clerk::act{what});
        sim.settle();
    }
    void keep(int done) {
        let(now(), [this, done](clerk& me, auto) {
            me.done = done;
            kept.keep("clerk", me);
        });
    }
    void crash() {
        let(now(), [](auto&, auto) { throw std::runtime_error{"ouch"}; });
    }
    int remarks() const {
        int n = 0;
        for (auto& each : reports) n += each.what == half::report::kind::remark && each.server.ends_with("clerk");
        return n;
    }
};

TEST_F(Guardian, KeepsTheLastStateByKey) {
    EXPECT_FALSE(kept.find("a"));
    kept.keep("a", {.done = 1});
    kept.keep("b", {.done = 2});
    kept.keep("a", {.done = 3});
    EXPECT_EQ(kept.find("a")->done, 3);
    EXPECT_EQ(kept.find("b")->done, 2);
    EXPECT_EQ(kept.count(), 2u);
    EXPECT_TRUE(kept.forget("a"));
    EXPECT_FALSE(kept.forget("a"));
    EXPECT_FALSE(kept.find("a"));
    EXPECT_EQ(kept.count(), 1u);
}

TEST_F(Guardian, CopiesAreTheSameGuardian) {
    auto other = kept;
    other.keep("a", {.done = 1});
    EXPECT_EQ(kept.find("a")->done, 1);
}

TEST_F(Guardian, RefusesOneStateTooMany) {
    guardian small{{.at_most = 2}};
    small.keep("a", {});
    small.keep("b", {});
    EXPECT_THROW(small.keep("c", {}), half::too_many_states);
    EXPECT_FALSE(small.find("c"));
    small.keep("a", {.done = 7});
    EXPECT_EQ(small.find("a")->done, 7);
    small.forget("b");
    small.keep("c", {});
    EXPECT_EQ(small.count(), 2u);
}

TEST_F(Guardian, ALifeBeginsWhereTheLastWasGood) {
    start(half::guarded(kept, "clerk", clerk{.done = 1}));
    EXPECT_EQ(sim.call(now(), clerk::get{}), 1);
    keep(5);
    let(now(), [](clerk& me, auto) {
        me.done = 6;  // and does not come to keep it
        throw std::runtime_error{"ouch"};
    });
    EXPECT_EQ(sim.call(now(), clerk::get{}), 5);
}

TEST_F(Guardian, TheFirstLifeMayComeFromAFunction) {
    int made = 0;
    start(half::guarded(kept, "clerk", [&made] { return clerk{.done = ++made}; }));
    EXPECT_EQ(sim.call(now(), clerk::get{}), 1);
    crash();
    EXPECT_EQ(sim.call(now(), clerk::get{}), 2);
    keep(9);
    crash();
    EXPECT_EQ(sim.call(now(), clerk::get{}), 9);
    EXPECT_EQ(made, 2);
}

TEST_F(Guardian, WhoIsDoneTakesItsStateAlong) {
    start(half::guarded(kept, "clerk", clerk{}), half::permanent);
    keep(5);
    let(now(), [](auto&, auto self) { self.stop(); });
    EXPECT_EQ(sim.call(now(), clerk::get{}), 0);
    EXPECT_EQ(kept.count(), 0u);
}

TEST_F(Guardian, WhoIsKilledOrStoppedLeavesItToTheNext) {
    start(half::guarded(kept, "clerk", clerk{}), half::permanent);
    keep(5);
    half::kill(now());
    sim.settle();
    EXPECT_EQ(sim.call(now(), clerk::get{}), 5);
    half::exit(now(), exit_reason::shutdown());
    sim.settle();
    EXPECT_EQ(sim.call(now(), clerk::get{}), 5);
}

TEST_F(Guardian, AStateThatKillsIsHandedOutTwice) {
    start(half::guarded(kept, "clerk", clerk{.done = 1}));
    keep(5);
    crash();  // the life that kept it: not its fault
    EXPECT_EQ(sim.call(now(), clerk::get{}), 5);
    crash();
    EXPECT_EQ(sim.call(now(), clerk::get{}), 5);
    EXPECT_EQ(remarks(), 0);
    crash();
    EXPECT_EQ(sim.call(now(), clerk::get{}), 1);
    EXPECT_EQ(kept.find("clerk")->done, 5);  // set aside, for whoever wants to know why
    ASSERT_EQ(remarks(), 1);
    for (auto& each : reports)
        if (each.what == half::report::kind::remark && each.server.ends_with("clerk")) {
            EXPECT_NE(each.remark.find("'clerk'"), std::string::npos) << each.remark;
            EXPECT_NE(each.remark.find("2 lives"), std::string::npos) << each.remark;
            EXPECT_EQ(each.pid, now());
        }
    crash();
    EXPECT_EQ(sim.call(now(), clerk::get{}), 1);
    EXPECT_EQ(remarks(), 1);
    keep(6);
    crash();
    EXPECT_EQ(sim.call(now(), clerk::get{}), 6);
}

TEST_F(Guardian, AStateThatKillsInInitIsHandedOutTwice) {
    int lives = 0;
    start(half::guarded(kept, "clerk", clerk{.on_init = [&] { ++lives; }}));
    let(now(), [&](clerk& me, auto) {
        me.poisons = true;
        kept.keep("clerk", me);
    });
    crash();
    sim.advance(1s);
    EXPECT_EQ(sim.call(now(), clerk::get{}), 0);
    EXPECT_EQ(lives, 1 + 2 + 1);
    EXPECT_EQ(remarks(), 1);
}

TEST_F(Guardian, ANewStateIsNotSuspectedForTheOld) {
    start(half::guarded(kept, "clerk", clerk{}));
    keep(1);
    for (int round = 2; round < 9; ++round) {
        crash();
        crash();
        EXPECT_EQ(sim.call(now(), clerk::get{}), round - 1);
        keep(round);
    }
    EXPECT_EQ(remarks(), 0);
}

TEST_F(Guardian, WhoIsStoppedOrKilledIsNotTheFaultOfTheState) {
    start(half::guarded(kept, "clerk", clerk{}), half::permanent);
    keep(5);
    for (int i = 0; i < 6; ++i) {
        if (i % 2) half::kill(now());
        else half::exit(now(), exit_reason::shutdown());
        sim.settle();
        EXPECT_EQ(sim.call(now(), clerk::get{}), 5);
    }
}

TEST_F(Guardian, ASiblingThatCrashesDoesNotCountForTheOthers) {
    auto quiet = half::guarded(kept, "quiet", clerk{.done = 1});
    root =
        sim.start(half::supervisor{.strategy = half::one_for_all,
                                   .at_most  = {.restarts = 100},
                                   .children = {{.id = "quiet", .start = quiet}, {.id = "clerk", .start = clerk{}}}});
    kept.keep("quiet", {.done = 7});
    for (int i = 0; i < 5; ++i) crash();
    EXPECT_EQ(sim.call(sim.run(half::find_child<clerk>(root, "quiet")), clerk::get{}), 7);
}

TEST_F(Guardian, LivesAreAnOption) {
    kept = guardian{{.lives = 4}};
    start(half::guarded(kept, "clerk", clerk{}));
    keep(5);
    for (int i = 0; i < 4; ++i) {
        crash();
        EXPECT_EQ(sim.call(now(), clerk::get{}), 5);
    }
    crash();
    EXPECT_EQ(sim.call(now(), clerk::get{}), 0);
}

TEST_F(Guardian, AnOlderLifeDoesNotForgetForTheNewer) {
    const half::starter how   = half::guarded(kept, "clerk", clerk{});
    auto                older = half::ref<clerk>{how.spawn(sim.engine(), nullptr)};
    sim.settle();
    auto newer = half::ref<clerk>{how.spawn(sim.engine(), nullptr)};
    sim.settle();
    let(newer, [this](clerk& me, auto) { kept.keep("clerk", me); });
    let(older, [](auto&, auto self) { self.stop(); });
    EXPECT_EQ(kept.count(), 1u);
    let(newer, [](auto&, auto self) { self.stop(); });
    EXPECT_EQ(kept.count(), 0u);
}

TEST_F(Guardian, ALifeThatKeepsNothingLeavesNothing) {
    start(half::guarded(kept, "clerk", clerk{}), half::temporary);
    EXPECT_EQ(kept.count(), 0u);
    crash();
    EXPECT_EQ(kept.count(), 0u);
}

TEST_F(Guardian, SaysWhatItGuards) {
    start(half::guarded(kept, "clerk", clerk{}));
    const auto info = sim.info(now());
    ASSERT_TRUE(info);
    bool said = false;
    for (auto& each : info->attached) said |= each == "guarded as 'clerk'";
    EXPECT_TRUE(said);
}

TEST_F(Guardian, ThrowsOutsideOfAProcess) {
    auto how = half::guarded(kept, "clerk", clerk{});
    EXPECT_THROW(how(), std::logic_error);
}

TEST_F(Guardian, DestroysNoStateUnderItsLock) {
    struct careful {
        half::state_guardian<careful, int>* all  = nullptr;
        std::shared_ptr<int>                last = std::make_shared<int>();
        ~careful() {
            if (all && last.use_count() == 1) all->find(1);
        }
        careful(half::state_guardian<careful, int>* a) : all{a} {}
        careful(const careful&) = default;
        careful(careful&&)      = default;
    };
    half::state_guardian<careful, int> all;
    all.keep(1, careful{&all});
    all.keep(1, careful{&all});
    all.forget(1);
    EXPECT_EQ(all.count(), 0u);
}

// The watchdog has given its process up; its next life has begun and kept a state of its own.
TEST(GuardianThreads, AHandlerThatWasLeftBehindKeepsNothing) {
    half::state_guardian<int, int> kept;
    struct sleeper {
        struct hang {};
        half::state_guardian<int, int> all;
        std::atomic<int>*              phase;
        void                           handle(hang) {
            step(*phase, 1);
            phase->wait(1);
            all.keep(1, 1);
            step(*phase, 3);
        }
        static void step(std::atomic<int>& phase, int to) {
            phase = to;
            phase.notify_all();
        }
    };
    std::atomic<int> phase{0};
    {
        half::runtime real{half::runtime_options{
            .workers = 2, .long_handler = 20ms, .kill_deadline = 50ms, .on_report = [](const half::report&) {}}};
        auto          stuck = real.start(sleeper{kept, &phase});
        stuck.cast(sleeper::hang{});
        phase.wait(0);
        half::kill(stuck);
        real.run(half::ended(stuck.id()));
        kept.keep(1, 2);
        sleeper::step(phase, 2);
        phase.wait(2);
    }
    EXPECT_EQ(kept.find(1), 2);
}

TEST(GuardianThreads, EachKeyHasTheStateThatWasKeptLast) {
    half::state_guardian<int, int> kept;
    std::vector<std::jthread>      threads;
    for (int t = 0; t < 4; ++t)
        threads.emplace_back([=] {
            for (int i = 0; i < 20'000; ++i) {
                kept.keep(t * 100 + i % 100, i);
                kept.keep(1000 + i % 10, i);
                EXPECT_EQ(kept.find(t * 100 + i % 100), i);
                if (i % 7 == 0) kept.forget(1000 + i % 10);
            }
        });
    threads.clear();
    for (int t = 0; t < 4; ++t)
        for (int i = 0; i < 100; ++i) EXPECT_EQ(kept.find(t * 100 + i), 19'900 + i);
    std::size_t shared = 0;
    for (int i = 0; i < 10; ++i) shared += kept.find(1000 + i).has_value();
    EXPECT_EQ(kept.count(), 400 + shared);
}

}  // namespace
