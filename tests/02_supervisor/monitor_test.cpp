// Hear of an end, once and always: the rules of OTP, one by one.
#include "actor.hpp"

#include <algorithm>
#include <random>

namespace {

using namespace bonds_test;

struct Monitor : world {};

struct MonitorEnds : world, testing::WithParamInterface<ending> {};

TEST_P(MonitorEnds, TellsTheReasonAndTouchesNobody) {
    auto cook = plain(), waiter = plain();
    monitor(waiter, cook);
    leave(cook, GetParam().reason);
    EXPECT_TRUE(half::alive(waiter));
    EXPECT_EQ(log, lines{"down: " + half::to_string(GetParam().reason)});
    EXPECT_EQ(attached(waiter), "");
}

TEST_P(MonitorEnds, TellsWhoWaitsForIt) {
    auto cook = plain();
    auto task = sim.start(actor{&log});
    task.cast(actor::wait{[cook, this](actor::me) -> half::task<> {
        auto why = co_await half::ended(cook);
        log.push_back(why ? half::to_string(*why) : "nothing");
    }});
    sim.settle();
    leave(cook, GetParam().reason);
    EXPECT_EQ(log, lines{half::to_string(GetParam().reason)});
}

INSTANTIATE_TEST_SUITE_P(Of, MonitorEnds, every_kind, [](const auto& p) { return p.param.name; });

TEST_F(Monitor, SaysWhoEndedAndWhichMonitorItWas) {
    struct watcher {
        std::vector<half::down>*       heard;
        std::vector<half::monitor_id>* set;
        std::vector<half::pid>         whom;
        void                           init(half::self<watcher> self) {
            for (auto each : whom) set->push_back(half::monitor(self, each));
        }
        void handle(half::down d) { heard->push_back(d); }
    };
    auto                          one = plain(), two = plain();
    std::vector<half::down>       heard;
    std::vector<half::monitor_id> set;
    sim.start(watcher{&heard, &set, {one, two}});
    kill(two);
    kill(one);
    ASSERT_EQ(heard.size(), 2u);
    EXPECT_EQ(heard[0].who, two.id());
    EXPECT_EQ(heard[0].which, set[1]);
    EXPECT_EQ(heard[1].who, one.id());
    EXPECT_EQ(heard[1].which, set[0]);
    EXPECT_NE(set[0], set[1]);
    EXPECT_NE(set[0], half::monitor_id{});
}

TEST_F(Monitor, OfTheDeadBringsNoproc) {
    auto cook = plain(), waiter = plain();
    kill(cook);
    monitor(waiter, cook);
    monitor(waiter, half::pid{});
    EXPECT_EQ(log, lines(2, "down: noproc"));
    EXPECT_EQ(attached(waiter), "");
}

TEST_F(Monitor, OfItselfIsPossibleAndBringsNothing) {
    auto waiter = plain();
    auto set    = monitor(waiter, waiter);
    EXPECT_TRUE(demonitor(waiter, set));
    EXPECT_FALSE(demonitor(waiter, set));
    monitor(waiter, waiter);
    leave(waiter, exit_reason::other("bored"));
    EXPECT_EQ(log, lines{});
}

TEST_F(Monitor, TwiceBringsTwo) {
    auto cook = plain(), waiter = plain();
    monitor(waiter, cook);
    auto second = monitor(waiter, cook);
    monitor(waiter, cook);
    EXPECT_TRUE(demonitor(waiter, second));
    kill(cook);
    EXPECT_EQ(log, lines(2, "down: killed"));
}

TEST_F(Monitor, TakenAwayBringsNothing) {
    auto cook = plain(), waiter = plain();
    auto set = monitor(waiter, cook);
    EXPECT_EQ(attached(cook), fmt::format("monitored by {}", waiter.id()));
    EXPECT_EQ(attached(waiter), fmt::format("watches {}", cook.id()));
    EXPECT_TRUE(demonitor(waiter, set));
    EXPECT_EQ(attached(cook), "");
    EXPECT_EQ(attached(waiter), "");
    EXPECT_FALSE(demonitor(waiter, set));
    kill(cook);
    EXPECT_EQ(log, lines{});
}

TEST_F(Monitor, TakenAwayWithItsDownInTheMailBringsNothing) {
    auto cook = plain(), waiter = plain();
    waiter.cast(actor::wait{[cook, this](actor::me self) -> half::task<> {
        auto set   = half::monitor(self, cook);
        auto other = half::monitor(self, cook);
        co_await half::sleep(1s);
        log.push_back(half::demonitor(self, set) ? "in time" : "too late");
        (void)other;
    }});
    sim.settle();
    kill(cook);
    waiter.cast(actor::note{"behind"});
    sim.advance(2s);
    EXPECT_EQ(log, (lines{"in time", "down: killed", "behind"}));
}

TEST_F(Monitor, IsUsedUpByItsDown) {
    auto cook = plain(), waiter = plain();
    auto set = monitor(waiter, cook);
    kill(cook);
    EXPECT_FALSE(demonitor(waiter, set));
    EXPECT_FALSE(demonitor(waiter, {}));
    EXPECT_EQ(log, lines{"down: killed"});
}

TEST_F(Monitor, ComesBehindTheMailOfTheDead) {
    for (std::uint64_t seed = 1; seed <= 100; ++seed) {
        half::runtime other{half::simulated{.seed = seed, .on_report = [](const half::report&) {}}};
        log.clear();
        auto waiter = other.start(actor{&log});
        auto cook   = other.start(actor{&log});
        waiter.cast(actor::act{[cook](actor::me self) { half::monitor(self, cook); }});
        other.settle();
        cook.cast(actor::act{[waiter](actor::me) {
            for (auto text : {"one", "two", "three"}) waiter.cast(actor::note{text});
            throw std::runtime_error{"boom"};
        }});
        other.settle();
        EXPECT_EQ(log, (lines{"one", "two", "three", "down: crash: boom"})) << "seed " << seed;
    }
}

TEST_F(Monitor, IsForgottenWhenTheWatcherEnds) {
    auto cook = plain(), waiter = plain();
    monitor(waiter, cook);
    monitor(waiter, cook);
    kill(waiter);
    EXPECT_EQ(attached(cook), "");
    kill(cook);
    EXPECT_EQ(log, lines{});
}

TEST_F(Monitor, BothMayEndAtOnce) {
    for (std::uint64_t seed = 1; seed <= 50; ++seed) {
        half::runtime other{half::simulated{.seed = seed}};
        auto          one = other.start(actor{}), two = other.start(actor{});
        for (auto [from, to] : {std::pair{one, two}, std::pair{two, one}})
            from.cast(actor::act{[to](actor::me self) { half::monitor(self, to); }});
        half::kill(one);
        half::kill(two);
        other.settle();
        EXPECT_EQ(other.stats().processes, 0u) << "seed " << seed;
    }
}

TEST_F(Monitor, WaitsForAHandlerThatWaits) {
    auto cook = plain(), waiter = plain();
    monitor(waiter, cook);
    busy(waiter, 1s);
    kill(cook);
    EXPECT_EQ(log, lines{});
    sim.advance(1s);
    EXPECT_EQ(log, lines{"down: killed"});
}

TEST_F(Monitor, CanBeSetOnAProcessWhoseHandlerWaits) {
    auto cook = plain(), waiter = plain();
    busy(cook, 24h);
    monitor(waiter, cook);
    EXPECT_EQ(attached(cook), fmt::format("monitored by {}", waiter.id()));
    kill(cook);
    EXPECT_EQ(log, lines{"down: killed"});
}

TEST_F(Monitor, OfOneByACrowdIsLinear) {
    auto cook = plain();
    for (int i = 0; i < crowd; ++i)
        sim.spawn(actor{.log = &log, .begin = [cook](actor::me self) { half::monitor(self, cook); }});
    sim.settle();
    EXPECT_TRUE(attached(cook).ends_with(fmt::format(" and {} more", crowd - 5)));
    kill(cook);
    EXPECT_EQ(log, lines(crowd, "down: killed"));
}

TEST_F(Monitor, OfACrowdByOneIsLinear) {
    std::vector<half::ref<actor>> all;
    for (int i = 0; i < crowd; ++i) all.push_back(sim.spawn(actor{}));
    auto                          waiter = plain();
    std::vector<half::monitor_id> set;
    tell<false>(waiter, [&](actor::me self) {
        for (auto each : all) set.push_back(half::monitor(self, each));
    });
    tell<false>(waiter, [&](actor::me self) {
        for (std::size_t i = 0; i < set.size(); i += 2) half::demonitor(self, set[i]);
    });
    for (auto each : all) half::kill(each);
    sim.settle();
    EXPECT_EQ(log, lines(crowd / 2, "down: killed"));
    EXPECT_EQ(attached(waiter), "");
}

// Many monitors set and taken away in any order: a down comes for exactly those that are left.
TEST(MonitorProperty, BringsOneDownForEachThatIsLeft) {
    for (std::uint64_t seed = 1; seed <= 200; ++seed) {
        half::runtime                 sim{half::simulated{.seed = seed}};
        std::mt19937_64               draw{seed};
        lines                         log;
        std::vector<half::monitor_id> set;
        std::size_t                   left = 0;
        auto                          cook = sim.start(actor{}), waiter = sim.start(actor{&log});
        for (int i = 0; i < 30; ++i) {
            const bool sets = draw() % 2;
            const auto pick = draw();
            waiter.cast(actor::act{[&, sets, pick](actor::me self) {
                if (sets) set.push_back(half::monitor(self, cook)), ++left;
                else if (!set.empty()) left -= half::demonitor(self, set[pick % set.size()]);
            }});
            if (draw() % 5 == 0) sim.settle();
        }
        if (draw() % 2) sim.settle();
        half::kill(cook);
        sim.settle();
        EXPECT_EQ(log.size(), left) << "seed " << seed;
        EXPECT_EQ(fmt::format("{}", fmt::join(sim.info(waiter)->attached, "; ")), "") << "seed " << seed;
    }
}

// -- ended() ------------------------------------------------------------------------------------------------------

TEST_F(Monitor, EndedComesAtOnceForTheDead) {
    auto cook = plain();
    kill(cook);
    EXPECT_EQ(sim.run(half::ended(cook)), exit_reason::noproc());
    EXPECT_EQ(sim.run(half::ended(half::pid{}, 1s)), exit_reason::noproc());
}

TEST_F(Monitor, EndedGivesUpInTimeAndLeavesNothingBehind) {
    auto cook = plain();
    for (int i = 0; i < 3; ++i) EXPECT_EQ(sim.run(half::ended(cook, 5s)), std::nullopt);
    sim.settle();
    EXPECT_EQ(sim.now().time_since_epoch(), 15s);
    EXPECT_EQ(attached(cook), "");
}

TEST_F(Monitor, EndedIsTakenAwayFromWhoeverIsKilledMeanwhile) {
    auto cook = plain(), waiter = plain();
    waiter.cast(actor::wait{[cook](actor::me) -> half::task<> { (void)co_await half::ended(cook); }});
    sim.settle();
    EXPECT_EQ(attached(cook), fmt::format("monitored by {}", waiter.id()));
    kill(waiter);
    EXPECT_EQ(attached(cook), "");
}

TEST_F(Monitor, EndedOfItselfIsNothingAtOnce) {
    auto waiter = plain();
    waiter.cast(actor::wait{
        [this](actor::me self) -> half::task<> { log.push_back(co_await half::ended(self) ? "ended" : "nothing"); }});
    sim.settle();
    EXPECT_EQ(log, lines{"nothing"});
}

TEST_F(Monitor, EndedInTheSameMomentAsTheDeadlineIsOneOfBoth) {
    for (std::uint64_t seed = 1; seed <= 20; ++seed) {
        half::runtime other{half::simulated{.seed = seed}};
        auto          cook = other.start(actor{});
        cook.cast(actor::wait{[](actor::me self) -> half::task<> {
            co_await half::sleep(1s);
            self.stop();
        }});
        const auto why = other.run(half::ended(cook, 1s));
        EXPECT_TRUE(!why || *why == exit_reason::normal()) << "seed " << seed;
    }
}

// -- bounded mail -------------------------------------------------------------------------------------------------

template <half::overload Policy>
struct small_box {
    using mailbox = half::bounded<1, Policy>;
    struct wait {};
    struct note {};

    lines*    log;
    half::pid other;

    void init(half::self<small_box> self) {
        half::monitor(self, other);
        half::monitor(self, other);
    }
    half::task<> handle(wait) { co_await half::sleep(1s); }
    void         handle(note) { log->push_back("note"); }
    void         handle(half::down d) { log->push_back(fmt::format("down: {}", d.reason)); }
};

template <class Box>
half::task<> write(half::ref<Box> box, auto message) {
    (void)box.cast(message);
    co_return;
}
template <half::overload Policy>
    requires(Policy == half::overload::drop_oldest)
half::task<> write(half::ref<small_box<Policy>> box, auto message) {
    box.cast(message);
    co_return;
}

template <half::overload Policy>
void down_into_a_full_mailbox(world& w) {
    using Box  = small_box<Policy>;
    auto other = w.plain();
    auto box   = w.sim.start(Box{&w.log, other});
    w.sim.run(write(box, typename Box::wait{}));
    w.sim.settle();
    w.sim.run(write(box, typename Box::note{}));
    w.kill(other);
    w.sim.run(write(box, typename Box::note{}));
    w.sim.advance(2s);
    EXPECT_EQ(std::ranges::count(w.log, "down: killed"), 2) << fmt::format("{}", fmt::join(w.log, ", "));
    EXPECT_EQ(std::ranges::count(w.log, "note"), 1);
}
TEST_F(Monitor, DownGetsIntoAFullMailboxThatRejects) { down_into_a_full_mailbox<half::overload::reject>(*this); }
TEST_F(Monitor, DownGetsIntoAFullMailboxThatDropsTheOldest) {
    down_into_a_full_mailbox<half::overload::drop_oldest>(*this);
}
TEST_F(Monitor, DownGetsIntoAFullMailboxThatKeepsTheNewestOfItsKind) {
    down_into_a_full_mailbox<half::overload::newest_of_its_kind>(*this);
}

}  // namespace
