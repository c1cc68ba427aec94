// Time and order that we own: a simulated runtime is one thread, a virtual clock and a seed.
#include <01_gen_server/gen_server.hpp>

#include <boost/asio/steady_timer.hpp>
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

// -- run() ------------------------------------------------------------------------------------------------------------------

half::task<int> sum_after(half::duration time, int a, int b) {
    co_await half::sleep(time);
    co_return a + b;
}
half::task<> fail_after(half::duration time) {
    co_await half::sleep(time);
    throw std::out_of_range{"too far"};
}
half::task<std::unique_ptr<int>> make_one() { co_return std::make_unique<int>(1); }

TEST(Simulation, RunsATaskAsAProcessOfItsOwn) {
    half::runtime sim{half::simulated{}};
    EXPECT_EQ(sim.run(sum_after(5ms, 1, 2)), 3);
    EXPECT_EQ(sim.now().time_since_epoch(), 5ms);
    EXPECT_EQ(*sim.run(make_one()), 1);
    EXPECT_THROW(sim.run(fail_after(1ms)), std::out_of_range);
    EXPECT_EQ(sim.processes().size(), 0u);
}

TEST(Simulation, SaysSoWhenATaskWasKilled) {
    struct murderer {
        half::runtime* sim;
        half::task<>   init(half::self<murderer> self) {
            co_await half::sleep(1ms);
            for (auto each : sim->processes())
                if (each != self.id()) half::kill(each);
        }
    };
    half::runtime sim{half::simulated{}};
    sim.spawn(murderer{&sim});
    EXPECT_THROW(sim.run(fail_after(1h)), std::runtime_error);
    EXPECT_EQ(sim.now().time_since_epoch(), 1ms);
}

// -- what it refuses -----------------------------------------------------------------------------------------------------------

struct silent {
    struct ask {
        using reply = int;
    };
    std::vector<half::from<int>> kept = {};
    void                         handle(ask, half::from<int> caller) { kept.push_back(std::move(caller)); }
};

struct hopeful {
    half::ref<silent> other;
    half::task<>      init() { (void)co_await other.call(silent::ask{}, half::forever); }
};

TEST(Simulation, ThatCanGoNowhereSaysWhoWaits) {
    half::runtime sim{half::simulated{}};
    auto          server = sim.start(silent{});
    auto          waiter = sim.spawn(hopeful{server});
    sim.settle();
    try {
        sim.call(server, silent::ask{}, half::forever);
        FAIL() << "somebody answered";
    } catch (const half::nothing_left_to_do& nothing) {
        const std::string text = nothing.what();
        EXPECT_NE(text.find(half::to_string(waiter.id()) + " hopeful"), text.npos) << text;
        EXPECT_EQ(text.find("silent, "), text.npos) << "the server waits for nothing: " << text;
    }
    EXPECT_EQ(sim.now().time_since_epoch(), 0s);
    EXPECT_TRUE(half::alive(server)) << "and the runtime goes on";
    EXPECT_EQ(sim.run(sum_after(1ms, 1, 1)), 2);
}

TEST(Simulation, ThatCanGoNowhereSaysSoEvenAfterTimersWereCancelled) {
    struct fickle {
        struct ring {};
        void init(half::self<fickle> self) { self.cancel(self.send_after(24h, ring{})); }
        void handle(ring) {}
    };
    half::runtime sim{half::simulated{}};
    sim.start(fickle{});
    auto server = sim.start(silent{});
    EXPECT_THROW(sim.call(server, silent::ask{}, half::forever), half::nothing_left_to_do);
    EXPECT_EQ(sim.now().time_since_epoch(), 0s);
}

TEST(Simulation, HasNoRealInputAndOutput) {
    half::runtime sim{half::simulated{}};
    EXPECT_THROW(sim.io(), half::no_real_io);
    struct socket_owner {
        struct wait {
            using reply = std::string;
        };
        half::task<std::string> handle(wait, half::self<socket_owner> self) {
            try {
                half::asio::steady_timer t{self.executor(), 1s};
                co_await t.async_wait(half::awaited);
            } catch (const half::no_real_io& no) {
                co_return no.what();
            }
            co_return "it waited";
        }
    };
    const auto text = sim.call(sim.start(socket_owner{}), socket_owner::wait{});
    EXPECT_NE(text.find("no real I/O"), text.npos) << text;
    EXPECT_NE(text.find("half::sleep"), text.npos) << "it names what to use instead: " << text;
}

struct impatient {
    struct ask {
        using reply = std::string;
    };

    half::runtime*    sim;
    half::ref<silent> other;

    std::string handle(ask) {
        std::string refused;
        const auto  attempt = [&](const char* what, auto&& f) {
            try {
                f();
            } catch (const half::nothing_left_to_do&) {
                refused += "too late; ";
            } catch (const std::logic_error&) {
                refused += std::string{what} + "; ";
            }
        };
        attempt("call", [&] { sim->call(other, silent::ask{}); });
        attempt("run", [&] { sim->run(sum_after(1ms, 1, 2)); });
        attempt("start", [&] { sim->start(silent{}); });
        attempt("settle", [&] { sim->settle(); });
        attempt("advance", [&] { sim->advance(1s); });
        return refused;
    }
};

TEST(Simulation, NothingThatBlocksIsAllowedInAProcess) {
    half::runtime sim{half::simulated{}};
    auto          other  = sim.start(silent{});
    const auto    before = sim.info(other)->handled;
    EXPECT_EQ(sim.call(sim.start(impatient{&sim, other}), impatient::ask{}), "call; run; start; settle; advance; ");
    sim.settle();
    EXPECT_EQ(sim.info(other)->handled, before + 1) << "what was refused must not happen: only info() was asked";
    EXPECT_EQ(sim.processes().size(), 2u);
}

TEST(Simulation, ARealRuntimeCannotBeToldTheTime) {
    half::runtime real{half::runtime_options{.workers = 1}};
    EXPECT_THROW(real.advance(1s), std::logic_error);
    EXPECT_THROW(real.settle(), std::logic_error);
}

// -- blocking ----------------------------------------------------------------------------------------------------------------

struct reader {
    struct read {
        using reply = std::string;
    };
    struct read_badly {
        using reply = std::string;
    };
    struct touch {
        using reply = void;
    };

    int* touched;

    half::task<std::string> handle(read) {
        co_return co_await half::blocking([] { return std::string{"content"}; });
    }
    half::task<std::string> handle(read_badly) {
        std::string caught;
        try {
            co_await half::blocking([]() -> int { throw std::runtime_error{"no such file"}; });
        } catch (const std::runtime_error& e) {
            caught = e.what();
        }
        co_return caught;
    }
    half::task<> handle(touch) {
        co_await half::blocking(
            [this](std::stop_token nobody_wants_it) { *touched += nobody_wants_it.stop_requested() ? 0 : 1; });
    }
};

TEST(Simulation, BlockingWorkRunsAtOnce) {
    int           touched = 0;
    half::runtime sim{half::simulated{}};
    auto          server = sim.start(reader{&touched});
    EXPECT_EQ(sim.call(server, reader::read{}), "content");
    EXPECT_EQ(sim.call(server, reader::read_badly{}), "no such file");
    sim.call(server, reader::touch{});
    EXPECT_EQ(touched, 1);
    EXPECT_EQ(sim.now().time_since_epoch(), 0s);
}

}  // namespace
