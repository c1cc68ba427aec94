// Time and order that we own: a simulated runtime is one thread, a virtual clock and a seed.
#include <01_gen_server/gen_server.hpp>

#include <gtest/gtest.h>

#include <random>
#include <set>
#include <string>
#include <vector>

using namespace std::chrono_literals;

namespace {

using lines = std::vector<std::string>;

// Everybody passes notes to everybody, and each note that is read is written down.
struct pupil {
    struct note {
        int from, number;
    };
    struct meet {
        std::vector<half::ref<pupil>> others;
    };
    struct ask {
        using reply = int;
        int from;
    };

    int                           name;
    lines*                        trace;
    std::vector<half::ref<pupil>> others = {};
    int                           read   = 0;
    std::mt19937                  random{static_cast<unsigned>(name)};  // its own: what differs is the order alone

    void handle(meet m, half::self<pupil> self) {
        others = std::move(m.others);
        for (int i = 0; i < 5; ++i) pass(i);
        self.send_every(3ms, note{name, -1});
    }
    half::task<> handle(note n, half::self<pupil> self) {
        ++read;
        trace->push_back(
            fmt::format("{} ms: {} reads {} from {}", self.now().time_since_epoch() / 1ms, name, n.number, n.from));
        if (n.number > 0) pass(n.number - 1);
        if (random() % 4 == 0) co_await half::sleep(std::chrono::milliseconds{random() % 5});
        if (random() % 4 == 0) {
            auto got = co_await somebody().try_call(ask{name}, 2ms);
            trace->push_back(
                fmt::format("{} hears {}", name, got ? std::to_string(*got) : half::to_string(got.error())));
        }
    }
    int handle(ask m) {
        trace->push_back(fmt::format("{} is asked by {}", name, m.from));
        return read;
    }

    void             pass(int number) { somebody().cast(note{name, number}); }
    half::ref<pupil> somebody() { return others[random() % others.size()]; }
};

lines trace_of(std::uint64_t seed) {
    lines                         trace;
    half::runtime                 sim{half::simulated{.seed = seed}};
    std::vector<half::ref<pupil>> all;
    for (int i = 0; i < 10; ++i) all.push_back(sim.spawn(pupil{i, &trace}));
    for (auto each : all) each.cast(pupil::meet{all});
    sim.advance(50ms);
    half::kill(all[3]);
    sim.advance(50ms);
    return trace;
}

TEST(Simulation, OfTheSameSeedIsTheSameMessageForMessage) {
    for (std::uint64_t seed = 1; seed <= 10; ++seed) {
        const auto once = trace_of(seed);
        EXPECT_GT(once.size(), 300u);
        EXPECT_EQ(once, trace_of(seed)) << "seed " << seed;
    }
}

TEST(Simulation, OfAnotherSeedIsAnother) {
    std::set<lines> different;
    for (std::uint64_t seed = 1; seed <= 20; ++seed) different.insert(trace_of(seed));
    EXPECT_EQ(different.size(), 20u);
}

// Two that send at the same time: over the seeds, each is first at times.
TEST(Simulation, DrawsEveryOrderThatCanHappen) {
    struct inbox {
        lines* got;
        void   handle(std::string m) { got->push_back(std::move(m)); }
    };
    struct writer {
        half::ref<inbox> to;
        std::string      name;
        void             init() {
            to.cast(name + "1");
            to.cast(name + "2");
        }
    };
    std::set<lines> orders;
    for (std::uint64_t seed = 1; seed <= 200; ++seed) {
        lines         got;
        half::runtime sim{half::simulated{.seed = seed}};
        auto          to = sim.start(inbox{&got});
        sim.spawn(writer{to, "a"});
        sim.spawn(writer{to, "b"});
        sim.settle();
        ASSERT_EQ(got.size(), 4u);
        EXPECT_LT(std::ranges::find(got, "a1"), std::ranges::find(got, "a2"));
        EXPECT_LT(std::ranges::find(got, "b1"), std::ranges::find(got, "b2"));
        orders.insert(got);
    }
    EXPECT_GE(orders.size(), 2u);
}

// -- time -----------------------------------------------------------------------------------------------------------------

struct beater {
    struct beat {};
    int* beats;
    void init(half::self<beater> self) { self.send_every(10ms, beat{}); }
    void handle(beat) { ++*beats; }
};

TEST(Simulation, TimeMovesOnlyWhenItIsTold) {
    int           beats = 0;
    half::runtime sim{half::simulated{}};
    EXPECT_EQ(sim.now().time_since_epoch(), 0s);
    sim.start(beater{&beats});
    for (int i = 0; i < 10; ++i) sim.settle();
    EXPECT_EQ(beats, 0);
    EXPECT_EQ(sim.now().time_since_epoch(), 0s);
    sim.advance(99ms);
    EXPECT_EQ(beats, 9);
    EXPECT_EQ(sim.now().time_since_epoch(), 99ms);
    sim.advance(0ms);
    EXPECT_EQ(beats, 9);
    sim.advance(1ms);
    EXPECT_EQ(beats, 10);
    sim.advance(1ns);
    EXPECT_EQ(sim.now().time_since_epoch(), 100ms + 1ns);
    EXPECT_THROW(sim.advance(-1ns), std::logic_error);
}

TEST(Simulation, AdvancingInStepsIsAdvancingAtOnce) {
    const auto trace_in_steps_of = [](half::duration step) {
        lines                         trace;
        half::runtime                 sim{half::simulated{.seed = 5}};
        std::vector<half::ref<pupil>> all;
        for (int i = 0; i < 5; ++i) all.push_back(sim.spawn(pupil{i, &trace}));
        for (auto each : all) each.cast(pupil::meet{all});
        while (sim.now().time_since_epoch() < 60ms) sim.advance(step);
        return trace;
    };
    EXPECT_EQ(trace_in_steps_of(60ms), trace_in_steps_of(1ms));
    EXPECT_EQ(trace_in_steps_of(60ms), trace_in_steps_of(250us));
}

TEST(Simulation, EachHasAClockOfItsOwn) {
    half::runtime early{half::simulated{}};
    half::runtime late{half::simulated{}};
    late.advance(1h);
    EXPECT_EQ(early.now().time_since_epoch(), 0s);
    EXPECT_EQ(late.now().time_since_epoch(), 1h);
}

TEST(Simulation, ACallMovesTimeAsFarAsItMust) {
    struct slow {
        struct get {
            using reply = int;
        };
        half::task<int> handle(get) {
            co_await half::sleep(70ms);
            co_return 1;
        }
    };
    half::runtime sim{half::simulated{}};
    EXPECT_EQ(sim.call(sim.start(slow{}), slow::get{}), 1);
    EXPECT_EQ(sim.now().time_since_epoch(), 70ms);
}

}  // namespace
