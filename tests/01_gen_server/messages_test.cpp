// What a message may be, and what a handler may ask for.
#include <01_gen_server/gen_server.hpp>

#include <gtest/gtest.h>

#include <array>
#include <memory>
#include <numeric>
#include <string>
#include <vector>

using namespace std::chrono_literals;

namespace {

struct counter {
    struct get {
        using reply = int;
    };
    struct add {
        int by;
    };

    int count = 0;

    int  handle(get) { return count; }
    void handle(add m) { count += m.by; }
};

struct stranger {};

// A handler is a function: it needs no runtime to be tested.

TEST(Messages, AHandlerIsAPlainFunction) {
    counter c{.count = 41};
    c.handle(counter::add{1});
    EXPECT_EQ(c.handle(counter::get{}), 42);
}

TEST(Messages, CastAndCallKeepTheOrderInWhichTheyWereSent) {
    half::runtime sim{half::simulated{}};
    auto          server = sim.start(counter{.count = 41});
    server.cast(counter::add{1});
    EXPECT_EQ(sim.call(server, counter::get{}), 42);
}

// What a server handles is known to the compiler.

struct asks_for_more {
    struct plain {};
    struct with_self {};
    struct with_from {
        using reply = int;
    };
    struct with_both {
        using reply = int;
    };
    struct waits {
        using reply = int;
    };
    struct by_const_reference {
        std::string text;
    };
    struct by_rvalue {
        std::string text;
    };
    struct by_value {
        std::string text;
    };

    std::vector<std::string>* log;

    void handle(plain) { log->push_back("plain"); }
    void handle(with_self, half::self<asks_for_more> self) {
        log->push_back("self");
        self.cast(plain{});
    }
    void handle(with_from, half::from<int> caller) { caller.reply(1); }
    void handle(with_both, half::from<int> caller, half::self<asks_for_more> self) {
        caller.reply(half::alive(self) ? 2 : 0);
    }
    half::task<int> handle(waits) {
        co_await half::sleep(1ms);
        co_return 3;
    }
    void handle(const by_const_reference& m) { log->push_back(m.text); }
    void handle(by_rvalue&& m) { log->push_back(std::move(m.text)); }
    void handle(by_value m) { log->push_back(std::move(m.text)); }
};

static_assert(half::handles<counter, counter::get>);
static_assert(half::handles<counter, counter::add>);
static_assert(!half::handles<counter, stranger>);
static_assert(!half::handles<counter, int>);
static_assert(half::handles<asks_for_more, asks_for_more::plain>);
static_assert(half::handles<asks_for_more, asks_for_more::with_self>);
static_assert(half::handles<asks_for_more, asks_for_more::with_from>);
static_assert(half::handles<asks_for_more, asks_for_more::with_both>);
static_assert(half::handles<asks_for_more, asks_for_more::waits>);
static_assert(half::handles<asks_for_more, asks_for_more::by_const_reference>);
static_assert(half::handles<asks_for_more, asks_for_more::by_rvalue>);
static_assert(half::handles<asks_for_more, asks_for_more::by_value>);
static_assert(!half::handles<asks_for_more, stranger>);
static_assert(half::call_message<counter::get> && !half::call_message<counter::add>);
static_assert(sizeof(half::ref<counter>) == 12, "a ref is a pid that knows a type");

TEST(Messages, AHandlerAsksForMoreByTakingMore) {
    std::vector<std::string> log;
    half::runtime            sim{half::simulated{}};
    auto                     server = sim.start(asks_for_more{&log});
    server.cast(asks_for_more::with_self{});
    sim.settle();
    EXPECT_EQ(log, (std::vector<std::string>{"self", "plain"}));
    EXPECT_EQ(sim.call(server, asks_for_more::with_from{}), 1);
    EXPECT_EQ(sim.call(server, asks_for_more::with_both{}), 2);
    EXPECT_EQ(sim.call(server, asks_for_more::waits{}), 3);
}

TEST(Messages, AHandlerTakesItsMessageAsItLikes) {
    const std::string        long_text(200, 'x');
    std::vector<std::string> log;
    half::runtime            sim{half::simulated{}};
    auto                     server = sim.start(asks_for_more{&log});
    server.cast(asks_for_more::by_const_reference{long_text});
    server.cast(asks_for_more::by_rvalue{long_text});
    server.cast(asks_for_more::by_value{long_text});
    sim.settle();
    EXPECT_EQ(log, (std::vector<std::string>{long_text, long_text, long_text}));
}

// A handler that waits may still look at its message afterwards, however it takes it.

struct patient {
    struct by_const_reference {
        std::string text;
    };
    struct by_rvalue {
        std::string text;
    };
    struct by_value {
        std::string text;
    };

    std::vector<std::string>* log;

    half::task<> handle(const by_const_reference& m) {
        co_await half::sleep(1ms);
        log->push_back(m.text);
    }
    half::task<> handle(by_rvalue&& m) {
        co_await half::sleep(1ms);
        log->push_back(m.text);
    }
    half::task<> handle(by_value m) {
        co_await half::sleep(1ms);
        log->push_back(m.text);
    }
};

TEST(Messages, AHandlerThatWaitsKeepsItsMessage) {
    const std::string        long_text(200, 'y');
    std::vector<std::string> log;
    half::runtime            sim{half::simulated{}};
    auto                     server = sim.start(patient{&log});
    server.cast(patient::by_const_reference{long_text});
    server.cast(patient::by_rvalue{long_text});
    server.cast(patient::by_value{long_text});
    sim.advance(10ms);
    EXPECT_EQ(log, (std::vector<std::string>{long_text, long_text, long_text}));
}

// Messages and replies of every shape.

struct post_office {
    struct parcel {
        std::unique_ptr<int> content;
    };
    struct swap {
        using reply = std::unique_ptr<int>;
        std::unique_ptr<int> content;
    };
    struct slow_swap {
        using reply = std::unique_ptr<int>;
        std::unique_ptr<int> content;
    };
    struct crate {
        std::array<int, 1000> items;
    };
    struct big_reply {
        using reply = std::array<int, 1000>;
    };
    struct done {
        using reply = void;
    };
    struct slowly_done {
        using reply = void;
    };

    int received = 0;

    void                 handle(parcel p) { received += *p.content; }
    std::unique_ptr<int> handle(swap s) {
        *s.content += 1;
        return std::move(s.content);
    }
    half::task<std::unique_ptr<int>> handle(slow_swap s) {
        co_await half::sleep(1ms);
        *s.content += 2;
        co_return std::move(s.content);
    }
    void                  handle(const crate& c) { received += std::accumulate(c.items.begin(), c.items.end(), 0); }
    std::array<int, 1000> handle(big_reply) {
        std::array<int, 1000> all{};
        all.fill(received);
        return all;
    }
    void         handle(done) { ++received; }
    half::task<> handle(slowly_done) {
        co_await half::sleep(1ms);
        ++received;
    }
};

TEST(Messages, MayOwnWhatCannotBeCopied) {
    half::runtime sim{half::simulated{}};
    auto          office = sim.start(post_office{});
    office.cast(post_office::parcel{std::make_unique<int>(7)});
    EXPECT_EQ(*sim.call(office, post_office::swap{std::make_unique<int>(1)}), 2);
    EXPECT_EQ(*sim.call(office, post_office::slow_swap{std::make_unique<int>(1)}), 3);
    EXPECT_EQ(sim.call(office, post_office::big_reply{})[999], 7);
}

TEST(Messages, MayBeLarge) {
    static_assert(sizeof(post_office::crate) > 1024, "larger than any block of the pool");
    half::runtime      sim{half::simulated{}};
    auto               office = sim.start(post_office{});
    post_office::crate crate{};
    crate.items.fill(3);
    for (int i = 0; i < 10; ++i) office.cast(crate);
    const auto all = sim.call(office, post_office::big_reply{});
    EXPECT_EQ(all.front(), 30'000);
    EXPECT_EQ(all.back(), 30'000);
}

TEST(Messages, AReplyMayBeNothing) {
    half::runtime sim{half::simulated{}};
    auto          office = sim.start(post_office{});
    sim.call(office, post_office::done{});
    EXPECT_TRUE(sim.try_call(office, post_office::slowly_done{}).has_value());
    EXPECT_EQ(sim.call(office, post_office::big_reply{})[0], 2);
}

TEST(Messages, ACallMessageThatIsCastIsHandledAndItsReplyThrownAway) {
    std::vector<std::string> log;
    half::runtime            sim{half::simulated{}};
    auto                     office = sim.start(post_office{});
    office.cast(post_office::done{});
    office.cast(post_office::slowly_done{});
    office.cast(post_office::big_reply{});
    office.cast(post_office::swap{std::make_unique<int>(1)});
    sim.advance(1ms);
    EXPECT_EQ(sim.call(office, post_office::big_reply{})[0], 2);

    auto polite = sim.start(asks_for_more{&log});
    polite.cast(asks_for_more::with_from{});  // its `from` is nobody; answering nobody is no error
    polite.cast(asks_for_more::with_both{});
    polite.cast(asks_for_more::plain{});
    sim.settle();
    EXPECT_EQ(log, (std::vector<std::string>{"plain"}));
}

TEST(Messages, AreDestroyedOnceWhateverBecomesOfThem) {
    struct reader {
        struct letter {
            std::shared_ptr<int> content;
        };
        void handle(letter) {}
    };
    const auto content = std::make_shared<int>(0);
    {
        half::runtime sim{half::simulated{}};
        auto          alive = sim.start(reader{});
        auto          dead  = sim.start(reader{});
        half::kill(dead);
        dead.cast(reader::letter{content});  // it dies before it reads this
        sim.settle();
        dead.cast(reader::letter{content});  // and nobody is there for this one
        alive.cast(reader::letter{content});
        sim.settle();
        EXPECT_EQ(content.use_count(), 1);
        alive.cast(reader::letter{content});  // still in the mail when the runtime ends
    }
    EXPECT_EQ(content.use_count(), 1);
}

TEST(Messages, CastToNobodyIsLostWithoutHarm) {
    half::ref<counter> nobody;
    EXPECT_FALSE(nobody);
    EXPECT_FALSE(half::alive(nobody));
    nobody.cast(counter::add{1});
    nobody.stop();
    half::exit(nobody, half::exit_reason::shutdown());
    half::kill(nobody);
}

TEST(Messages, ARefOutlivesItsRuntime) {
    half::ref<counter> server;
    {
        half::runtime sim{half::simulated{}};
        server = sim.start(counter{});
        EXPECT_TRUE(half::alive(server));
    }
    EXPECT_FALSE(half::alive(server));
    server.cast(counter::add{1});
}

TEST(Messages, ASlotThatIsLetAgainTakesNoMailForItsLastTenant) {
    half::runtime sim{half::simulated{}};
    auto          before = sim.start(counter{});
    half::kill(before);
    sim.settle();
    std::vector<half::ref<counter>> tenants;
    bool                            again = false;
    for (int i = 0; i < 300; ++i) {
        tenants.push_back(sim.start(counter{}));
        again |= tenants.back().id().slot == before.id().slot;
    }
    EXPECT_TRUE(again);
    before.cast(counter::add{1});
    EXPECT_EQ(sim.try_call(before, counter::get{}).error(), half::no_answer::no_such_process);
    for (auto each : tenants) EXPECT_EQ(sim.call(each, counter::get{}), 0);
}

}  // namespace
