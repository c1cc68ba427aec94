// What a call comes to: an answer, or exactly one of six reasons.
#include <01_gen_server/gen_server.hpp>

#include <gtest/gtest.h>

#include <string>
#include <vector>

using namespace std::chrono_literals;
using half::no_answer;

namespace {

half::simulated quiet(std::uint64_t seed = 1) {
    return {.seed = seed, .on_report = [](const half::report&) {}};
}

// Answers in every way there is.
struct oracle {
    struct ask {
        using reply = int;
    };
    struct ask_slowly {
        using reply = int;
        half::duration time;
    };
    struct ask_silently {
        using reply = int;
    };  // kept, never answered
    struct ask_carelessly {
        using reply = int;
    };  // thrown away
    struct ask_carelessly_after {
        using reply = int;
    };
    struct ask_and_boom {
        using reply = int;
    };
    struct ask_and_boom_later {
        using reply = int;
    };
    struct ask_and_boom_with_from {
        using reply = int;
    };
    struct ask_and_boom_with_from_later {
        using reply = int;
    };
    struct ask_and_leave {
        using reply = int;
    };
    struct ask_and_stop {
        using reply = int;
    };
    struct ask_twice {
        using reply = int;
    };
    struct refuse {
        using reply = int;
    };
    struct asked {
        using reply = int;
    };

    std::vector<half::from<int>> kept   = {};
    int                          number = 0;

    int             handle(ask) { return ++number; }
    half::task<int> handle(ask_slowly m) {
        co_await half::sleep(m.time);
        co_return ++number;
    }
    void         handle(ask_silently, half::from<int> caller) { kept.push_back(std::move(caller)); }
    void         handle(ask_carelessly, half::from<int>) {}
    half::task<> handle(ask_carelessly_after, half::from<int> caller) {
        co_await half::sleep(2ms);
        auto dropped = std::move(caller);
    }
    int             handle(ask_and_boom) { throw std::runtime_error{"boom"}; }
    half::task<int> handle(ask_and_boom_later) {
        co_await half::sleep(1ms);
        throw std::runtime_error{"late boom"};
    }
    void         handle(ask_and_boom_with_from, half::from<int>) { throw std::runtime_error{"boom with caller"}; }
    half::task<> handle(ask_and_boom_with_from_later, half::from<int> caller) {
        auto mine = std::move(caller);
        co_await half::sleep(1ms);
        throw std::runtime_error{"late boom with caller"};
    }
    int  handle(ask_and_leave) { throw half::leave{half::exit_reason::other("bored")}; }
    void handle(ask_and_stop, half::from<int> caller, half::self<oracle> self) {
        kept.push_back(std::move(caller));
        self.stop(half::exit_reason::shutdown("closing"));
    }
    void handle(ask_twice, half::from<int> caller) {
        caller.reply(1);
        caller.reply(2);
    }
    void handle(refuse, half::from<int> caller) { caller.fail({no_answer::overloaded}); }
    int  handle(asked) { return number; }
};

template <class Message>
no_answer why_not(half::runtime& sim, half::ref<oracle> server, Message m, half::duration timeout = half::a_while) {
    auto got = sim.try_call(server, std::move(m), timeout);
    EXPECT_FALSE(got.has_value());
    return got ? no_answer{no_answer::unanswered, half::exit_reason::other("it was answered")} : got.error();
}

no_answer died_of(half::exit_reason reason) { return {no_answer::died, std::move(reason)}; }

double milliseconds(half::runtime& sim) { return static_cast<double>(sim.now().time_since_epoch().count()) / 1e6; }

TEST(Call, IsAnswered) {
    half::runtime sim{quiet()};
    auto          server = sim.start(oracle{});
    EXPECT_EQ(sim.call(server, oracle::ask{}), 1);
    EXPECT_EQ(sim.try_call(server, oracle::ask{}).value(), 2);
    EXPECT_EQ(sim.call(server, oracle::ask_slowly{.time = 4s}), 3);
    EXPECT_EQ(milliseconds(sim), 4000);
}

TEST(Call, TimesOutExactlyAtItsDeadline) {
    half::runtime sim{quiet()};
    auto          server = sim.start(oracle{});
    double        before = 0;
    for (auto timeout : {1ms, 2ms, 7ms, 100ms, 5000ms, 8191ms, 8192ms, 8193ms, 20'000ms, 2'500'000ms}) {
        EXPECT_EQ(why_not(sim, server, oracle::ask_silently{}, timeout), no_answer::timed_out);
        EXPECT_EQ(milliseconds(sim) - before, static_cast<double>(timeout.count()));
        before = milliseconds(sim);
    }
}

TEST(Call, WaitsFiveSecondsWhenNothingIsSaid) {
    half::runtime sim{quiet()};
    auto          server = sim.start(oracle{});
    EXPECT_EQ(why_not(sim, server, oracle::ask_silently{}), no_answer::timed_out);
    EXPECT_EQ(milliseconds(sim), 5000);
}

TEST(Call, NeverTimesOutEarlyOffTheMillisecond) {
    half::runtime sim{quiet()};
    auto          server = sim.start(oracle{});
    sim.advance(500us);
    EXPECT_EQ(why_not(sim, server, oracle::ask_silently{}, 1ms), no_answer::timed_out);
    EXPECT_GE(milliseconds(sim), 1.5);
    EXPECT_LE(milliseconds(sim), 2.0);
}

TEST(Call, WithATimeoutOfNothingOrLessFailsWithinAMillisecond) {
    half::runtime sim{quiet()};
    auto          server = sim.start(oracle{});
    EXPECT_EQ(why_not(sim, server, oracle::ask_silently{}, 0ms), no_answer::timed_out);
    EXPECT_EQ(why_not(sim, server, oracle::ask_silently{}, -5s), no_answer::timed_out);
    EXPECT_LE(milliseconds(sim), 2.0);
}

TEST(Call, ForEverWaitsForEver) {
    half::runtime sim{quiet()};
    auto          server = sim.start(oracle{});
    EXPECT_EQ(sim.call(server, oracle::ask_slowly{.time = 24h * 30}, half::forever), 1);
}

// One process, many deadlines: they share one timer, and the earliest counts.
struct impatient {
    half::ref<oracle>    who;
    std::vector<double>* ended;

    half::task<> init(half::self<impatient> self) {
        (void)co_await who.try_call(oracle::ask{}, 24h * 40);  // answered; its deadline is far away
        co_await try_for(1001ms, self);
        (void)co_await who.try_call(oracle::ask{}, 10'001ms);
        co_await try_for(1000ms, self);
        co_await try_for(10s, self);
        co_await try_for(1ms, self);
    }
    half::task<> try_for(half::duration timeout, half::self<impatient> self) {
        const auto begin = self.now();
        auto       got   = co_await who.try_call(oracle::ask_silently{}, timeout);
        ended->push_back(got ? -1 : static_cast<double>((self.now() - begin).count()) / 1e6);
    }
};

TEST(Call, DeadlinesOfEarlierCallsDoNotDisturbLaterOnes) {
    half::runtime       sim{quiet()};
    std::vector<double> ended;
    sim.start(impatient{sim.start(oracle{}), &ended});
    EXPECT_EQ(ended, (std::vector<double>{1001, 1000, 10'000, 1}));
}

TEST(Call, WhoseAnswerComesAtTheDeadlineIsAnsweredOrTimedOutButNotBoth) {
    for (std::uint64_t seed = 1; seed <= 20; ++seed) {
        half::runtime sim{quiet(seed)};
        auto          server = sim.start(oracle{});
        auto          got    = sim.try_call(server, oracle::ask_slowly{.time = 10ms}, 10ms);
        if (!got) EXPECT_EQ(got.error(), no_answer::timed_out);
        EXPECT_EQ(milliseconds(sim), 10);
        EXPECT_EQ(sim.call(server, oracle::asked{}), 1);
    }
}

TEST(Call, ToADeadProcessFailsAtOnce) {
    half::runtime sim{quiet()};
    auto          server = sim.start(oracle{});
    half::kill(server);
    sim.settle();
    EXPECT_EQ(why_not(sim, server, oracle::ask{}), no_answer::no_such_process);
    EXPECT_EQ(milliseconds(sim), 0);
}

TEST(Call, ToNobodyFailsAtOnce) {
    half::runtime sim{quiet()};
    EXPECT_EQ(why_not(sim, half::ref<oracle>{}, oracle::ask{}), no_answer::no_such_process);
    EXPECT_EQ(why_not(sim, half::ref<oracle>{half::pid{0, 60'000'000, 1}}, oracle::ask{}), no_answer::no_such_process);
    EXPECT_EQ(why_not(sim, half::ref<oracle>{half::pid{0, 4'000'000'000, 1}}, oracle::ask{}),
              no_answer::no_such_process);
    EXPECT_EQ(why_not(sim, half::ref<oracle>{half::pid{7, 0, 1}}, oracle::ask{}), no_answer::no_such_process);
    EXPECT_EQ(milliseconds(sim), 0);
}

struct narcissus {
    struct look {
        using reply = half::answer<int>;
    };
    struct beauty {
        using reply = int;
    };

    half::task<half::answer<int>> handle(look, half::self<narcissus> self) {
        co_return co_await self.try_call(beauty{});
    }
    int handle(beauty) { return 1; }
};

TEST(Call, ToItselfFailsAtOnce) {
    half::runtime sim{quiet()};
    auto          got = sim.call(sim.start(narcissus{}), narcissus::look{});
    ASSERT_FALSE(got.has_value());
    EXPECT_EQ(got.error(), no_answer::calling_itself);
    EXPECT_EQ(milliseconds(sim), 0);
}

TEST(Call, ToAServerThatCrashesOnItGetsTheTextOfTheCrash) {
    half::runtime sim{quiet()};
    using half::exit_reason;
    auto now = [&] { return sim.start(oracle{}); };
    EXPECT_EQ(why_not(sim, now(), oracle::ask_and_boom{}), died_of(exit_reason::crash("boom")));
    EXPECT_EQ(why_not(sim, now(), oracle::ask_and_boom_later{}), died_of(exit_reason::crash("late boom")));
    EXPECT_EQ(why_not(sim, now(), oracle::ask_and_boom_with_from{}), died_of(exit_reason::crash("boom with caller")));
    EXPECT_EQ(why_not(sim, now(), oracle::ask_and_boom_with_from_later{}),
              died_of(exit_reason::crash("late boom with caller")));
    EXPECT_EQ(why_not(sim, now(), oracle::ask_and_leave{}), died_of(exit_reason::other("bored")));
    EXPECT_EQ(why_not(sim, now(), oracle::ask_and_stop{}), died_of(exit_reason::shutdown("closing")));
}

TEST(Call, ThatWaitsInTheMailOfADyingServerIsToldWhy) {
    half::runtime sim{quiet()};
    auto          server = sim.start(oracle{});
    server.cast(oracle::ask_slowly{.time = 1s});
    sim.settle();
    half::answer<int> first, second;
    struct asker {
        half::ref<oracle>  who;
        half::answer<int>* into;
        half::task<>       init() { *into = co_await who.try_call(oracle::ask{}); }
    };
    sim.spawn(asker{server, &first});
    sim.spawn(asker{server, &second});
    sim.settle();
    half::exit(server, half::exit_reason::shutdown("now"));
    sim.settle();
    EXPECT_EQ(first.error(), died_of(half::exit_reason::shutdown("now")));
    EXPECT_EQ(second.error(), died_of(half::exit_reason::shutdown("now")));
}

TEST(Call, WhoseFromIsThrownAwayIsUnanswered) {
    half::runtime sim{quiet()};
    auto          server = sim.start(oracle{});
    EXPECT_EQ(why_not(sim, server, oracle::ask_carelessly{}), no_answer::unanswered);
    EXPECT_EQ(milliseconds(sim), 0);
    EXPECT_EQ(why_not(sim, server, oracle::ask_carelessly_after{}), no_answer::unanswered);
    EXPECT_EQ(milliseconds(sim), 2);
    EXPECT_TRUE(half::alive(server));
}

struct careful {
    struct ask {
        using reply = int;
    };
    void handle(ask, half::from<int> caller) {
        try {
            auto mine = std::move(caller);
            throw std::runtime_error{"caught in time"};
        } catch (const std::runtime_error&) {}
    }
};

TEST(Call, WhoseFromIsLostInAnExceptionThatIsCaughtIsUnanswered) {
    half::runtime sim{quiet()};
    auto          server = sim.start(careful{});
    EXPECT_EQ(sim.try_call(server, careful::ask{}).error(), no_answer::unanswered);
    EXPECT_TRUE(half::alive(server));
}

TEST(Call, CountsTheFirstAnswerOnly) {
    half::runtime sim{quiet()};
    auto          server = sim.start(oracle{});
    EXPECT_EQ(sim.call(server, oracle::ask_twice{}), 1);
    EXPECT_EQ(sim.call(server, oracle::ask{}), 1);
    EXPECT_EQ(why_not(sim, server, oracle::refuse{}), no_answer::overloaded);
}

TEST(Call, EachReasonHasItsText) {
    EXPECT_EQ(half::to_string(no_answer{no_answer::timed_out}), "no answer in time");
    EXPECT_EQ(half::to_string(no_answer{no_answer::no_such_process}), "no such process");
    EXPECT_EQ(half::to_string(died_of(half::exit_reason::crash("boom"))), "the server ended first (crash: boom)");
    EXPECT_EQ(half::to_string(no_answer{no_answer::overloaded}), "its mailbox is full");
    EXPECT_EQ(half::to_string(no_answer{no_answer::unanswered}), "the server dropped the question");
    EXPECT_NE(half::to_string(no_answer{no_answer::calling_itself}).find("calls itself"), std::string::npos);
}

}  // namespace
