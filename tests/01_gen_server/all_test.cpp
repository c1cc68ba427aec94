// Several calls at once: what they come to, in which order, and that nothing keeps them waiting for ever.
#include "real.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <ranges>
#include <string>
#include <variant>

namespace {

using namespace std::chrono_literals;
using half::no_answer;

// Answers what it was asked after a while.
struct slow {
    struct number {
        using reply = int;
        int            n;
        half::duration after = {};
    };
    struct word {
        using reply = std::string;
        std::string    text;
        half::duration after = {};
    };
    struct nothing {
        using reply = void;
    };
    struct refuse {
        using reply = int;
    };

    half::task<int> handle(number m) {
        co_await half::sleep(m.after);
        co_return m.n;
    }
    half::task<std::string> handle(word m) {
        co_await half::sleep(m.after);
        co_return m.text;
    }
    void handle(nothing) {}
    void handle(refuse, half::from<int>) {}
};

struct All : testing::Test {
    half::runtime   sim{half::simulated{.on_report = [](const half::report&) {}}};
    half::ref<slow> left = sim.start(slow{}), right = sim.start(slow{}), third = sim.start(slow{});

    half::duration now() const { return sim.now().time_since_epoch(); }
};

half::task<std::tuple<int, std::string, std::monostate>> one_of_each(half::ref<slow> a, half::ref<slow> b,
                                                                     half::ref<slow> c) {
    co_return co_await half::all(a.call(slow::number{7, 3s}), b.call(slow::word{"seven", 1s}), c.call(slow::nothing{}));
}

TEST_F(All, RepliesComeInTheOrderOfTheCallsAndTakeAsLongAsTheSlowest) {
    const auto [n, text, nothing] = sim.run(one_of_each(left, right, third));
    EXPECT_EQ(n, 7);
    EXPECT_EQ(text, "seven");
    EXPECT_EQ(now(), 3s);
}

using two_answers = std::tuple<half::answer<int>, half::answer<std::string>>;

half::task<two_answers> try_both(half::ref<slow> a, half::ref<slow> b, slow::number first, half::duration patience,
                                 slow::word second, half::duration more_patience) {
    co_return co_await half::all(a.try_call(first, patience), b.try_call(second, more_patience));
}

TEST_F(All, EachCallKeepsItsOwnDeadline) {
    const auto [n, text] = sim.run(try_both(left, right, {7, 2s}, 1s, {"seven", 4s}, 5s));
    ASSERT_FALSE(n);
    EXPECT_EQ(n.error(), no_answer::timed_out);
    EXPECT_EQ(text, "seven");  // and the answer to the first, which came in between, was not taken for it
    EXPECT_EQ(now(), 4s);
}

TEST_F(All, DeadlinesPassOneAfterTheOther) {
    const auto [n, text] = sim.run(try_both(left, right, {7, 20s}, 5s, {"seven", 20s}, 2s));
    ASSERT_FALSE(n || text);
    EXPECT_EQ(n.error(), no_answer::timed_out);
    EXPECT_EQ(text.error(), no_answer::timed_out);
    EXPECT_EQ(now(), 5s);
}

TEST_F(All, WithoutADeadlineWaitsUntilTheLastAnswer) {
    const auto [n, text] = sim.run(try_both(left, right, {7, 1h}, half::forever, {"seven", 2h}, half::forever));
    EXPECT_EQ(n, 7);
    EXPECT_EQ(text, "seven");
    EXPECT_EQ(now(), 2h);
}

half::task<> second_and_third_fail(half::ref<slow> a, half::ref<slow> b, half::ref<slow> c) {
    (void)co_await half::all(a.call(slow::number{1, 3s}), b.call(slow::number{2, 9s}, 2s), c.call(slow::refuse{}));
}

TEST_F(All, TheFirstOfTheLineThatFailedThrowsWhenAllAreIn) {
    try {
        sim.run(second_and_third_fail(left, right, third));
        FAIL() << "nothing was thrown";
    } catch (const half::call_failed& failed) {
        EXPECT_EQ(failed.server, right.id());
        EXPECT_EQ(failed.why, no_answer::timed_out);
    }
    EXPECT_EQ(now(), 3s);
}

TEST_F(All, AServerThatDiesMeanwhileIsAnAnswerToo) {
    struct assassin {
        half::pid    whom;
        half::task<> init() {
            co_await half::sleep(1s);
            half::kill(whom);
        }
    };
    sim.spawn(assassin{left});
    const auto [n, text] = sim.run(try_both(left, right, {7, 3s}, half::forever, {"seven", 2s}, half::forever));
    ASSERT_FALSE(n);
    EXPECT_EQ(n.error(), no_answer::died);
    EXPECT_EQ(n.error().reason, half::exit_reason::killed());
    EXPECT_EQ(text, "seven");
    EXPECT_EQ(now(), 2s);
}

TEST_F(All, NobodyToAskIsKnownAtOnce) {
    half::kill(left);
    sim.settle();
    const auto [n, text] = sim.run(try_both(left, left, {7}, half::forever, {"seven"}, half::forever));
    ASSERT_FALSE(n || text);
    EXPECT_EQ(n.error(), no_answer::no_such_process);
    EXPECT_EQ(text.error(), no_answer::no_such_process);
    const auto [m, other] = sim.run(try_both(left, right, {7}, half::forever, {"seven", 1s}, half::forever));
    EXPECT_FALSE(m);
    EXPECT_EQ(other, "seven");
}

TEST_F(All, AProcessCannotAskItselfAmongOthers) {
    struct selfish {
        struct ask {
            using reply = std::string;
        };
        half::ref<slow>         other;
        half::task<std::string> handle(ask, half::self<selfish> self) {
            const auto [me, text] = co_await half::all(self.try_call(ask{}, half::forever),
                                                       other.try_call(slow::word{"other", 1s}, half::forever));
            co_return half::to_string(me.error()) + ", " + *text;
        }
    };
    EXPECT_EQ(sim.call(sim.start(selfish{left}), selfish::ask{}),
              "a process that calls itself would wait for ever, other");
}

TEST_F(All, AMailboxThatIsFullRefusesOneOfThem) {
    struct narrow {
        using mailbox = half::bounded<1, half::overload::reject>;
        struct ask {
            using reply = int;
        };
        half::task<int> handle(ask) {
            co_await half::sleep(1s);
            co_return 1;
        }
    };
    struct three_at_once {
        half::ref<narrow>               at;
        std::vector<half::answer<int>>* into;
        half::task<>                    init() {
            const auto [a, b, c] =
                co_await half::all(at.try_call(narrow::ask{}), at.try_call(narrow::ask{}), at.try_call(narrow::ask{}));
            *into = {a, b, c};
        }
    };
    std::vector<half::answer<int>> got;
    sim.start(three_at_once{sim.start(narrow{}), &got});
    ASSERT_EQ(got.size(), 3u);
    EXPECT_TRUE(got[0]);
    ASSERT_FALSE(got[1] || got[2]);
    EXPECT_EQ(got[1].error(), no_answer::overloaded);
    EXPECT_EQ(got[2].error(), no_answer::overloaded);
}

TEST_F(All, AnAskerThatIsKilledIsGoneAtOnceAndLateAnswersGoNowhere) {
    struct asker {
        half::ref<slow> a, b;
        bool*           went_on;
        half::task<>    init() {
            (void)co_await half::all(a.try_call(slow::number{1, 1s}), b.try_call(slow::number{2, 3s}));
            *went_on = true;
        }
    };
    bool       went_on = false;
    const auto who     = sim.spawn(asker{left, right, &went_on});
    sim.advance(2s);  // one answer is in
    half::kill(who);
    sim.settle();
    EXPECT_FALSE(half::alive(who));
    sim.advance(10s);
    EXPECT_FALSE(went_on);
    EXPECT_EQ(sim.call(right, slow::number{5}), 5);
}

// -- any number of them -------------------------------------------------------------------------------------------

half::task<std::vector<half::answer<int>>> ask_each(std::vector<half::ref<slow>> servers, half::duration patience) {
    std::vector<decltype(servers.front().try_call(slow::number{}))> calls;
    for (int i = 0; auto& each : servers) {
        calls.push_back(each.try_call(slow::number{i, std::chrono::seconds{(i * 7) % 5}}, patience));
        ++i;
    }
    co_return co_await half::all(std::move(calls));
}

TEST_F(All, AnyNumberOfCallsHasAVectorOfAnswers) {
    std::vector<half::ref<slow>> servers;
    for (int i = 0; i < 5; ++i) servers.push_back(sim.start(slow{}));
    auto answers = sim.run(ask_each(servers, 3500ms));  // they take 0, 2, 4, 1, 3 seconds
    ASSERT_EQ(answers.size(), 5u);
    for (int i : {0, 1, 3, 4}) EXPECT_EQ(answers[static_cast<std::size_t>(i)], i);
    ASSERT_FALSE(answers[2]);
    EXPECT_EQ(answers[2].error(), no_answer::timed_out);
    EXPECT_EQ(now(), 3500ms);
}

half::task<std::vector<int>> replies_of(std::vector<half::ref<slow>> servers) {
    auto ask = [](half::ref<slow> each) { return each.call(slow::number{4}); };
    co_return co_await half::all(servers | std::views::transform(ask));
}

TEST_F(All, ACallThatThrowsHasAVectorOfReplies) {
    EXPECT_EQ(sim.run(replies_of({left, right})), (std::vector{4, 4}));
    half::kill(right);
    sim.settle();
    EXPECT_THROW(sim.run(replies_of({left, right})), half::call_failed);
}

TEST_F(All, OfNobodyIsAnEmptyVector) { EXPECT_TRUE(sim.run(ask_each({}, 1s)).empty()); }

TEST_F(All, TenThousandAtOnceAreAllAnswered) {
    std::vector<half::ref<slow>> servers;
    for (int i = 0; i < 10'000; ++i) servers.push_back(sim.spawn(slow{}));
    auto answers = sim.run(ask_each(servers, half::forever));
    ASSERT_EQ(answers.size(), servers.size());
    int wrong = 0;
    for (int i = 0; i < 10'000; ++i) wrong += answers[static_cast<std::size_t>(i)] != i;
    EXPECT_EQ(wrong, 0);
    EXPECT_EQ(now(), 4s);
}

TEST_F(All, ManyRoundsOfOneProcessDoNotMixTheirAnswers) {
    struct rounds {
        half::ref<slow> a, b;
        int*            wrong;
        half::task<>    init(half::self<rounds> self) {
            for (int i = 0; i < 100; ++i) {
                // Every third answer comes too late, when the next round has begun.
                const auto late = i % 3 == 0 ? 15ms : 0ms;
                auto [x, y] = co_await half::all(a.try_call(slow::number{i, late}, 10ms), b.try_call(slow::number{-i}));
                *wrong += (i % 3 == 0) ? x.has_value() : x != i;
                *wrong += y != -i;
                (void)self.send_after(1h, slow::number{});  // takes a number between two rounds
            }
        }
        void handle(slow::number, half::from<int>) {}
    };
    int wrong = 0;
    sim.start(rounds{left, right, &wrong});
    EXPECT_EQ(wrong, 0);
}

// -- on real threads ----------------------------------------------------------------------------------------------

struct echo {
    struct number {
        using reply = int;
        int n;
    };
    int handle(number m) { return m.n; }
};

struct curious {
    std::vector<half::ref<echo>> others;
    std::atomic<int>*            wrong;
    std::atomic<int>*            left;
    real::event*                 done;

    half::task<> init() {
        for (int round = 0; round < 200; ++round) {
            auto ask = [&, n = 0](half::ref<echo> each) mutable {
                return each.try_call(echo::number{round + n++}, 60s);
            };
            int n = 0;
            for (auto& got : co_await half::all(others | std::views::transform(ask))) *wrong += got != round + n++;
        }
        if (--*left == 0) done->set();
    }
};

TEST(AllReal, ManyAskManyAtOnce) {
    std::atomic<int>             wrong{0}, left{8};
    real::event                  done;
    half::runtime                runtime{half::runtime_options{.workers = 4}};
    std::vector<half::ref<echo>> others;
    for (int i = 0; i < 20; ++i) others.push_back(runtime.spawn(echo{}));
    for (int i = 0; i < 8; ++i) runtime.spawn(curious{others, &wrong, &left, &done});
    ASSERT_TRUE(done.wait());
    EXPECT_EQ(wrong, 0);
}

// It cannot say that it is gone: the calls look now and then.
struct stuck {
    struct ask {
        using reply = int;
    };
    real::shared_event began, go_on;
    int                handle(ask) {
        began->set();
        (void)go_on->wait();
        return 1;
    }
};

half::task<std::tuple<half::answer<int>, half::answer<int>>> ask_the_stuck(half::ref<stuck> first,
                                                                           half::ref<echo>  second) {
    co_return co_await half::all(first.try_call(stuck::ask{}, half::forever),
                                 second.try_call(echo::number{2}, half::forever));
}

TEST(AllReal, AServerThatIsLeftBehindDoesNotKeepTheOthersForEver) {
    half::runtime runtime{
        half::runtime_options{.workers = 2, .kill_deadline = 20ms, .on_report = [](const half::report&) {}}};
    auto        began = real::make_event(), go_on = real::make_event();
    const auto  server = runtime.spawn(stuck{began, go_on});
    std::thread killer{[&] {
        (void)began->wait();
        half::kill(server);
    }};
    const auto [a, b] = runtime.run(ask_the_stuck(server, runtime.spawn(echo{})));
    killer.join();
    go_on->set();
    ASSERT_FALSE(a);
    EXPECT_EQ(a.error(), no_answer::died);
    EXPECT_EQ(b, 2);
}

}  // namespace
