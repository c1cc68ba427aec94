// Time for processes: exact in a simulation, so every beat can be asked for by the millisecond.
#include <01_gen_server/gen_server.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <memory>
#include <random>
#include <string>
#include <utility>
#include <vector>

using namespace std::chrono_literals;

namespace {

using beats = std::vector<std::pair<int, double>>;  // which, and at what millisecond

double milliseconds(half::time_point at) { return static_cast<double>(at.time_since_epoch().count()) / 1e6; }

// Does with its timers what it is told, and writes down when each rings.
struct clock_keeper {
    struct ring {
        int which;
    };
    struct tick {};
    struct start {
        int            which;
        half::duration after;
    };
    struct start_every {
        int            which;
        half::duration period;
    };
    struct cancel {
        using reply = bool;
        int which;
    };
    struct doze {
        half::duration time;
    };

    beats*                     heard;
    std::map<int, half::timer> timers = {};

    void handle(start m, half::self<clock_keeper> self) { timers[m.which] = self.send_after(m.after, ring{m.which}); }
    void handle(start_every m, half::self<clock_keeper> self) {
        timers[m.which] = self.send_every(m.period, ring{m.which});
    }
    bool handle(cancel m, half::self<clock_keeper> self) { return self.cancel(timers[m.which]); }
    void handle(ring m, half::self<clock_keeper> self) { heard->emplace_back(m.which, milliseconds(self.now())); }
    half::task<> handle(doze m) { co_await half::sleep(m.time); }
};

using start       = clock_keeper::start;
using start_every = clock_keeper::start_every;
using stop        = clock_keeper::cancel;

struct Timer : testing::Test {
    beats                   heard;
    half::runtime           sim{half::simulated{}};
    half::ref<clock_keeper> keeper = sim.start(clock_keeper{&heard});

    std::size_t timers_left() { return sim.info(keeper)->timers; }
};

TEST_F(Timer, RingsExactlyWhenItIsDue) {
    keeper.cast(start{1, 10ms});
    sim.advance(10ms - 1ns);
    EXPECT_EQ(heard, beats{});
    sim.advance(1ns);
    EXPECT_EQ(heard, (beats{{1, 10}}));
    sim.advance(1h);
    EXPECT_EQ(heard.size(), 1u);
    EXPECT_EQ(timers_left(), 0u);
}

TEST_F(Timer, RingInTheOrderInWhichTheyAreDue) {
    for (auto [which, after] : std::vector<std::pair<int, half::duration>>{{1, 30ms}, {2, 10ms}, {3, 20ms}, {4, 10ms}})
        keeper.cast(start{which, after});
    sim.advance(1s);
    EXPECT_EQ(heard, (beats{{2, 10}, {4, 10}, {3, 20}, {1, 30}}));
}

// The wheel has four levels; these straddle every border between them.
TEST_F(Timer, RingsExactlyHoweverFarAway) {
    beats expected;
    int   which = 0;
    for (std::int64_t border : {1ll << 13, 1ll << 21, 1ll << 29, 255ll << 29})
        for (auto ms : {border - 1, border, border + 1, border + 4711}) {
            keeper.cast(start{++which, std::chrono::milliseconds{ms}});
            expected.emplace_back(which, static_cast<double>(ms));
        }
    sim.advance(std::chrono::milliseconds{260ll << 29});
    EXPECT_EQ(heard, expected);
}

TEST_F(Timer, RingsExactlyFromAnyPresent) {
    beats expected;
    int   which = 0;
    auto  now   = 0ms;
    for (auto present : {1ms, 8190ms, 8191ms, 8192ms, 8193ms, 2'097'151ms, 2'097'152ms})
        for (auto after : {1ms, 8191ms, 8192ms, 16'383ms, 2'097'151ms, 2'097'152ms, 2'105'343ms}) {
            now += present;
            sim.advance(present);
            keeper.cast(start{++which, after});
            sim.advance(after);
            now += after;
            expected.emplace_back(which, static_cast<double>(now.count()));
        }
    EXPECT_EQ(heard, expected);
}

TEST_F(Timer, IsNeverEarlyAndWithinAMillisecondOffTheBeat) {
    for (half::duration present : {100us, 250us, 999us, 1us}) {
        sim.advance(present);
        for (half::duration after : {1us, 400us, 1000us, 1500us, 2999us}) {
            heard.clear();
            const auto due = milliseconds(sim.now() + after);
            keeper.cast(start{1, after});
            sim.advance(5ms);
            ASSERT_EQ(heard.size(), 1u);
            EXPECT_GE(heard[0].second, due);
            EXPECT_LE(heard[0].second, due + 1);
        }
    }
}

TEST_F(Timer, OfNoDelayOrLessRingsWithinAMillisecond) {
    keeper.cast(start{1, 0ms});
    keeper.cast(start{2, -1h});
    keeper.cast(start{3, half::duration::min()});
    sim.advance(1ms);
    ASSERT_EQ(heard.size(), 3u);
    for (int i = 0; i < 3; ++i) EXPECT_EQ(heard[static_cast<std::size_t>(i)].first, i + 1);
}

TEST_F(Timer, OfForEverIsATimerLikeAnyOther) {
    keeper.cast(start{1, half::forever});
    keeper.cast(start_every{2, half::forever});
    sim.advance(24h * 30);
    EXPECT_EQ(heard, beats{});
    EXPECT_EQ(timers_left(), 2u);
    EXPECT_TRUE(sim.call(keeper, stop{1}));
    EXPECT_TRUE(sim.call(keeper, stop{2}));
    EXPECT_EQ(timers_left(), 0u);
}

// -- cancel -----------------------------------------------------------------------------------------------------------

TEST_F(Timer, ThatIsCancelledNeverRings) {
    for (auto after : {1ms, 100ms, 8192ms, 2'097'152ms, 536'870'912ms}) {
        keeper.cast(start{1, after});
        EXPECT_TRUE(sim.call(keeper, stop{1}));
        EXPECT_FALSE(sim.call(keeper, stop{1})) << "once is enough";
    }
    sim.advance(24h * 7);
    EXPECT_EQ(heard, beats{});
}

TEST_F(Timer, ThatHasRungCannotBeCancelled) {
    keeper.cast(start{1, 5ms});
    sim.advance(5ms);
    EXPECT_FALSE(sim.call(keeper, stop{1}));
    EXPECT_EQ(heard, (beats{{1, 5}}));
}

TEST_F(Timer, WhoseMessageIsAlreadyInTheMailCannotBeCancelled) {
    struct drowsy {
        struct ring {};
        struct doze {
            using reply = bool;
        };
        int*             rings;
        half::task<bool> handle(doze, half::self<drowsy> self) {
            auto t = self.send_after(1ms, ring{});
            co_await half::sleep(2ms);
            co_return self.cancel(t);
        }
        void handle(ring) { ++*rings; }
    };
    int  rings  = 0;
    auto server = sim.start(drowsy{&rings});
    EXPECT_FALSE(sim.call(server, drowsy::doze{}));
    sim.settle();
    EXPECT_EQ(rings, 1);
}

// A timer that has fired, but was not yet looked at: it is on its way between the wheel and the mail.
struct last_moment {
    struct ring {
        std::shared_ptr<int> content;
    };
    struct go {
        using reply = bool;
    };

    bool                 periodic;
    std::shared_ptr<int> content;
    int*                 rings;

    half::task<bool> handle(go, half::self<last_moment> self) {
        half::timer t;
        // Executor work runs while the handler sleeps, so its timer is hung behind the sleep's and fires right after it.
        self.executor().execute(
            [&] { t = periodic ? self.send_every(10ms, ring{content}) : self.send_after(10ms, ring{content}); });
        co_await half::sleep(10ms);
        co_return self.cancel(t);
    }
    void handle(ring) { ++*rings; }
};

TEST_F(Timer, ThatIsCancelledInFlightNeverRings) {
    for (bool periodic : {false, true}) {
        int  rings   = 0;
        auto content = std::make_shared<int>(0);
        auto server  = sim.start(last_moment{periodic, content, &rings});
        EXPECT_TRUE(sim.call(server, last_moment::go{}));
        sim.advance(1s);
        EXPECT_EQ(rings, 0);
        EXPECT_EQ(content.use_count(), 2) << "what the message owned is destroyed";
        EXPECT_EQ(sim.info(server)->timers, 0u);
    }
}

TEST_F(Timer, OfAnotherProcessCannotBeCancelled) {
    keeper.cast(start{1, 5ms});
    struct thief {
        half::timer loot;
        bool*       success;
        void        init(half::self<thief> self) { *success = self.cancel(loot) || self.cancel(half::timer{}); }
    };
    struct lender {
        struct ring {};
        struct borrow {
            using reply = half::timer;
        };
        half::timer handle(borrow, half::self<lender> self) { return self.send_after(5ms, ring{}); }
        void        handle(ring) {}
    };
    bool success = true;
    auto other   = sim.start(lender{});
    sim.start(thief{sim.call(other, lender::borrow{}), &success});
    EXPECT_FALSE(success);
    EXPECT_EQ(sim.info(other)->timers, 1u);
}

TEST_F(Timer, DiesWithItsProcess) {
    auto content = std::make_shared<int>(0);
    struct owner {
        struct ring {
            std::shared_ptr<int> content;
        };
        std::shared_ptr<int> content;
        void                 init(half::self<owner> self) {
            self.send_after(1ms, ring{content});
            self.send_after(24h, ring{content});
            self.send_every(1ms, ring{content});
        }
        void handle(ring) {}
    };
    auto server = sim.start(owner{content});
    EXPECT_EQ(content.use_count(), 5);
    EXPECT_EQ(sim.stats().timers, 3u);
    half::kill(server);
    sim.settle();
    EXPECT_EQ(content.use_count(), 1);
    EXPECT_EQ(sim.stats().timers, 0u);
    sim.advance(48h);
}

// -- again and again ----------------------------------------------------------------------------------------------------

// Counts beats and remembers how far off the worst of them was.
struct metronome {
    struct beat {};
    struct doze {
        half::duration time;
    };
    struct get {
        using reply = std::pair<long, half::duration>;
    };

    half::duration period;
    long           count = 0;
    half::duration worst = {};

    void init(half::self<metronome> self) { self.send_every(period, beat{}); }
    void handle(beat, half::self<metronome> self) {
        const half::duration late = self.now().time_since_epoch() - ++count * period;
        worst                     = std::max(worst, late < 0ns ? 1h : late);
    }
    half::task<>                    handle(doze m) { co_await half::sleep(m.time); }
    std::pair<long, half::duration> handle(get) { return {count, worst}; }
};

TEST_F(Timer, DoesNotDriftInTwoHundredThousandBeats) {
    auto odd  = sim.start(metronome{.period = 1500us});
    auto even = sim.start(metronome{.period = 7ms});
    sim.advance(300'000ms);
    EXPECT_EQ(sim.call(odd, metronome::get{}), (std::pair{200'000l, half::duration{500us}}));
    sim.advance(1'100'000ms);
    EXPECT_EQ(sim.call(even, metronome::get{}), (std::pair{200'000l, half::duration{0}}));
}

TEST_F(Timer, DoesNotDriftWhileItsProcessSleeps) {
    auto server = sim.start(metronome{.period = 7ms});
    sim.advance(1s);
    server.cast(metronome::doze{10s});
    sim.advance(10s);
    EXPECT_EQ(sim.call(server, metronome::get{}).first, 11'000 / 7)
        << "what came while it slept is in the mail, each beat";
    EXPECT_GT(sim.call(server, metronome::get{}).second, 9s);
    beats expected;
    keeper.cast(start_every{1, 7ms});
    keeper.cast(clock_keeper::doze{100ms});
    sim.advance(100ms);
    heard.clear();
    sim.advance(10ms);
    EXPECT_EQ(heard, (beats{{1, 11'105}}));
}

TEST_F(Timer, ThatBeatsIsCancelledForGood) {
    keeper.cast(start_every{1, 10ms});
    sim.advance(35ms);
    EXPECT_TRUE(sim.call(keeper, stop{1}));
    EXPECT_FALSE(sim.call(keeper, stop{1}));
    sim.advance(1s);
    EXPECT_EQ(heard, (beats{{1, 10}, {1, 20}, {1, 30}}));
}

TEST_F(Timer, OfNoPeriodBeatsOnceAMillisecond) {
    keeper.cast(start_every{1, 0ms});
    keeper.cast(start_every{2, -1s});
    sim.advance(100ms);
    EXPECT_GE(heard.size(), 198u);
    EXPECT_LE(heard.size(), 202u);
}

TEST_F(Timer, ThatBeatsCopiesItsMessageEachTime) {
    struct reader {
        struct letter {
            std::string text;
        };
        std::vector<std::string>* got;
        void                      init(half::self<reader> self) { self.send_every(1ms, letter{std::string(100, 'x')}); }
        void                      handle(letter m) { got->push_back(std::move(m.text)); }
    };
    std::vector<std::string> got;
    sim.start(reader{&got});
    sim.advance(3ms);
    EXPECT_EQ(got, std::vector<std::string>(3, std::string(100, 'x')));
}

TEST_F(Timer, MayCarryWhatCannotBeCopied) {
    struct reader {
        struct letter {
            std::unique_ptr<int> content;
        };
        int* got;
        void init(half::self<reader> self) { self.send_after(1ms, letter{std::make_unique<int>(5)}); }
        void handle(letter m) { *got = *m.content; }
    };
    int got = 0;
    sim.start(reader{&got});
    sim.advance(1ms);
    EXPECT_EQ(got, 5);
}

// -- sleep --------------------------------------------------------------------------------------------------------------

TEST_F(Timer, SleepIsExact) {
    struct sleeper {
        std::vector<double>* woke;
        half::task<>         init(half::self<sleeper> self) {
            for (half::duration nap :
                 {half::duration{1ms}, half::duration{10ms}, half::duration{8192ms}, half::duration{1h}}) {
                co_await half::sleep(nap);
                woke->push_back(milliseconds(self.now()));
            }
            co_await half::sleep(-5ms);
            woke->push_back(milliseconds(self.now()));
        }
    };
    std::vector<double> woke;
    sim.start(sleeper{&woke});
    ASSERT_EQ(woke.size(), 5u);
    EXPECT_LE(woke.back(), 3'608'204);
    woke.pop_back();
    EXPECT_EQ(woke, (std::vector<double>{1, 11, 8203, 3'608'203}));
}

// -- a hundred thousand, against a model --------------------------------------------------------------------------------

struct crowd {
    struct ring {
        int which;
    };
    struct more {
        int count;
    };
    struct cancel_some {
        int count;
    };

    std::mt19937_64                                      random;
    std::multimap<std::uint64_t, int>*                   expected;  // due, in ms
    std::vector<std::pair<std::uint64_t, int>>*          heard;
    std::map<int, std::pair<half::timer, std::uint64_t>> waiting = {};
    int                                                  next    = 0;

    void handle(more m, half::self<crowd> self) {
        const auto now = static_cast<std::uint64_t>(self.now().time_since_epoch() / 1ms);
        for (int i = 0; i < m.count; ++i) {
            // Most are near, some are beyond each level of the wheel.
            const auto after = 1 + random() % (std::uint64_t{1} << (4 + random() % 20));
            const int  which = next++;
            waiting[which]   = {self.send_after(std::chrono::milliseconds{after}, ring{which}), now + after};
            expected->emplace(now + after, which);
        }
    }
    void handle(cancel_some m, half::self<crowd> self) {
        for (int i = 0; i < m.count && !waiting.empty(); ++i) {
            auto found = waiting.lower_bound(static_cast<int>(random() % static_cast<std::uint64_t>(next)));
            if (found == waiting.end()) continue;
            auto [which, entry] = *found;
            EXPECT_TRUE(self.cancel(entry.first));
            auto [first, last] = expected->equal_range(entry.second);
            expected->erase(std::find_if(first, last, [&](auto& each) { return each.second == which; }));
            waiting.erase(found);
        }
    }
    void handle(ring m, half::self<crowd> self) {
        waiting.erase(m.which);
        heard->emplace_back(static_cast<std::uint64_t>(self.now().time_since_epoch() / 1ms), m.which);
    }
};

void check_crowd(std::uint64_t seed, int timers, int cancels) {
    std::multimap<std::uint64_t, int>          expected;
    std::vector<std::pair<std::uint64_t, int>> heard;
    half::runtime                              sim{half::simulated{.seed = seed}};
    std::mt19937_64                            random{seed};
    auto                                       server = sim.start(crowd{random, &expected, &heard});
    for (int i = 0; i < 10; ++i) {
        server.cast(crowd::more{timers / 10});
        sim.advance(std::chrono::milliseconds{random() % 100'000});
        server.cast(crowd::cancel_some{cancels / 10});
        sim.settle();
    }
    sim.advance(10h);
    ASSERT_TRUE(std::ranges::is_sorted(heard, {}, [](auto& each) { return each.first; })) << "seed " << seed;
    std::ranges::sort(heard);
    std::vector<std::pair<std::uint64_t, int>> wanted{expected.begin(), expected.end()};
    std::ranges::sort(wanted);
    ASSERT_EQ(heard, wanted) << "seed " << seed;
    ASSERT_EQ(sim.stats().timers, 0u);
}

TEST(Timers, AHundredThousandRingWhenTheyAreDue) { check_crowd(1, 100'000, 0); }

TEST(Timers, RandomOnesRingUnlessTheyAreCancelled) {
    for (std::uint64_t seed = 1; seed <= 100; ++seed) check_crowd(seed, 1'000, 300);
}

}  // namespace
