// One task, one process, one result: linked to who wants it, or under a supervisor.
#include "actor.hpp"

#include <02_supervisor/async.hpp>

#include <memory>

namespace {

using namespace bonds_test;
using half::no_answer;

half::task<std::string> make_slowly(std::string dish, half::duration time) {
    if (dish == "fugu") throw std::runtime_error{"nobody taught me fugu"};
    co_await half::sleep(time);
    co_return dish + " is ready";
}
half::task<std::string> make(const std::string& dish) { return make_slowly(dish, 1s); }
half::task<int>         hang() {
    co_await half::sleep(24h);
    co_return 1;
}

struct Async : world {
    half::ref<half::task_supervisor> helpers = sim.start(half::task_supervisor{});

    // Runs it in a process that does nothing else.
    template <class Actor = actor>
    half::ref<Actor> in_a_process(std::function<half::task<>(typename Actor::me)> what) {
        auto who = sim.start(Actor{&log});
        who.cast(typename Actor::wait{std::move(what)});
        sim.settle();
        return who;
    }
    std::size_t helping() { return sim.call(helpers, half::task_supervisor::count_children{}).active; }
};

// -- linked -------------------------------------------------------------------------------------------------------

TEST_F(Async, JobsRunAtTheSameTime) {
    in_a_process([this](actor::me self) -> half::task<> {
        auto soup  = half::async(self, make, "soup");
        auto bread = half::async(self, make, "bread");
        log.push_back(co_await soup);
        log.push_back(co_await bread);
    });
    sim.advance(1s);
    EXPECT_EQ(log, (lines{"soup is ready", "bread is ready"}));
    EXPECT_EQ(sim.stats().processes, 2u) << "the helpers, and who asked";
}

TEST_F(Async, TheResultMayBeThereBeforeItIsAskedFor) {
    in_a_process([this](actor::me self) -> half::task<> {
        auto soup = half::async(self, make, "soup");
        co_await half::sleep(1h);
        const auto before = self.now();
        log.push_back(co_await soup);
        EXPECT_EQ(self.now(), before);
    });
    sim.advance(1h);
    EXPECT_EQ(log, lines{"soup is ready"});
}

TEST_F(Async, AJobMayComeToNothingButAnEnd) {
    in_a_process([this](actor::me self) -> half::task<> {
        auto wash = half::async(self, [this]() -> half::task<> {
            co_await half::sleep(1s);
            log.push_back("washed");
        });
        co_await wash;
        log.push_back("served");
    });
    sim.advance(1s);
    EXPECT_EQ(log, (lines{"washed", "served"}));
}

TEST_F(Async, AResultMayBeMovable) {
    in_a_process([this](actor::me self) -> half::task<> {
        auto job = half::async(
            self, [](std::unique_ptr<int> n) -> half::task<std::unique_ptr<int>> { co_return std::move(n); },
            std::make_unique<int>(7));
        log.push_back(std::to_string(*co_await job));
    });
    EXPECT_EQ(log, lines{"7"});
}

// They are copied into the new process, and live there as long as it runs: nothing of the caller's is referred to.
TEST_F(Async, ArgumentsAndTheFunctionLiveInTheJob) {
    auto count = std::make_shared<int>(0);
    in_a_process([this, &count](actor::me self) -> half::task<> {
        auto text = std::make_unique<std::string>("a dish whose name is too long for a small string");
        auto job  = half::async(
            self,
            [count](const std::string& dish, const std::string& with) -> half::task<std::string> {
                co_await half::sleep(1s);
                co_return dish + with;
            },
            *text, " and a garnish with a long name as well");
        text.reset();
        log.push_back(co_await job);
    });
    EXPECT_EQ(count.use_count(), 2);
    sim.advance(1s);
    EXPECT_EQ(count.use_count(), 1);
    EXPECT_EQ(log, lines{"a dish whose name is too long for a small string and a garnish with a long name as well"});
}

TEST_F(Async, ACrashOfALinkedJobIsOurCrashAndNoCatchSeesIt) {
    auto who = in_a_process([this](actor::me self) -> half::task<> {
        auto fugu = half::async(self, make, "fugu");
        try {
            co_await fugu;
        } catch (const half::call_failed& e) {
            log.push_back(e.what());
        }
    });
    EXPECT_EQ(log, lines{});
    EXPECT_FALSE(half::alive(who));
    EXPECT_EQ(reports.back().reason, exit_reason::crash("nobody taught me fugu"));
}

TEST_F(Async, WhoTrapsGetsTheAnswerAndTheSignal) {
    in_a_process<trapper>([this](trapper::me self) -> half::task<> {
        auto fugu = half::async(self, make, "fugu");
        auto got  = co_await fugu.try_result();
        log.push_back(got ? "made" : half::to_string(got.error()));
    });
    ASSERT_EQ(log.size(), 2u);
    EXPECT_NE(log[0].find("nobody taught me fugu"), std::string::npos) << log[0];
    EXPECT_EQ(log[1], "exit: crash: nobody taught me fugu");
}

TEST_F(Async, AJobThatIsDoneIsNoNewsToWhoTraps) {
    auto who = in_a_process<trapper>([this](trapper::me self) -> half::task<> {
        auto soup = half::async(self, make, "soup");
        log.push_back(co_await soup);
    });
    sim.advance(1s);
    EXPECT_EQ(log, lines{"soup is ready"});
    EXPECT_EQ(attached(who), "");
}

TEST_F(Async, OurEndIsTheEndOfALinkedJob) {
    for (auto why : {exit_reason::normal(), exit_reason::shutdown(), exit_reason::other("bored")}) {
        auto who = in_a_process([why](actor::me self) -> half::task<> {
            auto job = half::async(self, hang);
            co_await half::sleep(1s);
            throw half::leave{why};
        });
        EXPECT_EQ(sim.stats().processes, 3u);
        sim.advance(1s);
        EXPECT_FALSE(half::alive(who));
        EXPECT_EQ(sim.stats().processes, 1u) << half::to_string(why);
    }
}

TEST_F(Async, KilledWhileWeWaitEndsItToo) {
    auto who = in_a_process([](actor::me self) -> half::task<> {
        auto job = half::async(self, hang);
        (void)co_await job.result(half::forever);
    });
    EXPECT_EQ(sim.stats().processes, 3u);
    kill(who);
    EXPECT_EQ(sim.stats().processes, 1u);
}

// -- deadlines, cancelling, dropping ------------------------------------------------------------------------------

TEST_F(Async, AfterATimeoutItCanBeAskedAgain) {
    in_a_process([this](actor::me self) -> half::task<> {
        auto soup  = half::async(self, make_slowly, "soup", 10s);
        auto early = co_await soup.try_result(2s);
        log.push_back(early ? *early : half::to_string(early.error()));
        try {
            (void)co_await soup;
        } catch (const half::call_failed& e) {
            log.push_back(half::to_string(e.why));
        }
        log.push_back(co_await soup);
        EXPECT_EQ(self.now().time_since_epoch(), 10s);
    });
    sim.advance(20s);
    EXPECT_EQ(log, (lines{"no answer in time", "no answer in time", "soup is ready"}));
}

TEST_F(Async, TheResultCanBeTakenOnce) {
    in_a_process([this](actor::me self) -> half::task<> {
        auto soup = half::async(self, make, "soup");
        log.push_back(co_await soup);
        try {
            log.push_back(co_await soup);
        } catch (const std::logic_error& e) {
            log.push_back(e.what());
        }
    });
    sim.advance(1s);
    EXPECT_EQ(log, (lines{"soup is ready", "the result of a job can be taken once"}));
}

TEST_F(Async, CancellingEndsTheJobAndNobodyElse) {
    auto who = in_a_process<trapper>([this](trapper::me self) -> half::task<> {
        auto job = half::async(self, hang);
        co_await half::sleep(1s);
        job.cancel();
        auto got = co_await job.try_result();
        log.push_back(got ? "made" : half::to_string(got.error()));
        job.cancel();
    });
    sim.advance(1s);
    ASSERT_EQ(log.size(), 1u) << "no exit signal";
    EXPECT_NE(log[0].find("cancelled"), std::string::npos) << log[0];
    EXPECT_TRUE(half::alive(who));
    EXPECT_EQ(sim.stats().processes, 2u);
    EXPECT_EQ(attached(who), "");
}

TEST_F(Async, CancellingWhatIsDoneLeavesTheResult) {
    in_a_process([this](actor::me self) -> half::task<> {
        auto soup = half::async(self, make, "soup");
        co_await half::sleep(2s);
        soup.cancel();
        log.push_back(co_await soup);
    });
    sim.advance(2s);
    EXPECT_EQ(log, lines{"soup is ready"});
}

TEST_F(Async, ACrashAfterCancellingIsNotOurs) {
    for (std::uint64_t seed = 1; seed <= 50; ++seed) {
        half::runtime other{half::simulated{.seed = seed, .on_report = [](const half::report&) {}}};
        auto          who = other.start(actor{});
        who.cast(actor::wait{[](actor::me self) -> half::task<> {
            auto fugu = half::async(self, make, "fugu");
            fugu.cancel();
            co_await half::sleep(1s);
        }});
        other.advance(2s);
        EXPECT_TRUE(half::alive(who)) << "seed " << seed;
        EXPECT_EQ(other.stats().processes, 1u) << "seed " << seed;
    }
}

TEST_F(Async, AHandleThatGoesAwayTakesItsJobAlong) {
    auto who = in_a_process([](actor::me self) -> half::task<> {
        { auto job = half::async(self, hang); }
        auto other = half::async(self, hang);
        other      = half::async(self, hang);
        co_await half::sleep(1s);
    });
    EXPECT_EQ(sim.stats().processes, 3u) << "one of three jobs runs";
    sim.advance(1s);
    EXPECT_TRUE(half::alive(who));
    EXPECT_EQ(sim.stats().processes, 2u);
    EXPECT_EQ(attached(who), "");
}

// A handle may stand in the state of a server and be awaited by a later message.
TEST_F(Async, AJobMayBeKept) {
    struct desk {
        struct begin {};
        struct fetch {
            using reply = std::string;
        };
        std::optional<half::job<std::string>> work = {};

        void handle(begin, half::self<desk> self) { work = half::async(self, make, std::string{"soup"}); }
        half::task<std::string> handle(fetch) { co_return co_await *work; }
    };
    auto server = sim.start(desk{});
    server.cast(desk::begin{});
    EXPECT_EQ(sim.call(server, desk::fetch{}), "soup is ready");
    server.cast(desk::begin{});
    sim.settle();
    EXPECT_EQ(sim.stats().processes, 3u);
    server.stop();
    sim.settle();
    EXPECT_EQ(sim.stats().processes, 1u);
}

// And it may be given to somebody else, who awaits it.
TEST_F(Async, AJobMayBeGivenAway) {
    struct guest {
        struct serve {
            half::job<std::string> dish;
        };
        lines*       log;
        half::task<> handle(serve m) { log->push_back(co_await m.dish); }
    };
    auto table = sim.start(guest{&log});
    auto chef  = in_a_process([table](actor::me self) -> half::task<> {
        table.cast(guest::serve{half::async(self, make, "soup")});
        co_return;
    });
    sim.advance(1s);
    EXPECT_EQ(log, lines{"soup is ready"});
    EXPECT_TRUE(half::alive(chef));
    // Dropped by the other, it still does not hurt whoever it is linked to.
    chef.cast(actor::wait{[table](actor::me self) -> half::task<> {
        table.cast(guest::serve{half::async(self, make_slowly, "soup", 1h)});
        co_return;
    }});
    sim.settle();
    kill(table);
    EXPECT_TRUE(half::alive(chef));
    EXPECT_EQ(attached(chef), "");
}

// -- under a supervisor -------------------------------------------------------------------------------------------

TEST_F(Async, ASupervisedCrashIsAnAnswer) {
    auto who = in_a_process([this](actor::me self) -> half::task<> {
        auto fugu = half::async(self, helpers, make, "fugu");
        auto got  = co_await fugu.try_result();
        log.push_back(got ? *got : half::to_string(got.error()));
        try {
            (void)co_await half::async(self, helpers, make, "fugu");
        } catch (const half::call_failed& e) {
            log.push_back(half::to_string(e.why.reason));
        }
    });
    ASSERT_EQ(log.size(), 2u);
    EXPECT_NE(log[0].find("nobody taught me fugu"), std::string::npos) << log[0];
    EXPECT_EQ(log[1], "crash: nobody taught me fugu");
    EXPECT_TRUE(half::alive(who));
    EXPECT_TRUE(half::alive(helpers));
    EXPECT_EQ(helping(), 0u);
}

TEST_F(Async, ASupervisedJobEndsWithItsHandle) {
    auto who = in_a_process([this](actor::me self) -> half::task<> {
        auto one = half::async(self, helpers, hang);
        { auto two = half::async(self, helpers, hang); }
        (void)co_await one;
    });
    EXPECT_EQ(helping(), 1u);
    kill(who);
    EXPECT_EQ(helping(), 0u);
    EXPECT_TRUE(half::alive(helpers));
}

TEST_F(Async, ASupervisorThatIsNotThereIsAnAnswer) {
    kill(helpers);
    in_a_process([this](actor::me self) -> half::task<> {
        auto soup = half::async(self, helpers, make, "soup");
        auto got  = co_await soup.try_result();
        EXPECT_FALSE(got);
        if (got) co_return;
        EXPECT_EQ(got.error(), (no_answer{no_answer::died, exit_reason::noproc()}));
        log.push_back("answered");
    });
    EXPECT_EQ(log, lines{"answered"});
    EXPECT_EQ(half::start_task(helpers,
                               [this]() -> half::task<> {
                                   log.push_back("never");
                                   co_return;
                               }),
              half::pid{});
    EXPECT_EQ(log, lines{"answered"});
}

TEST_F(Async, WithoutASupervisorNothingRuns) {
    kill(helpers);
    in_a_process([this](actor::me self) -> half::task<> {
        auto job = half::async(self, helpers, [this]() -> half::task<> {
            log.push_back("never");
            co_return;
        });
        auto got = co_await job.try_result();
        EXPECT_FALSE(got);
        log.push_back("answered");
    });
    EXPECT_EQ(log, lines{"answered"});
}

TEST_F(Async, OneTaskTooManyIsAnAnswer) {
    auto few = sim.start(half::task_supervisor{.max_children = 2});
    in_a_process([this, few](actor::me self) -> half::task<> {
        auto one = half::async(self, few, make, "soup");
        auto two = half::async(self, few, make, "bread");
        co_await half::sleep(1ms);
        auto three = half::async(self, few, make, "salad");
        auto got   = co_await three.try_result();
        log.push_back(got ? *got : half::to_string(got.error().reason));
        log.push_back(co_await one);
        log.push_back(co_await two);
        auto four = half::async(self, few, make, "salad");
        log.push_back(co_await four);
    });
    sim.advance(3s);
    EXPECT_EQ(log, (lines{"too many tasks", "soup is ready", "bread is ready", "salad is ready"}));
}

TEST_F(Async, TasksThatNobodyWaitsForRunAndAreReported) {
    half::start_task(helpers, [this]() -> half::task<> {
        co_await half::sleep(1s);
        log.push_back("done");
    });
    half::start_task(
        helpers,
        [](std::string why) -> half::task<> {
            throw std::runtime_error{why};
            co_return;
        },
        "no gas");
    sim.settle();
    EXPECT_EQ(helping(), 1u);
    ASSERT_EQ(reports.size(), 1u);
    EXPECT_EQ(reports[0].reason, exit_reason::crash("no gas"));
    sim.advance(1s);
    EXPECT_EQ(log, lines{"done"});
    EXPECT_EQ(helping(), 0u);
}

TEST_F(Async, ASupervisorEndsItsTasksFirst) {
    auto who = in_a_process([this](actor::me self) -> half::task<> {
        auto one = half::async(self, helpers, hang);
        auto got = co_await one.try_result(half::forever);
        log.push_back(half::to_string(got.error().reason));
    });
    for (int i = 0; i < 100; ++i) half::start_task(helpers, []() -> half::task<> { co_await half::sleep(24h); });
    sim.settle();
    EXPECT_EQ(helping(), 101u);
    helpers.stop();
    sim.settle();
    EXPECT_EQ(sim.stats().processes, 1u);
    EXPECT_EQ(log, lines{"shutdown"});
    EXPECT_TRUE(half::alive(who));
}

TEST_F(Async, ASupervisorThatIsKilledLeavesNobody) {
    for (int i = 0; i < 100; ++i) half::start_task(helpers, []() -> half::task<> { co_await half::sleep(24h); });
    sim.settle();
    kill(helpers);
    EXPECT_EQ(sim.stats().processes, 0u);
}

TEST_F(Async, ASupervisorTrapsExitsAndEndsForThem) {
    half::start_task(helpers, []() -> half::task<> { co_await half::sleep(24h); });
    half::exit(helpers, exit_reason::normal());
    sim.settle();
    EXPECT_EQ(sim.stats().processes, 2u);
    half::exit(helpers, exit_reason::shutdown());
    sim.settle();
    EXPECT_EQ(sim.stats().processes, 0u);
}

TEST_F(Async, ASupervisorSaysWhoIsThere) {
    auto one = half::start_task(helpers, []() -> half::task<> { co_await half::sleep(1s); });
    auto two = half::start_task(helpers, []() -> half::task<> { co_await half::sleep(2s); });
    sim.settle();
    auto there = sim.call(helpers, half::task_supervisor::which_children{});
    ASSERT_EQ(there.size(), 2u);
    EXPECT_EQ(there[0].pid, one);
    EXPECT_EQ(there[1].pid, two);
    EXPECT_EQ(there[0].now, half::child_info::status::running);
    EXPECT_EQ(there[0].restart, half::temporary);
    sim.advance(1s);
    EXPECT_EQ(sim.call(helpers, half::task_supervisor::which_children{}).size(), 1u);
}

// Whenever a supervisor ends, however many tasks are just then begun: none of them is left, and every job is answered.
TEST_F(Async, NoJobIsLeftAndEveryOneIsAnswered) {
    for (std::uint64_t seed = 1; seed <= 200; ++seed) {
        half::runtime other{half::simulated{.seed = seed, .on_report = [](const half::report&) {}}};
        auto          under    = other.start(half::task_supervisor{.max_children = 5});
        int           answered = 0;
        for (int i = 0; i < 5; ++i) {
            auto who = other.start(actor{});
            who.cast(actor::wait{[under, &answered](actor::me self) -> half::task<> {
                for (int n = 0; n < 4; ++n) {
                    auto job = half::async(self, under, make, n % 2 ? "soup" : "fugu");
                    (void)co_await job.try_result(half::forever);
                    ++answered;
                }
            }});
        }
        if (seed % 3 == 0) half::kill(under);
        if (seed % 3 == 1) under.stop();
        other.advance(20s);
        EXPECT_EQ(answered, 20) << "seed " << seed;
        EXPECT_EQ(other.stats().processes, seed % 3 == 2 ? 6u : 5u) << "seed " << seed;
    }
}

TEST_F(Async, ACrowdOfTasksComesAndGoes) {
    for (int round = 0; round < 10; ++round) {
        for (int i = 0; i < crowd / 10; ++i)
            half::start_task(helpers, []() -> half::task<> { co_await half::sleep(1s); });
        sim.settle();
        EXPECT_EQ(helping(), crowd / 10u);
        sim.advance(1s);
        EXPECT_EQ(helping(), 0u);
    }
    EXPECT_EQ(attached(helpers).find("linked"), std::string::npos);
}

}  // namespace
