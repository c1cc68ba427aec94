// What a simulated runtime runs for those outside it, and what it refuses.
#include <01_gen_server/gen_server.hpp>

#include <boost/asio/steady_timer.hpp>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

using namespace std::chrono_literals;

namespace {

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

TEST(SimulatedRun, OfATaskIsAProcessOfItsOwn) {
    half::runtime sim{half::simulated{}};
    EXPECT_EQ(sim.run(sum_after(5ms, 1, 2)), 3);
    EXPECT_EQ(sim.now().time_since_epoch(), 5ms);
    EXPECT_EQ(*sim.run(make_one()), 1);
    EXPECT_THROW(sim.run(fail_after(1ms)), std::out_of_range);
    EXPECT_EQ(sim.processes().size(), 0u);
}

TEST(SimulatedRun, SaysSoWhenATaskWasKilled) {
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

TEST(SimulatedRun, ThatCanGoNowhereSaysWhoWaits) {
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

TEST(SimulatedRun, ThatCanGoNowhereSaysSoEvenAfterTimersWereCancelled) {
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

TEST(SimulatedRun, HasNoRealInputAndOutput) {
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

TEST(SimulatedRun, NothingThatBlocksIsAllowedInAProcess) {
    half::runtime sim{half::simulated{}};
    auto          other  = sim.start(silent{});
    const auto    before = sim.info(other)->handled;
    EXPECT_EQ(sim.call(sim.start(impatient{&sim, other}), impatient::ask{}), "call; run; start; settle; advance; ");
    sim.settle();
    EXPECT_EQ(sim.info(other)->handled, before + 1) << "what was refused must not happen: only info() was asked";
    EXPECT_EQ(sim.processes().size(), 2u);
}

TEST(SimulatedRun, ARealRuntimeCannotBeToldTheTime) {
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

TEST(SimulatedRun, BlockingWorkRunsAtOnce) {
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
