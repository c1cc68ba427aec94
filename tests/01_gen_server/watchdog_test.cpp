// Handlers that hold their worker: reported, and when they were killed, left behind.
#include "real.hpp"

#include <gtest/gtest.h>

namespace {

using namespace real;
using kind = half::report::kind;

// Blocks its worker for as long as the test likes: to the runtime this is a handler that spins.
struct spinner {
    struct spin {
        shared_event inside, release;
        using reply = int;
    };
    struct then_wait {
        shared_event inside, release;
    };
    struct then_hook {
        shared_event                    inside, release;
        std::shared_ptr<obituary::text> paper;
    };
    struct poke {
        half::ref<spinner> other;
        shared_event       inside, release;
    };
    struct get {
        using reply = int;
    };
    struct tell {
        shared_event whom;
    };

    int    count = 0;
    mortal life  = {};

    int handle(spin m) {
        m.inside->set();
        (void)m.release->wait();
        return ++count;
    }
    half::task<> handle(then_wait m) {
        m.inside->set();
        (void)m.release->wait();
        co_await half::sleep(24h);
    }
    void handle(then_hook m, half::self<spinner> self) {
        m.inside->set();
        (void)m.release->wait();
        self.here().on_exit(std::make_unique<obituary>(m.paper));
    }
    void handle(poke m) {
        m.other.cast(tell{m.inside});
        (void)m.release->wait();
    }
    int  handle(get) { return count; }
    void handle(tell m) { m.whom->set(); }
};

// Whatever happens in a test, no handler is left inside.
struct released {
    shared_event inside = make_event(), release = make_event();
    ~released() { release->set(); }
    spinner::spin spin() const { return {inside, release}; }
};

TEST(LongHandler, IsReportedWithWhoAndHowLong) {
    ears          heard;
    half::runtime runtime{{.workers = 2, .long_handler = 20ms, .on_report = heard.listen()}};
    released      door;
    auto          server = runtime.start(spinner{});
    server.cast(door.spin());
    const auto report = heard.wait_for(kind::long_handler);
    ASSERT_TRUE(report);
    EXPECT_EQ(report->pid, server.id());
    EXPECT_EQ(report->server, "spinner");
    EXPECT_EQ(report->message, "spinner::spin");
    EXPECT_GE(report->held, 20ms);
    door.release->set();
    EXPECT_EQ(runtime.call(server, spinner::get{}, soon), 1);  // it was only reported
    EXPECT_EQ(heard.count(kind::long_handler), 1);
    EXPECT_EQ(heard.count(kind::left_behind), 0);
}

TEST(LongHandler, DoesNotHideAProcessThatWaitsInItsWorkersNextSlot) {
    half::runtime runtime{{.workers = 2}};
    released      door;
    auto          hidden = runtime.start(spinner{});
    runtime.start(spinner{}).cast(spinner::poke{hidden, door.inside, door.release});
    EXPECT_TRUE(door.inside->wait());  // told by the hidden one, while the other still blocks
}

TEST(LongHandler, DoesNotKeepTheOtherWorkersFromWhatIsSent) {
    half::runtime runtime{{.workers = 2}};
    released      door;
    auto          server = runtime.start(spinner{});
    server.cast(door.spin());
    ASSERT_TRUE(door.inside->wait());
    for (int i = 0; i < 1000; ++i) EXPECT_EQ(runtime.call(runtime.start(spinner{.count = i}), spinner::get{}, soon), i);
}

// A runtime with one worker, in it a spinner that was killed and left behind.
struct LeftBehind : testing::Test {
    ears                            heard;
    half::runtime                   callers{{.workers = 1}};
    shared_graveyard                graves = make_graveyard();
    std::unique_ptr<half::runtime>  runtime;
    released                        door;
    half::ref<spinner>              server;
    std::shared_ptr<obituary::text> paper;

    LeftBehind() {
        runtime = std::make_unique<half::runtime>(half::runtime_options{
            .workers = 1, .kill_deadline = 50ms, .stop_deadline = 1s, .on_report = heard.listen()});
        server  = runtime->start(spinner{0, mortal{graves}});
        paper   = watch(server);
    }
    ~LeftBehind() override { door.release->set(); }

    void leave_it_behind() {
        ASSERT_TRUE(door.inside->wait());
        half::kill(server);
        ASSERT_TRUE(heard.wait_for(kind::left_behind));
    }
};

TEST_F(LeftBehind, IsDeadAndReportedAndItsHooksAreTold) {
    server.cast(door.spin());
    leave_it_behind();
    EXPECT_FALSE(half::alive(server));
    ASSERT_TRUE(paper->written.wait());
    EXPECT_EQ(paper->who, server.id());
    EXPECT_EQ(paper->reason, half::exit_reason::killed());
    const auto report = heard.wait_for(kind::left_behind);
    EXPECT_EQ(report->pid, server.id());
    EXPECT_EQ(report->server, "spinner");
    EXPECT_EQ(report->message, "spinner::spin");
    EXPECT_GT(report->held, 0ms);
    EXPECT_EQ(runtime->stats().left_behind, 1u);
    EXPECT_EQ(runtime->stats().processes, 0u);
    EXPECT_EQ(graves->graves, 0);  // the handler may still look at its state
}

TEST_F(LeftBehind, GivesItsWorkerToOthers) {
    server.cast(door.spin());
    leave_it_behind();
    for (int i = 0; i < 1000; ++i)
        EXPECT_EQ(runtime->call(runtime->start(spinner{.count = i}), spinner::get{}, soon), i);
    EXPECT_EQ(runtime->try_call(server, spinner::get{}, soon).error(), half::no_answer::no_such_process);
    EXPECT_EQ(runtime->stats().workers, 1u);
}

TEST_F(LeftBehind, HasItsStateDestroyedOnceWhenItsHandlerComesBack) {
    server.cast(door.spin());
    leave_it_behind();
    door.release->set();
    ASSERT_TRUE(graves->first.wait());
    for (int i = 0; i < 100; ++i) EXPECT_EQ(runtime->call(runtime->start(spinner{}), spinner::get{}, soon), 0);
    runtime.reset();  // joins the thread that came back: in a moment, not at the deadline
    EXPECT_EQ(graves->graves, 1);
    EXPECT_EQ(heard.count(kind::left_behind), 1);
}

TEST_F(LeftBehind, TellsCallersWhoseQuestionsCameAfterwards) {
    server.cast(door.spin());
    ASSERT_TRUE(door.inside->wait());
    auto answer = std::async(std::launch::async, [&] { return callers.try_call(server, spinner::get{}, soon); });
    ASSERT_TRUE(eventually([&] { return half::backlog(server).length == 1; }));
    leave_it_behind();
    const auto told = answer.get();  // while the handler is still inside
    ASSERT_FALSE(told);
    EXPECT_EQ(told.error(), half::no_answer::died);
    EXPECT_EQ(told.error().reason, half::exit_reason::killed());
}

TEST_F(LeftBehind, TellsEvenPatientCallersWhoseQuestionsItHadFetched) {
    released first;
    server.cast(first.spin());
    ASSERT_TRUE(first.inside->wait());
    server.cast(door.spin());  // these two come out of the mailbox together
    auto answer =
        std::async(std::launch::async, [&] { return callers.try_call(server, spinner::get{}, half::forever); });
    ASSERT_TRUE(eventually([&] { return half::backlog(server).length == 2; }));
    first.release->set();
    leave_it_behind();
    const auto told = answer.get();
    ASSERT_FALSE(told);
    EXPECT_EQ(told.error(), half::no_answer::died);
    EXPECT_FALSE(door.release->happened());
}

struct bounded_spinner {
    using mailbox = half::bounded<100, half::overload::reject>;
    using spin    = spinner::spin;
    using get     = spinner::get;

    int handle(spin m) {
        m.inside->set();
        (void)m.release->wait();
        return 0;
    }
    int handle(get) { return 1; }
};

TEST_F(LeftBehind, TellsCallersInItsBoundedMail) {
    auto small = runtime->start(bounded_spinner{});
    ASSERT_TRUE(small.cast(door.spin()));
    ASSERT_TRUE(door.inside->wait());
    auto answer = std::async(std::launch::async, [&] { return callers.try_call(small, spinner::get{}, soon); });
    ASSERT_TRUE(eventually([&] { return half::backlog(small).length >= 1; }));
    half::kill(small);
    const auto told = answer.get();
    ASSERT_FALSE(told);
    EXPECT_EQ(told.error(), half::no_answer::died);
}

TEST_F(LeftBehind, ThatWouldWaitNextNeverComesSoFar) {
    server.cast(spinner::then_wait{door.inside, door.release});
    leave_it_behind();
    door.release->set();
    ASSERT_TRUE(graves->first.wait());
    runtime.reset();
    EXPECT_EQ(graves->graves, 1);
}

TEST_F(LeftBehind, RunsHooksAtOnceThatItAddsAfterwards) {
    auto late = std::make_shared<obituary::text>();
    server.cast(spinner::then_hook{door.inside, door.release, late});
    leave_it_behind();
    EXPECT_FALSE(late->written.happened());
    door.release->set();
    ASSERT_TRUE(graves->first.wait());
    EXPECT_TRUE(late->written.happened());
    EXPECT_EQ(late->who, server.id());
    EXPECT_EQ(late->reason, half::exit_reason::killed());
}

TEST_F(LeftBehind, StillReachesOthersWithWhatItSends) {
    auto other    = runtime->start(spinner{});
    auto heard_of = make_event(), inside = make_event();
    struct late_sender {
        struct go {};
        half::ref<spinner> other;
        released*          door;
        shared_event       tell, inside;
        void               handle(go) {
            inside->set();
            (void)door->release->wait();
            other.cast(spinner::tell{tell});
        }
    };
    auto sender = runtime->start(late_sender{other, &door, heard_of, inside});
    sender.cast(late_sender::go{});
    ASSERT_TRUE(inside->wait());
    half::kill(sender);
    ASSERT_TRUE(heard.wait_for(kind::left_behind));
    door.release->set();
    EXPECT_TRUE(heard_of->wait());
}

struct stubborn {
    struct go {};
    shared_event inside, release;
    mortal       life;

    void handle(go) {}
    void terminate(half::exit_reason) {
        inside->set();
        (void)release->wait();
    }
};

TEST_F(LeftBehind, MayHappenInTerminateToo) {
    auto last = runtime->start(stubborn{door.inside, door.release, {}});
    auto told = watch(last);
    last.stop();
    ASSERT_TRUE(door.inside->wait());
    half::kill(last);
    ASSERT_TRUE(told->written.wait());
    EXPECT_EQ(told->reason, half::exit_reason::killed());
    EXPECT_EQ(runtime->call(server, spinner::get{}, soon), 0);
}

TEST_F(LeftBehind, AgainAndAgain) {
    constexpr int             times = 10;
    std::vector<shared_event> releases;
    auto                      all = make_graveyard();
    for (int i = 0; i < times; ++i) {
        auto inside = make_event();
        releases.push_back(make_event());
        auto each = runtime->start(spinner{0, mortal{all}});
        auto told = watch(each);
        each.cast(spinner::spin{inside, releases.back()});
        ASSERT_TRUE(inside->wait());
        half::kill(each);
        ASSERT_TRUE(told->written.wait());
    }
    EXPECT_TRUE(eventually([&] { return heard.count(kind::left_behind) == times; }));
    EXPECT_EQ(runtime->call(server, spinner::get{}, soon), 0);
    for (auto& each : releases) each->set();
    EXPECT_TRUE(eventually([&] { return all->graves == times; }));
}

TEST(Destructor, LeavesAHandlerThatNeverReturnsBehind) {
    ears     heard;
    released door;
    auto     graves = make_graveyard();
    auto     other  = std::shared_ptr<obituary::text>{};
    auto     stuck  = half::ref<spinner>{};
    auto     idle   = half::ref<spinner>{};
    {
        half::runtime runtime{{.workers = 2, .stop_deadline = 100ms, .on_report = heard.listen()}};
        idle  = runtime.start(spinner{0, mortal{graves}});
        stuck = runtime.start(spinner{});
        other = watch(idle);
        stuck.cast(door.spin());
        ASSERT_TRUE(door.inside->wait());
    }  // returns, though nobody released it
    EXPECT_FALSE(door.release->happened());
    // And everybody else has ended as always.
    EXPECT_FALSE(half::alive(idle));
    EXPECT_TRUE(other->written.happened());
    EXPECT_EQ(graves->graves, 1);
    EXPECT_FALSE(half::alive(stuck));
}

}  // namespace
