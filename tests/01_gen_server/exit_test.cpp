// Why and how a process ends.
#include <01_gen_server/gen_server.hpp>

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

using namespace std::chrono_literals;
using half::exit_reason;

namespace {

using lines = std::vector<std::string>;

struct Exit : testing::Test {
    std::vector<half::report> reports;
    half::runtime sim{half::simulated{.on_report = [this](const half::report& r) { reports.push_back(r); }}};
    lines         log;
};

struct remark {
    std::string text;
};

// Writes down what happens to it.
struct witness {
    struct wait {
        using reply = int;
        half::duration time;
    };
    struct crash {
        std::string text;
    };
    struct crash_later {
        std::string text;
    };
    struct leave {
        exit_reason reason;
    };
    struct stop {
        exit_reason reason;
    };
    struct stop_slowly {
        exit_reason reason;
    };

    lines*               log;
    std::shared_ptr<int> content = {};

    void            handle(remark m) { log->push_back(std::move(m.text)); }
    half::task<int> handle(wait m) {
        auto held = content;
        log->push_back("waits");
        co_await half::sleep(m.time);
        log->push_back("waited");
        co_return 1;
    }
    void         handle(crash m) { throw std::runtime_error{m.text}; }
    half::task<> handle(crash_later m) {
        co_await half::sleep(1ms);
        throw std::runtime_error{m.text};
    }
    void handle(leave m) { throw half::leave{m.reason}; }
    void handle(stop m, half::self<witness> self) {
        self.stop(m.reason);
        self.stop(exit_reason::other("too late"));  // the first counts
        log->push_back("stopping");
    }
    half::task<> handle(stop_slowly m, half::self<witness> self) {
        self.stop(m.reason);
        co_await half::sleep(5ms);
        log->push_back("stopping slowly");
    }
    void terminate(exit_reason reason) { log->push_back("terminate " + half::to_string(reason)); }
};

// The reason with which a process that waits for a call learns that its server ended.
exit_reason how_it_ended(half::runtime& sim, half::ref<witness> server, auto&& end_it) {
    struct asker {
        half::ref<witness> who;
        half::answer<int>* into;
        half::task<>       init() { *into = co_await who.try_call(witness::wait{1h}, half::forever); }
    };
    half::answer<int> got = 0;
    sim.spawn(asker{server, &got});
    sim.settle();
    end_it();
    sim.settle();
    EXPECT_FALSE(half::alive(server));
    EXPECT_EQ(sim.now().time_since_epoch(), 0ms) << "its end had to wait";
    if (got) return exit_reason::other("answered");
    EXPECT_EQ(got.error(), half::no_answer::died);
    return got.error().reason;
}

// -- exit() and kill() ----------------------------------------------------------------------------------------------

TEST_F(Exit, NormalIsIgnored) {
    auto server = sim.start(witness{&log});
    half::exit(server, exit_reason::normal());
    server.cast(remark{"still here"});
    sim.settle();
    EXPECT_EQ(log, lines{"still here"});
    EXPECT_TRUE(half::alive(server));
}

TEST_F(Exit, EndsAnIdleProcessWithoutTerminate) {
    for (auto reason : {exit_reason::shutdown("closing"), exit_reason::other("bored"), exit_reason::killed()}) {
        auto server = sim.start(witness{&log});
        half::exit(server, reason);
        sim.settle();
        EXPECT_FALSE(half::alive(server));
    }
    EXPECT_EQ(log, lines{});
}

TEST_F(Exit, TellsCallersTheExactReason) {
    for (auto reason : {exit_reason::shutdown(), exit_reason::shutdown("closing"), exit_reason::other("bored"),
                        exit_reason::crash("as if"), exit_reason::noproc()}) {
        auto server = sim.start(witness{&log});
        EXPECT_EQ(how_it_ended(sim, server, [&] { half::exit(server, reason); }), reason);
    }
}

TEST_F(Exit, KillEndsAProcessThatWaitsAtOnce) {
    auto content = std::make_shared<int>(0);
    auto server  = sim.start(witness{&log, content});
    EXPECT_EQ(how_it_ended(sim, server, [&] { half::kill(server); }), exit_reason::killed());
    EXPECT_EQ(content.use_count(), 1) << "its state and its suspended handler are destroyed";
    EXPECT_EQ(log, lines{"waits"});
    sim.advance(2h);
    EXPECT_EQ(log, lines{"waits"});
    EXPECT_EQ(sim.stats().timers, 0u);
}

TEST_F(Exit, KillEndsAnIdleProcess) {
    auto content = std::make_shared<int>(0);
    auto server  = sim.start(witness{&log, content});
    half::kill(server);
    sim.settle();
    EXPECT_FALSE(half::alive(server));
    EXPECT_EQ(content.use_count(), 1);
    EXPECT_EQ(log, lines{});
}

TEST_F(Exit, KillTwiceIsKillOnce) {
    auto server = sim.start(witness{&log});
    half::kill(server);
    half::kill(server);
    half::exit(server, exit_reason::shutdown());
    sim.settle();
    half::kill(server);
    sim.settle();
    EXPECT_FALSE(half::alive(server));
}

TEST_F(Exit, KillEndsAProcessThatWaitsForAnAnswer) {
    struct asker {
        half::ref<witness> who;
        half::task<>       init() { (void)co_await who.call(witness::wait{1h}, half::forever); }
    };
    auto server = sim.start(witness{&log});
    auto client = sim.spawn(asker{server});
    sim.settle();
    half::kill(client);
    sim.settle();
    EXPECT_FALSE(half::alive(client));
    sim.advance(1h);
    EXPECT_EQ(log, (lines{"waits", "waited"})) << "the answer goes nowhere, and the server lives";
    EXPECT_TRUE(half::alive(server));
}

TEST_F(Exit, KillOvertakesTheMail) {
    struct lemming {
        struct step {};
        int* steps;
        void handle(step, half::self<lemming> self) {
            if (++*steps == 1) half::kill(self);
        }
    };
    int  steps  = 0;
    auto server = sim.start(lemming{&steps});
    for (int i = 0; i < 1000; ++i) server.cast(lemming::step{});
    sim.settle();
    EXPECT_FALSE(half::alive(server));
    EXPECT_LE(steps, 17) << "a process deep in its mail hears of a signal at least every sixteen messages";
}

// -- trapping -------------------------------------------------------------------------------------------------------

struct trapper {
    lines*     log;
    half::pid* sender = nullptr;

    void handle(remark m) { log->push_back(std::move(m.text)); }
    void handle(half::exit_signal s) {
        log->push_back("exit " + half::to_string(s.reason));
        if (sender) *sender = s.from;
    }
};

TEST_F(Exit, IsAMessageToAServerThatTrapsItInOrderWithTheMail) {
    auto server = sim.start(trapper{&log});
    server.cast(remark{"one"});
    half::exit(server, exit_reason::shutdown("please"));
    server.cast(remark{"two"});
    half::exit(server, exit_reason::normal());
    server.cast(remark{"three"});
    sim.settle();
    EXPECT_EQ(log, (lines{"one", "exit shutdown: please", "two", "exit normal", "three"}));
    EXPECT_TRUE(half::alive(server));
}

TEST_F(Exit, IsAMessageToATrapperThatIsNotYetBorn) {
    auto server = sim.spawn(trapper{&log});
    server.cast(remark{"one"});
    half::exit(server, exit_reason::shutdown("early"));
    server.cast(remark{"two"});
    sim.settle();
    EXPECT_EQ(log, (lines{"one", "exit shutdown: early", "two"}));
}

struct slow_trapper {
    lines*       log;
    half::task<> init() {
        log->push_back("init begins");
        co_await half::sleep(5ms);
        log->push_back("init ends");
    }
    half::task<> handle(half::exit_signal s) {
        log->push_back("exit " + half::to_string(s.reason) + " begins");
        co_await half::sleep(5ms);
        log->push_back("exit ends");
    }
};

TEST_F(Exit, WaitsInTheMailOfATrapperWhoseInitWaits) {
    auto server = sim.spawn(slow_trapper{&log});
    half::exit(server, exit_reason::shutdown());
    sim.settle();
    half::exit(server, exit_reason::other("second"));
    sim.advance(1s);
    EXPECT_EQ(log, (lines{"init begins", "init ends", "exit shutdown begins", "exit ends", "exit second begins",
                          "exit ends"}));
}

TEST_F(Exit, ThatIsTrappedSaysWhoSentIt) {
    struct sender {
        half::pid to;
        void      init() { half::exit(to, exit_reason::shutdown()); }
    };
    half::pid from    = half::pid{0, 1, 1};
    auto      trapped = sim.start(trapper{&log, &from});
    half::exit(trapped, exit_reason::shutdown());
    sim.settle();
    EXPECT_EQ(from, half::pid{}) << "nobody, from outside";
    auto killer = sim.spawn(sender{trapped});
    sim.settle();
    EXPECT_EQ(from, killer.id());
}

TEST_F(Exit, KillIsNotTrapped) {
    auto server = sim.start(trapper{&log});
    half::kill(server);
    sim.settle();
    EXPECT_FALSE(half::alive(server));
    EXPECT_EQ(log, lines{});
}

// -- stop -----------------------------------------------------------------------------------------------------------

TEST_F(Exit, StopWaitsForTheMailThatIsAlreadyThere) {
    auto server = sim.start(witness{&log});
    server.cast(remark{"one"});
    server.cast(remark{"two"});
    server.stop(exit_reason::shutdown("closing"));
    server.cast(remark{"three"});
    sim.settle();
    EXPECT_EQ(log, (lines{"one", "two", "terminate shutdown: closing"}));
}

TEST_F(Exit, StopWaitsForAHandlerThatWaits) {
    auto server = sim.start(witness{&log});
    server.cast(witness::wait{10ms});
    server.stop();
    sim.advance(9ms);
    EXPECT_TRUE(half::alive(server));
    sim.advance(1ms);
    EXPECT_FALSE(half::alive(server));
    EXPECT_EQ(log, (lines{"waits", "waited", "terminate normal"}));
}

TEST_F(Exit, AServerStopsItselfWhenItsMessageIsDone) {
    auto server = sim.start(witness{&log});
    server.cast(witness::stop{exit_reason::other("tired")});
    server.cast(remark{"never"});
    sim.settle();
    EXPECT_EQ(log, (lines{"stopping", "terminate tired"}));

    log.clear();
    server = sim.start(witness{&log});
    server.cast(witness::stop_slowly{exit_reason::shutdown()});
    server.cast(remark{"never"});
    sim.advance(5ms);
    EXPECT_EQ(log, (lines{"stopping slowly", "terminate shutdown"}));
}

// -- terminate ------------------------------------------------------------------------------------------------------

TEST_F(Exit, ACrashIsTerminatedWithItsReason) {
    auto server = sim.start(witness{&log});
    server.cast(witness::crash{"boom"});
    server.cast(remark{"never"});
    sim.settle();
    EXPECT_EQ(log, lines{"terminate crash: boom"});
    EXPECT_EQ(reports.size(), 1u);

    log.clear();
    server = sim.start(witness{&log});
    server.cast(witness::crash_later{"late boom"});
    server.cast(remark{"never"});
    sim.advance(1ms);
    EXPECT_EQ(log, lines{"terminate crash: late boom"});
    EXPECT_EQ(reports.size(), 2u);
}

TEST_F(Exit, LeaveEndsAServerWithAReasonOfItsOwn) {
    auto server = sim.start(witness{&log});
    server.cast(witness::leave{exit_reason::normal()});
    sim.settle();
    EXPECT_FALSE(half::alive(server));
    EXPECT_EQ(log, lines{"terminate normal"});
    EXPECT_TRUE(reports.empty()) << "an expected end is not reported";
}

TEST_F(Exit, TerminateIsNotCalledWhenEndedWhileAHandlerWaits) {
    auto server = sim.start(witness{&log});
    server.cast(witness::wait{1h});
    sim.settle();
    half::exit(server, exit_reason::shutdown());
    sim.settle();
    EXPECT_FALSE(half::alive(server));
    EXPECT_EQ(log, lines{"waits"});
}

struct last_words {
    struct ask {
        using reply = int;
    };

    lines*                       log;
    bool                         throws = false, leaves = false;
    half::duration               sleeps = {};
    std::vector<half::from<int>> kept   = {};

    void         handle(ask, half::from<int> caller) { kept.push_back(std::move(caller)); }
    void         handle(remark) { throw std::runtime_error{"boom"}; }
    half::task<> terminate(exit_reason reason, half::self<last_words> self) {
        log->push_back("terminate " + half::to_string(reason));
        if (sleeps > 0ms) co_await half::sleep(sleeps);
        if (throws) throw std::runtime_error{"in terminate"};
        if (leaves) throw half::leave{exit_reason::other("on second thoughts")};
        self.stop(exit_reason::other("ignored"));
        log->push_back("terminated");
    }
};

exit_reason how_it_stopped(half::runtime& sim, last_words server) {
    struct asker {
        half::ref<last_words> who;
        half::answer<int>*    into;
        half::task<>          init() { *into = co_await who.try_call(last_words::ask{}, half::forever); }
    };
    half::answer<int> got = 0;
    auto              who = sim.start(std::move(server));
    sim.spawn(asker{who, &got});
    sim.settle();
    who.stop(exit_reason::shutdown("closing"));
    sim.advance(1s);
    EXPECT_FALSE(half::alive(who));
    return got ? exit_reason::other("answered") : got.error().reason;
}

TEST_F(Exit, TerminateMayWait) {
    EXPECT_EQ(how_it_stopped(sim, {.log = &log, .sleeps = 10ms}), exit_reason::shutdown("closing"));
    EXPECT_EQ(how_it_stopped(sim, {.log = &log}), exit_reason::shutdown("closing"));
    EXPECT_EQ(log, (lines{"terminate shutdown: closing", "terminated", "terminate shutdown: closing", "terminated"}));
}

TEST_F(Exit, AThrowInTerminateIsTheReason) {
    for (auto sleeps : {0ms, 10ms}) {
        EXPECT_EQ(how_it_stopped(sim, {.log = &log, .throws = true, .sleeps = sleeps}),
                  exit_reason::crash("in terminate"));
        EXPECT_EQ(how_it_stopped(sim, {.log = &log, .leaves = true, .sleeps = sleeps}),
                  exit_reason::other("on second thoughts"));
    }
    EXPECT_EQ(log.size(), 4u) << "once each";
}

TEST_F(Exit, TheMailIsClosedWhileTerminateWaits) {
    auto server = sim.start(last_words{.log = &log, .sleeps = 10ms});
    server.stop();
    sim.settle();
    server.cast(remark{"would crash it"});
    sim.advance(5ms);
    EXPECT_TRUE(half::alive(server));
    sim.advance(5ms);
    EXPECT_FALSE(half::alive(server));
    EXPECT_TRUE(reports.empty());
}

TEST_F(Exit, KillDoesNotWaitForTerminate) {
    auto server = sim.start(last_words{.log = &log, .sleeps = 1h});
    server.stop();
    sim.settle();
    half::kill(server);
    sim.settle();
    EXPECT_FALSE(half::alive(server));
    EXPECT_EQ(log, lines{"terminate normal"});
}

TEST_F(Exit, ACallerWhoseHandlerCrashedIsToldWhenTheServerHasEnded) {
    struct fragile {
        struct ask {
            using reply = int;
        };
        int          handle(ask) { throw std::runtime_error{"boom"}; }
        half::task<> terminate(exit_reason) { co_await half::sleep(3s); }
    };
    auto server = sim.start(fragile{});
    auto got    = sim.try_call(server, fragile::ask{});
    ASSERT_EQ(got.error(), half::no_answer::died);
    EXPECT_EQ(got.error().reason, exit_reason::crash("boom"));
    EXPECT_EQ(sim.now().time_since_epoch(), 3s);
    EXPECT_FALSE(half::alive(server));
}

// -- reasons --------------------------------------------------------------------------------------------------------

TEST_F(Exit, ReasonsHaveTheirText) {
    EXPECT_EQ(half::to_string(exit_reason::normal()), "normal");
    EXPECT_EQ(half::to_string(exit_reason::shutdown()), "shutdown");
    EXPECT_EQ(half::to_string(exit_reason::shutdown("closing")), "shutdown: closing");
    EXPECT_EQ(half::to_string(exit_reason::killed()), "killed");
    EXPECT_EQ(half::to_string(exit_reason::noproc()), "noproc");
    EXPECT_EQ(half::to_string(exit_reason::crash("boom")), "crash: boom");
    EXPECT_EQ(half::to_string(exit_reason::other("bored")), "bored");
    EXPECT_EQ(fmt::format("{}", exit_reason::crash("boom")), "crash: boom");
    EXPECT_STREQ(half::leave{exit_reason::other("bored")}.what(), "left with reason bored");
}

TEST_F(Exit, NormalAndShutdownAreExpected) {
    EXPECT_TRUE(exit_reason::normal().expected());
    EXPECT_TRUE(exit_reason::shutdown("x").expected());
    for (auto reason : {exit_reason::killed(), exit_reason::noproc(), exit_reason::crash("x"), exit_reason::other("x")})
        EXPECT_FALSE(reason.expected());
}

TEST_F(Exit, TheEndOfTheRuntimeEndsEverybody) {
    auto content = std::make_shared<int>(0);
    {
        half::runtime other{half::simulated{}};
        for (int i = 0; i < 100; ++i) {
            auto server = other.start(witness{&log, content});
            if (i % 2) server.cast(witness::wait{1h});
            if (i % 3) other.settle();
        }
    }
    EXPECT_EQ(content.use_count(), 1);
}

}  // namespace
