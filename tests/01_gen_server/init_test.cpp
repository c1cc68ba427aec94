// How a server comes to life, and how it fails to.
#include <01_gen_server/gen_server.hpp>

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

using namespace std::chrono_literals;
using half::exit_reason;

namespace {

using lines = std::vector<std::string>;

struct Init : testing::Test {
    std::vector<half::report> reports;
    half::runtime sim{half::simulated{.on_report = [this](const half::report& r) { reports.push_back(r); }}};
    lines         log;
};

struct remark {
    std::string text;
};

struct plain {
    lines* log;
    void   init() { log->push_back("init"); }
    void   handle(remark m) { log->push_back(std::move(m.text)); }
};

TEST_F(Init, RunsBeforeTheFirstMessage) {
    auto server = sim.spawn(plain{&log});
    server.cast(remark{"hello"});
    EXPECT_EQ(log, lines{});
    sim.settle();
    EXPECT_EQ(log, (lines{"init", "hello"}));
}

TEST_F(Init, IsDoneWhenStartReturns) {
    auto server = sim.start(plain{&log});
    EXPECT_EQ(log, lines{"init"});
    EXPECT_TRUE(half::alive(server));
}

TEST_F(Init, IsNotRequired) {
    struct bare {};
    EXPECT_TRUE(half::alive(sim.start(bare{})));
}

struct slow {
    lines*         log;
    half::duration time = 10ms;

    half::task<> init(half::self<slow> self) {
        log->push_back("begin");
        co_await half::sleep(time);
        EXPECT_EQ(self.now().time_since_epoch(), time);
        log->push_back("end");
    }
    void handle(remark m) { log->push_back(std::move(m.text)); }
};

TEST_F(Init, MayWaitAndMailWaitsForIt) {
    auto server = sim.spawn(slow{&log});
    server.cast(remark{"early"});
    sim.settle();
    server.cast(remark{"later"});
    sim.settle();
    EXPECT_EQ(log, (lines{"begin"}));
    EXPECT_EQ(half::backlog(server).length, 2u);
    sim.advance(10ms);
    EXPECT_EQ(log, (lines{"begin", "end", "early", "later"}));
}

TEST_F(Init, ThatWaitsIsWaitedForByStart) {
    sim.start(slow{&log});
    EXPECT_EQ(log, (lines{"begin", "end"}));
    EXPECT_EQ(sim.now().time_since_epoch(), 10ms);
}

struct failing {
    enum class how { throws, leaves, stops, throws_later, leaves_later, stops_later, throws_an_int };
    how    way;
    lines* log = nullptr;

    half::task<> init(half::self<failing> self) {
        if (way == how::throws) throw std::runtime_error{"no disk"};
        if (way == how::throws_an_int) throw 42;
        if (way == how::leaves) throw half::leave{exit_reason::other("not today")};
        if (way == how::stops) co_return self.stop(exit_reason::shutdown("not needed"));
        co_await half::sleep(5ms);
        if (way == how::throws_later) throw std::runtime_error{"no network"};
        if (way == how::leaves_later) throw half::leave{exit_reason::normal()};
        self.stop();
    }
    void handle(remark m) { log->push_back(std::move(m.text)); }
};

struct failing_at_once {
    bool leaves = false;
    void init() {
        if (leaves) throw half::leave{exit_reason::other("not today")};
        throw std::runtime_error{"no disk"};
    }
};

template <class Server>
exit_reason why_not(half::runtime& sim, Server server) {
    try {
        sim.start(std::move(server));
    } catch (const half::start_failed& failed) {
        EXPECT_NE(std::string{failed.what()}.find("did not start"), std::string::npos) << failed.what();
        EXPECT_NE(std::string{failed.what()}.find("failing"), std::string::npos) << failed.what();
        return failed.reason;
    }
    ADD_FAILURE() << "it started";
    return {};
}

TEST_F(Init, ThatThrowsMakesStartFailWithTheReason) {
    using enum failing::how;
    EXPECT_EQ(why_not(sim, failing_at_once{}), exit_reason::crash("no disk"));
    EXPECT_EQ(why_not(sim, failing_at_once{.leaves = true}), exit_reason::other("not today"));
    EXPECT_EQ(why_not(sim, failing{throws}), exit_reason::crash("no disk"));
    EXPECT_EQ(why_not(sim, failing{throws_an_int}),
              exit_reason::crash("something was thrown that is not a std::exception"));
    EXPECT_EQ(why_not(sim, failing{leaves}), exit_reason::other("not today"));
    EXPECT_EQ(why_not(sim, failing{throws_later}), exit_reason::crash("no network"));
    EXPECT_EQ(why_not(sim, failing{leaves_later}), exit_reason::normal());
    EXPECT_EQ(sim.processes().size(), 0u);
}

TEST_F(Init, ThatStopsHasStarted) {
    auto first  = sim.start(failing{failing::how::stops});
    auto second = sim.start(failing{failing::how::stops_later});
    sim.settle();
    EXPECT_FALSE(half::alive(first));
    EXPECT_FALSE(half::alive(second));
    EXPECT_TRUE(reports.empty());
}

TEST_F(Init, ThatFailsIsReportedAndSpawnGoesOn) {
    auto server = sim.spawn(failing{failing::how::throws, &log});
    server.cast(remark{"never"});
    sim.settle();
    EXPECT_FALSE(half::alive(server));
    EXPECT_EQ(log, lines{});
    ASSERT_EQ(reports.size(), 1u);
    EXPECT_EQ(reports[0].reason, exit_reason::crash("no disk"));
    EXPECT_EQ(reports[0].pid, server.id());
    EXPECT_EQ(reports[0].server, "failing");
    EXPECT_EQ(reports[0].message, "init");
}

TEST_F(Init, CanBeKilledWhileItWaits) {
    struct keeper {
        std::shared_ptr<int> content;
        half::task<>         init() {
            auto held = content;
            co_await half::sleep(half::forever);
        }
    };
    struct nurse {
        std::shared_ptr<int> content;
        exit_reason*         why;
        half::task<>         init(half::self<nurse> self) {
            try {
                co_await self.start(keeper{content});
            } catch (const half::start_failed& failed) {
                *why = failed.reason;
            }
        }
    };
    auto        content = std::make_shared<int>(0);
    exit_reason why;
    sim.spawn(nurse{content, &why});
    sim.settle();
    ASSERT_EQ(sim.processes().size(), 2u);
    for (auto each : sim.processes())
        if (sim.info(each)->server.ends_with("keeper")) half::kill(each);
    sim.settle();
    EXPECT_EQ(why, exit_reason::killed());
    EXPECT_EQ(content.use_count(), 2);  // here, and in the nurse
}

// Children.

struct parent {
    struct begin_child {
        using reply = std::string;
    };

    half::task<std::string> handle(begin_child, half::self<parent> self) {
        const auto  child = self.spawn(failing{failing::how::stops_later});
        std::string told  = half::alive(child) ? "spawned; " : "not spawned; ";
        try {
            co_await self.start(failing{failing::how::throws_later});
        } catch (const half::start_failed& failed) {
            told += half::to_string(failed.reason);
        }
        co_return told;
    }
};

TEST_F(Init, OfAChildMayFailWithoutHarmToItsParent) {
    auto server = sim.start(parent{});
    EXPECT_EQ(sim.call(server, parent::begin_child{}), "spawned; crash: no network");
    EXPECT_TRUE(half::alive(server));
}

struct grandmother {
    int*         born;
    int          depth;
    half::task<> init(half::self<grandmother> self) {
        ++*born;
        if (depth > 0) co_await self.start(grandmother{born, depth - 1});
    }
};

TEST_F(Init, MayStartServersThatStartServers) {
    int born = 0;
    sim.start(grandmother{&born, 50});
    EXPECT_EQ(born, 51);
    EXPECT_EQ(sim.processes().size(), 51u);
}

TEST_F(Init, ThereIsALimitToProcesses) {
    struct idler {};
    half::runtime small{half::simulated{.max_processes = 3}};
    auto          first = small.spawn(idler{});
    small.spawn(idler{});
    small.spawn(idler{});
    EXPECT_THROW(small.spawn(idler{}), half::too_many_processes);
    half::kill(first);
    small.settle();
    EXPECT_TRUE(half::alive(small.spawn(idler{})));
    EXPECT_EQ(small.stats().processes, 3u);
}

TEST_F(Init, OfAServerThatCannotBeCopiedIsFine) {
    struct unique {
        struct get {
            using reply = int;
        };
        std::unique_ptr<int> content;
        int                  handle(get) { return *content; }
    };
    EXPECT_EQ(sim.call(sim.start(unique{std::make_unique<int>(3)}), unique::get{}), 3);
}

TEST_F(Init, NeverRunsWhenTheRuntimeEndsFirst) {
    auto content = std::make_shared<int>(0);
    struct keeper {
        std::shared_ptr<int> content;
        lines*               log;
        void                 init() { log->push_back("init"); }
    };
    {
        half::runtime other{half::simulated{}};
        other.spawn(keeper{content, &log});
    }
    EXPECT_EQ(log, lines{});
    EXPECT_EQ(content.use_count(), 1);
}

}  // namespace
