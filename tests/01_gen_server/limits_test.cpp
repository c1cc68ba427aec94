// What a runtime will not do: hold more processes than it may, have more workers than there is room for, let one process
// own a worker.
#include "real.hpp"

#include <gtest/gtest.h>

namespace {

using namespace real;

struct small {
    struct ping {
        using reply = int;
    };
    struct breed {
        using reply = bool;
    };
    mortal life = {};

    int  handle(ping) { return 1; }
    bool handle(breed, half::self<small> self) {
        try {
            self.spawn(small{});
            return true;
        } catch (const half::too_many_processes&) {
            return false;
        }
    }
};

TEST(Limits, MoreProcessesThanMayBeAreRefused) {
    half::runtime                 runtime{half::runtime_options{.workers = 2, .max_processes = 10}};
    auto                          graves = make_graveyard();
    std::vector<half::ref<small>> all;
    for (int i = 0; i < 10; ++i) all.push_back(runtime.spawn(small{mortal{graves}}));
    EXPECT_THROW(runtime.spawn(small{mortal{graves}}), half::too_many_processes);
    EXPECT_EQ(graves->graves, 1);  // the one that was refused
    EXPECT_EQ(runtime.stats().processes, 10u);

    half::kill(all.back());
    ASSERT_TRUE(eventually([&] { return runtime.stats().processes == 9; }));
    EXPECT_EQ(runtime.call(all.front(), small::ping{}, soon), 1);  // a call from outside is a process too
    ASSERT_TRUE(eventually([&] { return runtime.stats().processes == 9; }));
    all.back() = runtime.spawn(small{mortal{graves}});
    EXPECT_THROW(runtime.call(all.front(), small::ping{}, soon), half::too_many_processes);
}

TEST(Limits, AHandlerThatSpawnsTooManyIsTold) {
    half::runtime runtime{half::runtime_options{.max_processes = 3}};
    auto          first = runtime.start(small{});
    ASSERT_TRUE(eventually([&] { return runtime.stats().processes == 1; }));  // who started it was a process too
    EXPECT_TRUE(runtime.call(first, small::breed{}, soon));
    ASSERT_TRUE(eventually([&] { return runtime.stats().processes == 2; }));
    EXPECT_FALSE(runtime.call(first, small::breed{}, soon));  // the caller is the third
    EXPECT_TRUE(half::alive(first));
}

TEST(Limits, RoomThatWasGivenBackIsUsedAgain) {
    half::runtime runtime{half::runtime_options{.workers = 2, .max_processes = 1000}};
    auto          graves = make_graveyard();
    for (int round = 1; round <= 20; ++round) {
        std::vector<half::ref<small>> all;
        for (int i = 0; i < 1000; ++i) all.push_back(runtime.spawn(small{mortal{graves}}));
        EXPECT_THROW(runtime.spawn(small{}), half::too_many_processes);
        for (auto each : all) half::kill(each);
        ASSERT_TRUE(eventually([&] { return runtime.stats().processes == 0; }));
        ASSERT_TRUE(eventually([&] { return graves->graves == 1000 * round; }));
    }
}

TEST(Limits, MoreWorkersThanThereIsRoomForAreRefused) {
    EXPECT_THROW(half::runtime{half::runtime_options{.workers = 257}}, std::invalid_argument);
    EXPECT_THROW(half::runtime{half::runtime_options{.workers = 1'000'000}}, std::invalid_argument);
    half::runtime many{half::runtime_options{.workers = under_tsan ? 32u : 256u}};
    EXPECT_EQ(many.call(many.start(small{}), small::ping{}, soon), 1);
    EXPECT_EQ(many.stats().workers, under_tsan ? 32u : 256u);
}

TEST(Limits, NothingStaysOfProcessesThatEnded) {
    half::runtime runtime{half::runtime_options{.workers = 2}};
    struct sleeper {
        struct nap {};
        mortal       life  = {};
        half::timer  alarm = {};
        void         init(half::self<sleeper> self) { alarm = self.send_after(24h, nap{}); }
        half::task<> handle(nap) { co_await half::sleep(24h); }
    };
    auto graves = make_graveyard();
    for (int i = 0; i < 1000; ++i) {
        auto each = runtime.start(sleeper{mortal{graves}});
        each.cast(sleeper::nap{});
        each.cast(sleeper::nap{});
        half::kill(each);
    }
    ASSERT_TRUE(eventually([&] { return graves->graves == 1000; }));
    EXPECT_TRUE(eventually([&] { return runtime.stats().processes == 0 && runtime.stats().timers == 0; }));
    EXPECT_TRUE(runtime.processes().empty());
}

// -- fairness, counted in messages and not in time ------------------------------------------------------------------

// Handles a flood, and knows how much of it.
struct flooded {
    struct hold {
        shared_event inside, release;
    };
    struct drop {
        half::pid to_tell = {};
    };

    std::shared_ptr<int> handled;  // one worker: whoever runs there may look

    void handle(hold m) {
        m.inside->set();
        (void)m.release->wait();
    }
    void handle(drop m);
};

struct watcher {
    struct look {};
    std::shared_ptr<int>               flood;
    std::shared_ptr<std::promise<int>> seen;
    void                               handle(look) { seen->set_value(*flood); }
};

void flooded::handle(drop m) {
    ++*handled;
    if (m.to_tell) half::ref<watcher>{m.to_tell}.cast(watcher::look{});
}

struct Fairness : testing::Test {
    static constexpr int               flood  = 20'000;
    std::shared_ptr<int>               count  = std::make_shared<int>(0);
    std::shared_ptr<std::promise<int>> seen   = std::make_shared<std::promise<int>>();
    shared_event                       inside = make_event(), release = make_event();
    half::runtime                      runtime{half::runtime_options{.workers = 1}};
    half::ref<flooded>                 server = runtime.start(flooded{count});
    half::ref<watcher>                 other  = runtime.start(watcher{count, seen});

    void hold() {
        server.cast(flooded::hold{inside, release});
        ASSERT_TRUE(inside->wait());
    }
    int look() {
        release->set();
        auto result = seen->get_future();
        return result.wait_for(soon) == std::future_status::ready ? result.get() : -1;
    }
};

TEST_F(Fairness, AFloodedServerGivesWayAfterASlice) {
    hold();
    for (int i = 0; i < flood; ++i) server.cast(flooded::drop{i == 1000 ? other.id() : half::pid{}});
    const int handled = look();
    EXPECT_GT(handled, 1000);
    EXPECT_LE(handled, 1001 + 64);  // the rest of the slice in which it was sent
}

TEST_F(Fairness, WhatComesFromOutsideIsNotStarvedByAFlood) {
    hold();
    for (int i = 0; i < flood; ++i) server.cast(flooded::drop{});
    other.cast(watcher::look{});
    const int handled = look();
    EXPECT_GE(handled, 0);
    EXPECT_LE(handled, 64 * 61);  // the outside is looked at every 61 turns at the latest
}

// Two that talk to each other, always in the slot that runs next, must not own their worker.
struct talker {
    struct start {
        half::pid          with, to_tell;
        shared_event       release;
        std::atomic<bool>* over;
    };
    struct word {
        half::pid          from;
        std::atomic<bool>* over;
    };
    std::shared_ptr<int> words;

    void handle(start m, half::self<talker> self) {
        half::ref<watcher>{m.to_tell}.cast(watcher::look{});  // in the slot; the next word moves it to the ring
        half::ref<talker>{m.with}.cast(word{self.id(), m.over});
    }
    void handle(word m, half::self<talker> self) {
        ++*words;
        if (!*m.over) half::ref<talker>{m.from}.cast(word{self.id(), m.over});
    }
};

TEST_F(Fairness, TwoThatTalkLetAThirdIn) {
    std::atomic<bool> over{false};
    auto              a = runtime.start(talker{count}), b = runtime.start(talker{count});
    a.cast(talker::start{b, other, nullptr, &over});
    const int words = look();
    over            = true;
    EXPECT_GE(words, 0);
    EXPECT_LE(words, 32);
    ASSERT_TRUE(kill_and_wait(a));
    ASSERT_TRUE(kill_and_wait(b));
}

}  // namespace
