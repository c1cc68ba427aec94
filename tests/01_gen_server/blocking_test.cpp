// Work that blocks: on a pool of its own, bounded, counted, and dropped with its process.
#include "real.hpp"

#include <gtest/gtest.h>

#include <string>

namespace {

using namespace real;

// Runs whatever it is given on the pool.
struct clerk {
    struct copy {
        std::string text;
        using reply = std::string;
    };
    struct fail {
        using reply = std::string;
    };
    struct nothing {
        using reply = int;
    };
    struct job {
        std::function<void(std::stop_token)> work;
        using reply = int;
    };
    struct try_job {
        std::function<void(std::stop_token)> work;
        using reply = std::string;
    };
    struct ping {
        using reply = int;
    };

    mortal life = {};

    half::task<std::string> handle(copy m) {
        co_return co_await half::blocking([text = std::move(m.text)] { return text + text; });
    }
    half::task<std::string> handle(fail) {
        try {
            co_return co_await half::blocking([]() -> std::string { throw std::runtime_error{"no disk"}; });
        } catch (const std::runtime_error& e) {
            co_return e.what();
        }
    }
    half::task<int> handle(nothing) {
        int reached = 0;
        co_await half::blocking([&reached] { reached = 7; });
        co_return reached;
    }
    half::task<int> handle(job m) {
        co_await half::blocking(std::move(m.work));
        co_return 1;
    }
    half::task<std::string> handle(try_job m) {
        try {
            co_await half::blocking(std::move(m.work));
            co_return "done";
        } catch (const half::blocking_pool_full& e) {
            co_return e.what();
        }
    }
    int handle(ping) { return 1; }
};

// Its hooks hear of the end first; that the process is taken apart, and its work cancelled, is seen by its state's end.
half::ref<clerk> start_mortal(half::runtime& runtime, shared_graveyard graves) {
    return runtime.start(clerk{mortal{std::move(graves)}});
}

bool waits(half::runtime& runtime, half::pid who) {
    const auto info = runtime.info(who);
    return info && info->now == half::process_info::status::waiting;
}

TEST(Blocking, GivesBackWhatTheFunctionReturns) {
    half::runtime runtime;
    EXPECT_EQ(runtime.call(runtime.start(clerk{}), clerk::copy{"ab"}, soon), "abab");
}

TEST(Blocking, ThrowsWhatTheFunctionThrows) {
    half::runtime runtime;
    EXPECT_EQ(runtime.call(runtime.start(clerk{}), clerk::fail{}, soon), "no disk");
}

TEST(Blocking, OfAFunctionThatReturnsNothingWaitsForIt) {
    half::runtime runtime;
    EXPECT_EQ(runtime.call(runtime.start(clerk{}), clerk::nothing{}, soon), 7);
}

TEST(Blocking, AnExceptionThatNobodyCatchesIsACrash) {
    ears          heard;
    half::runtime runtime{half::runtime_options{.on_report = heard.listen()}};
    auto          server = runtime.start(clerk{});
    const auto    told =
        runtime.try_call(server, clerk::job{[](std::stop_token) { throw std::runtime_error{"no disk"}; }}, soon);
    ASSERT_FALSE(told);
    EXPECT_EQ(told.error().reason, half::exit_reason::crash("no disk"));
}

TEST(Blocking, LeavesTheWorkersFree) {
    half::runtime runtime{{.workers = 1}};
    auto          busy = runtime.start(clerk{}), other = runtime.start(clerk{});
    auto          started = make_event(), go_on = make_event();
    busy.cast(clerk::job{[=](std::stop_token) {
        started->set();
        (void)go_on->wait();
    }});
    ASSERT_TRUE(started->wait());
    EXPECT_EQ(runtime.call(other, clerk::ping{}, soon), 1);
    EXPECT_EQ(runtime.call(other, clerk::copy{"x"}, soon), "xx");  // nor does it own the pool
    EXPECT_TRUE(waits(runtime, busy));
    go_on->set();
    EXPECT_EQ(runtime.call(busy, clerk::ping{}, soon), 1);
}

TEST(Blocking, IsToldByItsStopTokenThatItsProcessWasKilled) {
    half::runtime runtime;
    auto          server  = runtime.start(clerk{});
    auto          started = make_event(), stopped = make_event();
    server.cast(clerk::job{[=](std::stop_token token) {
        std::stop_callback tell{token, [&] { stopped->set(); }};
        started->set();
        (void)stopped->wait();
    }});
    ASSERT_TRUE(started->wait());
    EXPECT_FALSE(stopped->happened());
    half::kill(server);
    EXPECT_TRUE(stopped->wait());
}

TEST(Blocking, ThatWaitsInLineIsDroppedWithItsProcessAndCounted) {
    half::runtime runtime{{.workers = 2, .blocking_threads = 1}};
    auto          dead  = make_graveyard();
    auto          first = runtime.start(clerk{}), second = start_mortal(runtime, dead), third = runtime.start(clerk{});
    auto          started = make_event(), go_on = make_event(), ran = make_event();
    auto          graves = make_graveyard();
    first.cast(clerk::job{[=](std::stop_token) {
        started->set();
        (void)go_on->wait();
    }});
    ASSERT_TRUE(started->wait());
    auto life = std::make_shared<mortal>(graves);
    second.cast(clerk::job{[=, life = std::move(life)](std::stop_token) { ran->set(); }});
    ASSERT_TRUE(eventually([&] { return waits(runtime, second); }));
    EXPECT_EQ(runtime.stats().blocking_running, 1u);
    EXPECT_EQ(runtime.stats().blocking_waiting, 1u);

    half::kill(second);
    ASSERT_TRUE(dead->first.wait());
    go_on->set();
    EXPECT_EQ(runtime.call(third, clerk::copy{"x"}, soon), "xx");  // it stood behind the dropped one
    EXPECT_FALSE(ran->happened());
    EXPECT_EQ(graves->graves, 1);
    const auto stats = runtime.stats();
    EXPECT_EQ(stats.blocking_dropped, 1u);
    EXPECT_EQ(stats.blocking_waiting, 0u);
}

TEST(Blocking, IsCountedWhenItIsDone) {
    half::runtime runtime;
    auto          server = runtime.start(clerk{});
    for (int i = 0; i < 10; ++i) runtime.call(server, clerk::copy{"x"}, soon);
    EXPECT_TRUE(eventually([&] { return runtime.stats().blocking_done == 10; }));
    EXPECT_EQ(runtime.stats().blocking_running, 0u);
    EXPECT_EQ(runtime.stats().blocking_dropped, 0u);
}

TEST(Blocking, RefusesWhatTheLineCannotHold) {
    half::runtime runtime{{.blocking_threads = 1, .blocking_line = 1}};
    auto          first = runtime.start(clerk{}), second = runtime.start(clerk{}), third = runtime.start(clerk{});
    auto          started = make_event(), go_on = make_event();
    first.cast(clerk::job{[=](std::stop_token) {
        started->set();
        (void)go_on->wait();
    }});
    ASSERT_TRUE(started->wait());
    second.cast(clerk::job{[](std::stop_token) {}});
    ASSERT_TRUE(eventually([&] { return waits(runtime, second); }));

    auto refused = runtime.call(third, clerk::try_job{[](std::stop_token) {}}, soon);
    EXPECT_NE(refused.find("1 running, 1 waiting"), refused.npos) << refused;
    go_on->set();
    EXPECT_EQ(runtime.call(second, clerk::ping{}, soon), 1);  // its work is done: the line is empty
    EXPECT_EQ(runtime.call(third, clerk::try_job{[](std::stop_token) {}}, soon), "done");
}

// What a function owns may do anything when it is destroyed, even ask the pool.
TEST(Blocking, ThatIsDroppedIsDestroyedOutsideThePoolsLock) {
    struct nosy {
        half::runtime* runtime;
        shared_event   done;

        nosy(half::runtime& r, shared_event e) : runtime{&r}, done{std::move(e)} {}
        nosy(const nosy&) = delete;
        ~nosy() {
            (void)runtime->stats();
            done->set();
        }
    };
    half::runtime runtime{{.blocking_threads = 1}};
    auto          dead  = make_graveyard();
    auto          first = runtime.start(clerk{}), second = start_mortal(runtime, dead);
    auto          started = make_event(), go_on = make_event(), destroyed = make_event();
    first.cast(clerk::job{[=](std::stop_token) {
        started->set();
        (void)go_on->wait();
    }});
    ASSERT_TRUE(started->wait());
    second.cast(clerk::job{[keeps = std::make_shared<nosy>(runtime, destroyed)](std::stop_token) {}});
    ASSERT_TRUE(eventually([&] { return waits(runtime, second); }));
    half::kill(second);
    ASSERT_TRUE(dead->first.wait());
    go_on->set();
    EXPECT_TRUE(destroyed->wait());
}

TEST(Blocking, ThatRunsWhenTheRuntimeEndsIsAskedToStop) {
    auto started = make_event(), stopped = make_event();
    {
        half::runtime runtime{{.stop_deadline = soon}};
        runtime.spawn(clerk{}).cast(clerk::job{[=](std::stop_token token) {
            std::stop_callback tell{token, [&] { stopped->set(); }};
            started->set();
            (void)stopped->wait();
        }});
        ASSERT_TRUE(started->wait());
    }
    EXPECT_TRUE(stopped->happened());
}

}  // namespace
