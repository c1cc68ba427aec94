// A runtime ends whatever is under way in it.
#include "real.hpp"

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <gtest/gtest.h>

#include <algorithm>

namespace {

using namespace real;
namespace asio = boost::asio;
using asio::ip::tcp;

struct pet {
    struct feed {};
    struct wait {};
    struct ask {
        half::ref<pet> whom;
    };
    struct tell {
        using reply = int;
    };
    struct tick {};
    struct listen {};
    struct work {
        shared_event started;
    };
    struct ping {
        using reply = int;
    };

    mortal                              life     = {};
    std::vector<half::from<int>>        askers   = {};
    std::unique_ptr<asio::steady_timer> alarm    = {};
    std::unique_ptr<tcp::acceptor>      acceptor = {};

    void init(half::self<pet> self) { self.send_after(1h, feed{}); }
    void handle(feed) {}
    void handle(tick) {}
    int  handle(ping) { return 1; }
    void handle(tell, half::from<int> asker) { askers.push_back(std::move(asker)); }

    half::task<> handle(wait) { co_await half::sleep(24h); }
    half::task<> handle(ask m) { (void)co_await m.whom.try_call(tell{}, half::forever); }
    half::task<> handle(listen, half::self<pet> self) {
        acceptor = std::make_unique<tcp::acceptor>(self.executor(), tcp::endpoint{asio::ip::address_v4::loopback(), 0});
        (void)co_await acceptor->async_accept(half::tried);
    }
    half::task<> handle(work m) {
        co_await half::blocking([started = std::move(m.started)](std::stop_token asked) {
            event              stopped;
            std::stop_callback hear{asked, [&] { stopped.set(); }};
            started->set();
            (void)stopped.wait();
        });
    }
};

// An Asio timer that is awaited, in a state that owns it.
struct ringer {
    struct ring {};
    mortal                              life  = {};
    std::unique_ptr<asio::steady_timer> alarm = {};

    half::task<> handle(ring, half::self<ringer> self) {
        alarm = std::make_unique<asio::steady_timer>(self.executor(), 24h);
        co_await alarm->async_wait(half::awaited);
    }
};

TEST(Shutdown, OfAHundredThousandProcessesInTheMiddleOfEverything) {
    constexpr int many   = under_tsan ? 20'000 : 100'000;
    constexpr int some   = 200;
    auto          graves = make_graveyard();
    int           born   = 0;
    {
        half::runtime runtime{half::runtime_options{.workers = 2, .stop_deadline = soon}};
        auto          grave  = [&] { return ++born, mortal{graves}; };
        auto          silent = runtime.start(pet{grave()});
        for (int i = 0; i < many; ++i) {
            auto each = runtime.spawn(pet{grave()});
            if (i % 4 == 1) each.cast(pet::wait{});
            if (i % 4 == 2) each.cast(pet::ask{silent});
            if (i % 4 == 3) each.cast(pet::tick{});
            if (i % 8 >= 4) each.cast(pet::feed{});  // also behind a handler that waits
        }
        for (int i = 0; i < some; ++i) runtime.spawn(pet{grave()}).cast(pet::listen{});
        for (int i = 0; i < some; ++i) runtime.spawn(ringer{grave()}).cast(ringer::ring{});
        std::vector<shared_event> started;
        for (int i = 0; i < 4; ++i) runtime.spawn(pet{grave()}).cast(pet::work{started.emplace_back(make_event())});
        for (auto& each : started) ASSERT_TRUE(each->wait());
    }
    EXPECT_EQ(graves->graves, born);
}

TEST(Shutdown, OfProcessesThatHaveNotYetBegun) {
    auto graves = make_graveyard();
    for (int round = 1; round <= 20; ++round) {
        {
            half::runtime runtime{half::runtime_options{.workers = 1}};
            auto          server = runtime.start(pet{mortal{graves}});
            for (int i = 0; i < 999; ++i) runtime.spawn(pet{mortal{graves}}).cast(pet::ask{server});
        }
        ASSERT_EQ(graves->graves, 1000 * round);
    }
}

TEST(Shutdown, OfAMillionProcessesWithTimers) {
    constexpr int many   = under_tsan ? 100'000 : 1'000'000;
    auto          graves = make_graveyard();
    {
        half::runtime runtime{half::runtime_options{.workers = 2}};
        for (int i = 0; i < many - 1; ++i) runtime.spawn(pet{mortal{graves}});
        auto last = runtime.start(pet{mortal{graves}});
        EXPECT_EQ(runtime.call(last, pet::ping{}, soon), 1);
        EXPECT_TRUE(eventually([&] { return runtime.stats().timers >= many; })) << runtime.stats().timers;
        EXPECT_TRUE(eventually([&] { return runtime.stats().processes == many; })) << runtime.stats().processes;
    }
    EXPECT_EQ(graves->graves, many);
}

TEST(Shutdown, RightAfterTheStartAgainAndAgain) {
    for (int i = 0; i < (under_tsan ? 50 : 300); ++i) half::runtime runtime{half::runtime_options{.workers = 2}};
    auto graves = make_graveyard();
    for (int i = 1; i <= (under_tsan ? 50 : 300); ++i) {
        {
            half::runtime runtime{half::runtime_options{.workers = 2}};
            auto          a = runtime.spawn(pet{mortal{graves}});
            auto          b = runtime.spawn(pet{mortal{graves}});
            b.cast(pet::ask{a});
            if (i % 2) {
                EXPECT_EQ(runtime.call(a, pet::ping{}, soon), 1);
            }
        }
        ASSERT_EQ(graves->graves, 2 * i);
    }
}

TEST(Shutdown, LeavesRefsBehindThatReachNobody) {
    half::runtime  here{half::runtime_options{.workers = 1}};
    half::ref<pet> gone;
    auto           paper = std::shared_ptr<obituary::text>{};
    {
        half::runtime other{half::runtime_options{.workers = 1}};
        gone  = other.start(pet{});
        paper = watch(gone);
    }
    EXPECT_TRUE(paper->written.happened());
    EXPECT_EQ(paper->reason.why, half::exit_reason::kind::shutdown);
    EXPECT_FALSE(half::alive(gone));
    gone.cast(pet::tick{});
    gone.stop();
    half::kill(gone);
    EXPECT_EQ(half::backlog(gone).length, 0u);
    EXPECT_EQ(here.try_call(gone, pet::ping{}, soon).error(), half::no_answer::no_such_process);
    EXPECT_FALSE(here.info(gone));

    half::runtime next{half::runtime_options{.workers = 1}};  // its processes live in the same slots
    for (int i = 0; i < 300; ++i) EXPECT_NE(next.spawn(pet{}).id(), gone.id());
    EXPECT_EQ(next.try_call(gone, pet::ping{}, soon).error(), half::no_answer::no_such_process);
}

TEST(Shutdown, TellsCallersInOtherRuntimes) {
    half::runtime here{half::runtime_options{.workers = 1}};
    auto          there  = std::make_unique<half::runtime>(half::runtime_options{.workers = 1});
    auto          server = there->start(pet{});
    auto answer = std::async(std::launch::async, [&] { return here.try_call(server, pet::tell{}, half::forever); });
    ASSERT_TRUE(eventually([&] {
        const auto all = here.processes();
        return all.size() == 1 && here.info(all.front())->now == half::process_info::status::waiting;
    }));
    EXPECT_EQ(there->call(server, pet::ping{}, soon), 1);  // the question is with it now
    there.reset();
    const auto told = answer.get();
    ASSERT_FALSE(told);
    EXPECT_EQ(told.error(), half::no_answer::died);
    EXPECT_EQ(told.error().reason.why, half::exit_reason::kind::shutdown);
}

TEST(Shutdown, WithIoOfItsOwnThatNoProcessAwaits) {
    auto graves = make_graveyard();
    bool ran    = false;
    {
        half::runtime      runtime{half::runtime_options{.workers = 2}};
        asio::steady_timer timer{runtime.io(), 24h};
        timer.async_wait([life = mortal{graves}, &ran](boost::system::error_code e) { ran = !e; });
    }
    EXPECT_EQ(graves->graves, 1);
    EXPECT_FALSE(ran);
}

}  // namespace
