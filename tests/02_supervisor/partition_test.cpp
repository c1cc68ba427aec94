// Equal servers that share the work of one.
#include "../01_gen_server/real.hpp"
#include "staff.hpp"

#include <02_supervisor/partition_supervisor.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

namespace {

using namespace staff;
using testing::Each;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::SizeIs;

struct counter {
    struct add {
        int by;
    };
    struct get {
        using reply = int;
    };
    struct number {
        using reply = std::size_t;
    };
    struct end {
        exit_reason reason;
    };

    std::size_t which = 0;
    int         count = 0;

    void        handle(add m) { count += m.by; }
    int         handle(get) { return count; }
    std::size_t handle(number) { return which; }
    void        handle(end m) { throw half::leave{std::move(m.reason)}; }
};

using counters = half::partition_supervisor<counter>;

struct Partitions : testing::Test, stage {
    half::partitions<counter> parts{4};

    static counter numbered(std::size_t n) { return {.which = n}; }
};

TEST_F(Partitions, EachHasItsNumber) {
    const auto root = sim.start(counters{.into = parts, .start = numbered});
    ASSERT_EQ(parts.size(), 4u);
    for (std::size_t i = 0; i < 4; ++i) EXPECT_EQ(sim.call(parts[i], counter::number{}), i);
    EXPECT_EQ(sim.call(root, counters::count_children{}),
              (half::child_counts{.specs = 4, .active = 4, .supervisors = 0, .workers = 4}));
}

TEST_F(Partitions, BeforeTheyAreStartedNobodyLivesThere) {
    EXPECT_EQ(parts.size(), 0u);
    EXPECT_FALSE(parts.of("ann"));
    EXPECT_FALSE(parts[0]);
    parts.of("ann").cast(counter::add{1});  // lost, as to any ref of nobody
}

TEST_F(Partitions, AKeyLeadsToTheSameOneAlwaysAndKeysAreSpread) {
    sim.start(counters{.into = parts});
    std::map<half::pid, int> found;
    for (int key = 0; key < 4000; ++key) {
        EXPECT_EQ(parts.of(key), parts.of(key));
        ++found[parts.of(key)];
    }
    EXPECT_EQ(parts.of("ann"), parts.of(std::string{"ann"}));
    EXPECT_EQ(parts.of("ann"), parts.of(std::string_view{"ann"}));
    ASSERT_THAT(found, SizeIs(4));
    for (const auto& [who, keys] : found) EXPECT_GT(keys, 500) << half::to_string(who);
    // Keys that are all multiples of the number of partitions.
    std::set<half::pid> even;
    for (int key = 0; key < 400; key += 4) even.insert(parts.of(key));
    EXPECT_THAT(even, SizeIs(4));
}

TEST_F(Partitions, ANumberThatIsNoneLeadsToNobody) {
    sim.start(counters{.into = parts});
    EXPECT_FALSE(parts[4]);
    EXPECT_FALSE(parts[SIZE_MAX]);
}

TEST_F(Partitions, InASimulationThereAreFourOnEachMachine) {
    half::partitions<counter> as_many_as_cores;
    sim.start(counters{.into = as_many_as_cores});
    EXPECT_EQ(as_many_as_cores.size(), 4u);
}

TEST_F(Partitions, ARestartIsInTheTable) {
    const auto root  = sim.start(counters{.into = parts, .start = numbered, .at_most = {.restarts = 10}});
    const auto other = parts[0];
    for (int i = 0; i < 5; ++i) {
        const auto before = parts[2];
        half::kill(before);
        sim.settle();
        EXPECT_NE(parts[2], before);
        EXPECT_EQ(sim.call(parts[2], counter::number{}), 2u);
    }
    EXPECT_EQ(parts[0], other);
    EXPECT_TRUE(half::alive(root));
}

TEST_F(Partitions, ATransientOneThatIsDoneIsNobody) {
    const auto root = sim.start(counters{.into = parts, .restart = half::transient});
    parts[1].cast(counter::end{exit_reason::normal()});
    sim.settle();
    EXPECT_FALSE(parts[1]);
    EXPECT_EQ(sim.call(root, counters::which_children{}), (std::vector{parts[0], parts[2], parts[3]}));
}

struct slow_one {
    struct ping {
        using reply = int;
    };
    std::size_t  which = 0;
    half::task<> init() {
        co_await half::sleep(1s);
        if (which == 2) throw std::runtime_error{"no room"};
    }
    int handle(ping) { return 1; }
};

TEST_F(Partitions, StartAtTheSameTimeAndOneThatFailsTakesAllDown) {
    half::partitions<slow_one>                 table{8};
    const half::partition_supervisor<slow_one> good{.into = table, .start = [](std::size_t) { return slow_one{}; }};
    const auto                                 root = sim.start(good);
    EXPECT_EQ(sim.now().time_since_epoch(), 1s);
    half::exit(root, exit_reason::shutdown());
    sim.settle();

    try {
        sim.start(
            half::partition_supervisor<slow_one>{.into = table, .start = [](std::size_t n) { return slow_one{n}; }});
        FAIL() << "it started";
    } catch (const half::start_failed& e) {
        EXPECT_EQ(e.reason, exit_reason::shutdown("partition 2 did not start: crash: no room"));
    }
    sim.settle();
    EXPECT_TRUE(sim.processes().empty());
    for (std::size_t i = 0; i < 8; ++i) EXPECT_FALSE(table[i]);
}

TEST_F(Partitions, OneThatFallsAgainAndAgainWhileOthersStartTakesAllDown) {
    struct restless {
        struct fall {};
        std::size_t which;

        half::task<> init(half::self<restless> self) {
            if (which == 0) co_await half::sleep(24h);
            self.send_after(1ms, fall{});
        }
        void handle(fall) { throw std::runtime_error{"restless"}; }
    };
    const auto root = sim.spawn(half::partition_supervisor<restless>{
        .into = half::partitions<restless>{2}, .start = [](std::size_t n) { return restless{n}; }});
    sim.advance(1min);
    EXPECT_FALSE(half::alive(root)) << "it waits for the one that never starts";
    EXPECT_EQ(sim.stats().processes, 0u);
}

TEST_F(Partitions, BelongToOneSupervisorAtATime) {
    const auto first = sim.start(counters{.into = parts});
    try {
        sim.start(counters{.into = parts});
        FAIL() << "both have it";
    } catch (const half::start_failed& e) {
        EXPECT_THAT(e.reason.what, HasSubstr("belong to"));
    }
    EXPECT_TRUE(half::alive(parts[0])) << "the first one's table was touched";
    half::kill(first);
    sim.settle();
    EXPECT_FALSE(parts[0]);
    sim.start(counters{.into = parts});
    EXPECT_TRUE(half::alive(parts[0]));
}

TEST_F(Partitions, AreThereAgainAfterTheirSupervisorWasKilled) {
    const auto root = sim.start(supervisor{.children = {{.id = "counters", .start = counters{.into = parts}}}});
    const auto old  = parts[3];
    half::kill(sim.call(root, supervisor::which_child{"counters"})->pid);
    sim.settle();
    EXPECT_NE(parts[3], old);
    EXPECT_FALSE(half::alive(old));
    EXPECT_EQ(sim.call(parts[3], counter::get{}), 0);
    EXPECT_THAT(sim.processes(), SizeIs(6));
}

TEST_F(Partitions, WithoutAWayToBeginAreRefused) {
    struct needs_more {
        int& somewhere;
        void handle(counter::add m) { somewhere += m.by; }
    };
    try {
        sim.start(half::partition_supervisor<needs_more>{.into = half::partitions<needs_more>{2}});
        FAIL() << "it started";
    } catch (const half::start_failed& e) {
        EXPECT_THAT(e.reason.what, HasSubstr(".start"));
    }
}

TEST(PartitionsOnThreads, CanBeLookedUpWhileTheyAreStartedAgain) {
    half::runtime             runtime{half::runtime_options{.workers = 2, .on_report = [](const half::report&) {}}};
    half::partitions<counter> parts{3};
    const auto                root = runtime.start(counters{.into = parts, .at_most = {.restarts = 1'000'000}});
    std::atomic<bool>         done{false};
    std::thread               looks{[&] {
        while (!done)
            for (int key = 0; key < 100; ++key) parts.of(key).cast(counter::add{1});
    }};
    for (int i = 0; i < 300; ++i) {
        const auto before = parts[static_cast<std::size_t>(i) % 3];
        half::kill(before);
        ASSERT_TRUE(real::eventually([&] { return parts[static_cast<std::size_t>(i) % 3] != before; }));
    }
    done = true;
    looks.join();
    for (std::size_t i = 0; i < 3; ++i) EXPECT_GE(runtime.call(parts[i], counter::get{}), 0);
    EXPECT_TRUE(half::alive(root));
}

}  // namespace
