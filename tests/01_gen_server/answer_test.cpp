// Answers that come later, from elsewhere, or too late; and what a process does while it waits for one.
#include <01_gen_server/gen_server.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

using namespace std::chrono_literals;
using half::no_answer;

namespace {

half::simulated quiet(std::uint64_t seed = 1) {
    return {.seed = seed, .on_report = [](const half::report&) {}};
}

// Answers at once, after a while, when told to, or not at all.
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
    };  // kept until answer_all
    struct ask_and_boom {
        using reply = int;
    };
    struct answer_all {
        int with;
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
    void handle(ask_silently, half::from<int> caller) { kept.push_back(std::move(caller)); }
    int  handle(ask_and_boom) { throw std::runtime_error{"boom"}; }
    void handle(answer_all m) {
        for (auto& each : kept) each.reply(m.with);
        kept.clear();
    }
    int handle(asked) { return number; }
};

// Asks once and keeps what came of it.
struct asker {
    half::ref<oracle>  who;
    half::answer<int>* into;
    half::task<>       init() { *into = co_await who.try_call(oracle::ask_silently{}); }
};

no_answer died_of(half::exit_reason reason) { return {no_answer::died, std::move(reason)}; }

double milliseconds(half::runtime& sim) { return static_cast<double>(sim.now().time_since_epoch().count()) / 1e6; }

TEST(Answer, ComesLaterByAnotherMessage) {
    half::runtime     sim{quiet()};
    auto              server = sim.start(oracle{});
    half::answer<int> got;
    sim.spawn(asker{server, &got});
    sim.settle();
    server.cast(oracle::answer_all{77});
    sim.settle();
    EXPECT_EQ(got.value(), 77);
}

// A question may be handed on.

struct expert {
    struct question {
        half::from<int> caller;
    };

    bool dies = false;

    void handle(question q) {
        if (dies) throw std::runtime_error{"too hard"};
        q.caller.reply(99);
    }
};

struct desk {
    struct ask {
        using reply = int;
    };

    half::ref<expert> behind;

    void handle(ask, half::from<int> caller) { behind.cast(expert::question{std::move(caller)}); }
};

TEST(Answer, ComesFromAnotherProcess) {
    half::runtime sim{quiet()};
    EXPECT_EQ(sim.call(sim.start(desk{sim.start(expert{})}), desk::ask{}), 99);
}

// A message may say how long its callers wait, when they say nothing.

struct barista {
    struct brew {
        using reply = int;
        static constexpr std::chrono::minutes patience{2};
    };
    struct plain {
        using reply = int;
    };
    int             number = 0;
    half::task<int> handle(brew) {
        co_await half::sleep(2min);
        co_return ++number;
    }
    half::task<int> handle(plain) {
        co_await half::sleep(5s);
        co_return ++number;
    }
};

TEST(Answer, IsAwaitedAsLongAsTheMessageSays) {
    static_assert(half::patience_of<barista::brew> == 2min);
    static_assert(half::patience_of<barista::plain> == half::a_while);

    half::runtime sim{quiet()};
    auto          server = sim.start(barista{});
    EXPECT_EQ(sim.try_call(server, barista::brew{}, 119s).error(), no_answer::timed_out);
    sim.advance(1min);
    const auto before = sim.now();
    EXPECT_EQ(sim.try_call(server, barista::brew{}).error(),
              no_answer::timed_out);  // two minutes, and not five seconds
    EXPECT_EQ(sim.now() - before, 2min);
    sim.advance(1min);
    EXPECT_EQ(sim.call(server, barista::brew{}, 121s), 3);
    EXPECT_EQ(sim.try_call(server, barista::plain{}).error(), no_answer::timed_out);
}

TEST(Answer, ThatNeverComesSaysHowTheProcessThatOwedItDied) {
    half::runtime sim{quiet()};
    auto          dying = sim.start(expert{.dies = true});
    EXPECT_EQ(sim.try_call(sim.start(desk{dying}), desk::ask{}).error(), died_of(half::exit_reason::crash("too hard")));
    EXPECT_EQ(sim.try_call(sim.start(desk{dying}), desk::ask{}).error(), no_answer::unanswered);  // it is dead by now
}

TEST(Answer, ComesFromOutsideAnyProcess) {
    half::runtime   sim{quiet()};
    half::from<int> held;
    struct lender {
        struct ask {
            using reply = int;
        };
        half::from<int>* out;
        void             handle(ask, half::from<int> caller) { *out = std::move(caller); }
    };
    struct asker {
        half::ref<lender>  who;
        half::answer<int>* into;
        half::task<>       init() { *into = co_await who.try_call(lender::ask{}); }
    };
    half::answer<int> got    = std::unexpected{no_answer{no_answer::unanswered}};
    auto              server = sim.start(lender{&held});
    auto              client = sim.spawn(asker{server, &got});
    sim.settle();
    EXPECT_EQ(held.caller(), client.id());
    held.reply(5);
    sim.settle();
    EXPECT_EQ(got.value(), 5);
}

TEST(Answer, ThatIsLateIsDroppedAndDisturbsNoLaterCall) {
    half::runtime sim{quiet()};
    struct client {
        half::ref<oracle> slow;
        std::vector<int>* got;
        half::task<>      init() {
            auto first = co_await slow.try_call(oracle::ask_slowly{.time = 100ms}, 10ms);
            got->push_back(first ? 0 : -1);
            got->push_back(co_await slow.call(oracle::ask{}));  // behind the slow one, whose answer comes first
        }
    };
    std::vector<int> got;
    sim.start(client{sim.start(oracle{}), &got});
    EXPECT_EQ(got, (std::vector<int>{-1, 2}));
    EXPECT_EQ(milliseconds(sim), 100);
}

TEST(Answer, ToAProcessThatIsGoneHasNoEffect) {
    half::runtime sim{quiet()};
    auto          server = sim.start(oracle{});
    EXPECT_EQ(sim.try_call(server, oracle::ask_silently{}, 10ms).error(), no_answer::timed_out);
    server.cast(oracle::answer_all{1});  // the one who asked is gone
    EXPECT_EQ(sim.call(server, oracle::ask{}), 1);
}

TEST(Answer, ThatDoesNotComeIsThrownByCallAndSaysEverything) {
    half::runtime sim{quiet()};
    auto          server = sim.start(oracle{});
    try {
        sim.call(server, oracle::ask_and_boom{});
        FAIL() << "an answer came";
    } catch (const half::call_failed& failed) {
        EXPECT_EQ(failed.server, server.id());
        EXPECT_EQ(failed.why, died_of(half::exit_reason::crash("boom")));
        const std::string text = failed.what();
        EXPECT_NE(text.find("oracle::ask_and_boom"), text.npos) << text;
        EXPECT_NE(text.find(half::to_string(server.id())), text.npos) << text;
        EXPECT_NE(text.find("crash: boom"), text.npos) << text;
    }
}

TEST(Answer, ThatDoesNotComeEndsACallerThatDidNotExpectIt) {
    half::runtime sim{quiet()};
    struct middle {
        struct ask {
            using reply = int;
        };
        half::ref<oracle> behind;
        half::task<int>   handle(ask) { co_return co_await behind.call(oracle::ask_and_boom{}); }
    };
    auto got = sim.try_call(sim.start(middle{sim.start(oracle{})}), middle::ask{});
    ASSERT_EQ(got.error(), no_answer::died);
    EXPECT_EQ(got.error().reason.why, half::exit_reason::kind::crash);
    EXPECT_NE(got.error().reason.what.find("boom"), std::string::npos);
}

// Tasks within tasks.

struct tower {
    struct build {
        using reply = int;
        int floors;
    };
    struct fall {
        using reply = int;
        int floors;
    };
    struct catch_it {
        using reply = std::string;
    };

    half::ref<oracle> ground;

    half::task<int> floors(int n) {
        if (n == 0) co_return co_await ground.call(oracle::ask{});
        co_return 1 + co_await floors(n - 1);
    }
    half::task<int> falling(int n) {
        if (n == 0) {
            co_await half::sleep(1ms);
            throw std::runtime_error{"from the ground"};
        }
        co_return co_await falling(n - 1);
    }
    half::task<int>         handle(build m) { return floors(m.floors); }
    half::task<int>         handle(fall m) { return falling(m.floors); }
    half::task<std::string> handle(catch_it) {
        std::string caught;
        try {
            co_await falling(5);
        } catch (const std::runtime_error& e) {
            caught = e.what();
        }
        co_return caught;
    }
};

TEST(Answer, ComesUpThroughTasksWithinTasks) {
    half::runtime sim{quiet()};
    auto          server = sim.start(tower{sim.start(oracle{})});
    EXPECT_EQ(sim.call(server, tower::build{1000}), 1001);
}

TEST(Answer, MayBeAnExceptionThatComesUpThroughTheTasks) {
    half::runtime sim{quiet()};
    auto          server = sim.start(tower{sim.start(oracle{})});
    EXPECT_EQ(sim.call(server, tower::catch_it{}), "from the ground");
    EXPECT_EQ(sim.try_call(server, tower::fall{10}).error(), died_of(half::exit_reason::crash("from the ground")));
}

// A process that waits takes no mail; answers reach it.

struct waiter {
    struct order {
        using reply = int;
    };
    struct remark {
        std::string text;
    };

    half::ref<oracle>         kitchen;
    std::vector<std::string>* log;

    half::task<int> handle(order) {
        log->push_back("asked");
        int a = co_await kitchen.call(oracle::ask_slowly{.time = 10ms});
        int b = co_await kitchen.call(oracle::ask{});
        log->push_back("answered");
        co_return a + b;
    }
    void handle(remark m) { log->push_back(std::move(m.text)); }
};

TEST(Answer, ComesWhileMailWaits) {
    half::runtime            sim{quiet()};
    std::vector<std::string> log;
    auto                     server = sim.start(waiter{sim.start(oracle{}), &log});
    server.cast(waiter::order{});
    server.cast(waiter::remark{"first"});
    server.cast(waiter::remark{"second"});
    sim.settle();
    EXPECT_EQ(log, (std::vector<std::string>{"asked"}));
    EXPECT_EQ(half::backlog(server).length, 2u);
    server.cast(waiter::remark{"third"});
    sim.advance(10ms);
    EXPECT_EQ(log, (std::vector<std::string>{"asked", "answered", "first", "second", "third"}));
}

TEST(Answer, IsNotOwedForEverByTwoThatCallEachOther) {
    half::runtime sim{quiet()};
    struct friendly {
        struct greet {
            using reply = bool;
        };
        struct meet {
            using reply = bool;
            half::ref<friendly> other;
        };
        bool             handle(greet) { return true; }
        half::task<bool> handle(meet m) { co_return (co_await m.other.try_call(greet{}, 50ms)).has_value(); }
    };
    auto a = sim.start(friendly{});
    auto b = sim.start(friendly{});
    a.cast(friendly::meet{b});
    b.cast(friendly::meet{a});
    sim.settle();
    EXPECT_TRUE(sim.call(a, friendly::greet{}));
    EXPECT_TRUE(sim.call(b, friendly::greet{}));
    EXPECT_LE(milliseconds(sim), 50);
}

TEST(Answer, ComesInTheOrderOfTheQuestions) {
    for (std::uint64_t seed = 1; seed <= 20; ++seed) {
        half::runtime sim{quiet(seed)};
        struct client {
            half::ref<oracle> who;
            bool*             ordered;
            half::task<>      init() {
                for (int last = 0, i = 0; i < 100; ++i) {
                    const int n = co_await who.call(oracle::ask{});
                    *ordered &= n > last;
                    last = n;
                }
            }
        };
        bool ordered = true;
        auto server  = sim.start(oracle{});
        for (int i = 0; i < 5; ++i) sim.spawn(client{server, &ordered});
        sim.settle();
        EXPECT_TRUE(ordered);
        EXPECT_EQ(sim.call(server, oracle::asked{}), 500);
    }
}

TEST(Answer, ThatIsNeverAwaitedIsNeverAskedFor) {
    half::runtime sim{quiet()};
    auto          server = sim.start(oracle{});
    { auto forgotten = server.call(oracle::ask{}); }
    EXPECT_EQ(sim.call(server, oracle::asked{}), 0);
}

}  // namespace
