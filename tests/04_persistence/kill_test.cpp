// A service on a SQLite file is killed at any moment, and stopped in order: what is left.
#include "aftermath.hpp"

#include <gtest/gtest.h>

#include <random>

namespace {

using namespace faults;

TEST(Kill, LosesNothingThatWasCommittedAndLittleThatWasKept) {
    const folder here;
    aftermath    left{"sqlite:" + here / "pets.db"};
    losses       worst;
    std::mt19937 random{4};
    const int    rounds = times(200, 20);

    for (int round = 0; round < rounds && !HasFailure(); ++round) {
        SCOPED_TRACE(fmt::format("round {}", round));
        // One pass of the first kind is one batch; the second kind writes many small ones; in the third, somebody asks for
        // flush() all the time.
        const int     kind = round % 3;
        shared<notes> log;
        program       p{[&] {
            return half::run(service({.url     = "sqlite:" + here / "pets.db",
                                            .every   = 20ms,
                                            .batch   = kind == 1 ? 17UZ : 20'000UZ,
                                            .flushes = kind == 2},
                                           *log));
        }};
        // Every fourth may still be at its beginning: files are made, tables are made, a log of the last one is read.
        if (round % 4 != 0) ASSERT_TRUE(p.wait_until([&] { return log->started.load(); })) << p.errors();
        std::this_thread::sleep_for(std::chrono::microseconds{random() % 60'000});
        const auto killed_at = now();
        p.kill();
        worst.add(left.look_after_kill(*log, killed_at, kind == 0));
        EXPECT_EQ(p.errors(), "");
    }
    fmt::print("{} kills, flushed every 20 ms: at worst {}\n", rounds, worst.to_string());
}

TEST(Stop, LosesNothing) {
    const folder here;
    aftermath    left{"sqlite:" + here / "pets.db"};
    for (int round = 0; round < times(5, 2); ++round) {
        shared<notes> log;
        // Nothing is written before the stop.
        program p{[&] { return half::run(service({.url = "sqlite:" + here / "pets.db", .every = 1h}, *log)); }};
        ASSERT_TRUE(p.wait_until([&] {
            return log->started && log->clerk_done > 10 && log->all_pets([](auto& one) { return one.kept > 10; });
        })) << p.errors();
        EXPECT_EQ(log->passes, 0);
        EXPECT_EQ(p.stopped(), 0) << p.errors();
        left.look_after_stop(*log);
        EXPECT_EQ(p.errors(), "");
    }
}

}  // namespace
