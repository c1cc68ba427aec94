// Topics.
#include "actor.hpp"

#include <03_registry/pubsub.hpp>

#include <gtest/gtest.h>

#include <stdexcept>

using namespace acting;

namespace {

using numbers = half::pubsub<actor::number>;

struct PubSub : testing::Test {
    half::runtime    sim{half::simulated{}};
    std::vector<int> ann_heard, bob_heard;
    half::ref<actor> ann = sim.start(actor{.heard = &ann_heard});
    half::ref<actor> bob = sim.start(actor{.heard = &bob_heard});

    template <class Channel>
    void subscribe(const Channel& channel, const std::string& topic, std::vector<half::ref<actor>> whom) {
        for (auto each : whom) let(sim, each, [&](auto me) { channel.subscribe(me, topic); });
    }
};

TEST_F(PubSub, EachSubscriberGetsACopy) {
    numbers channel;
    EXPECT_EQ(channel.broadcast("final", {1}), 0u);
    subscribe(channel, "final", {ann, bob});
    EXPECT_EQ(channel.subscribers("final"), 2u);
    EXPECT_EQ(channel.broadcast("final", {2}), 2u);
    EXPECT_EQ(channel.broadcast("another", {3}), 0u);
    sim.settle();
    EXPECT_EQ(ann_heard, std::vector{2});
    EXPECT_EQ(bob_heard, std::vector{2});
}

TEST_F(PubSub, OnceIsEnough) {
    numbers channel;
    subscribe(channel, "final", {ann, ann, ann});
    EXPECT_EQ(channel.subscribers("final"), 1u);
    EXPECT_EQ(channel.broadcast("final", {1}), 1u);
    sim.settle();
    EXPECT_EQ(ann_heard, std::vector{1});
}

TEST_F(PubSub, NothingComesThatWasBroadcastAfterUnsubscribe) {
    numbers channel;
    subscribe(channel, "final", {ann, bob});
    bool was = false, still = true;
    let(sim, ann, [&](auto me) {
        channel.broadcast("final", {1});  // in the mail already: it comes
        was   = channel.unsubscribe(me, "final");
        still = channel.unsubscribe(me, "final");
        channel.broadcast("final", {2});
    });
    EXPECT_TRUE(was);
    EXPECT_FALSE(still);
    EXPECT_EQ(ann_heard, std::vector{1});
    EXPECT_EQ(bob_heard, (std::vector{1, 2}));
}

TEST_F(PubSub, UnsubscribeFromEverything) {
    numbers     channel, other;
    std::size_t from = 0, again = 1;
    for (const auto* topic : {"a", "b", "c"}) subscribe(channel, topic, {ann, bob});
    subscribe(other, "a", {ann});
    let(sim, ann, [&](auto me) {
        from  = channel.unsubscribe_all(me);
        again = channel.unsubscribe_all(me);
    });
    EXPECT_EQ(from, 3u);
    EXPECT_EQ(again, 0u);
    for (const auto* topic : {"a", "b", "c"}) EXPECT_EQ(channel.subscribers(topic), 1u);
    EXPECT_EQ(other.subscribers("a"), 1u);
    subscribe(channel, "a", {ann});
    EXPECT_EQ(channel.subscribers("a"), 2u);
}

TEST_F(PubSub, BroadcastFromSkipsExactlyOne) {
    numbers channel;
    subscribe(channel, "final", {ann, bob});
    let(sim, ann, [&](auto me) { EXPECT_EQ(channel.broadcast_from(me, "final", {1}), 1u); });
    EXPECT_EQ(channel.broadcast_from(bob, "final", {2}), 1u);
    EXPECT_EQ(channel.broadcast_from(half::pid{}, "final", {3}), 2u);
    sim.settle();
    EXPECT_EQ(ann_heard, (std::vector{2, 3}));
    EXPECT_EQ(bob_heard, (std::vector{1, 3}));
}

TEST_F(PubSub, BroadcastsOfOneSenderArriveInTheirOrder) {
    for (std::uint64_t seed = 1; seed <= 20; ++seed) {
        half::runtime    run{half::simulated{.seed = seed}};
        numbers          channel;
        std::vector<int> heard;
        auto             sender = run.start(actor{}), listener = run.start(actor{.heard = &heard});
        let(run, listener, [&](auto me) { channel.subscribe(me, "final"); });
        std::vector<int> sent;
        for (int i = 0; i < 50; ++i) {
            sent.push_back(i);
            sender.cast(actor::act{[&channel, i](auto) { channel.broadcast("final", {i}); }});
        }
        run.settle();
        EXPECT_EQ(heard, sent);
    }
}

TEST_F(PubSub, ASubscriptionEndsWithItsProcessBeforeAnybodyWhoWatchesCouldLook) {
    numbers channel;
    int     looks = 0;
    let(sim, ann, [&](auto me) {
        auto look = [&](half::pid) {
            ++looks;
            EXPECT_EQ(channel.broadcast("final", {1}), 0u);
            EXPECT_EQ(channel.subscribers("final"), 0u);
        };
        watched(me, look, [&] { channel.subscribe(me, "final"); });
    });
    half::kill(ann);
    sim.settle();
    EXPECT_EQ(looks, 2);
}

TEST_F(PubSub, WhoDiesInTheMiddleOfABroadcastIsNoHarm) {
    numbers channel;
    subscribe(channel, "final", {ann, bob});
    half::kill(ann);  // not yet dead: the kill is under way
    EXPECT_EQ(channel.broadcast("final", {1}), 2u);
    sim.settle();
    EXPECT_TRUE(ann_heard.empty());
    EXPECT_EQ(bob_heard, std::vector{1});
}

// -- servers of different types, and full mailboxes ---------------------------------------------------------------

template <half::overload Policy>
struct small {
    using mailbox = half::bounded<2, Policy>;

    const numbers*    channel;
    std::vector<int>* heard;

    void init(half::self<small> self) { channel->subscribe(self, "final"); }
    void handle(actor::number m) { heard->push_back(m.n); }
};

TEST_F(PubSub, AMailboxThatRefusesIsCountedNowhereAndHarmsNobody) {
    numbers          channel;
    std::vector<int> heard;
    subscribe(channel, "final", {ann});
    sim.start(small<half::overload::reject>{&channel, &heard});
    subscribe(channel, "final", {bob});
    EXPECT_EQ(channel.broadcast("final", {1}), 3u);
    EXPECT_EQ(channel.broadcast("final", {2}), 3u);
    EXPECT_EQ(channel.broadcast("final", {3}), 2u);
    sim.settle();
    EXPECT_EQ(heard, (std::vector{1, 2}));
    EXPECT_EQ(ann_heard, (std::vector{1, 2, 3}));
    EXPECT_EQ(bob_heard, (std::vector{1, 2, 3}));
}

TEST_F(PubSub, AMailboxThatDropsTheOldestHasTakenTheMessage) {
    numbers          channel;
    std::vector<int> heard;
    sim.start(small<half::overload::drop_oldest>{&channel, &heard});
    for (int i = 1; i <= 5; ++i) EXPECT_EQ(channel.broadcast("final", {i}), 1u);
    sim.settle();
    EXPECT_EQ(heard, (std::vector{4, 5}));
}

// -- encode once --------------------------------------------------------------------------------------------------

struct goal {
    int minute;
};
int         encoded = 0;
std::string to_frame(const goal& g) {
    ++encoded;
    if (g.minute > 120) throw std::runtime_error{"there is no such minute"};
    return "goal at " + std::to_string(g.minute);
}

struct fan {
    struct act {
        std::function<void(half::self<fan>)> what;
    };
    std::vector<std::string>*        read;
    std::vector<const std::string*>* where;
    void                             handle(act m, half::self<fan> self) { m.what(self); }
    void                             handle(goal g) { read->push_back("plain " + std::to_string(g.minute)); }
    void                             handle(half::shared<std::string> frame) {
        read->push_back(*frame);
        where->push_back(&*frame);
    }
    void handle(half::shared<std::size_t> length) { read->push_back(std::to_string(*length)); }
};

struct Encode : testing::Test {
    half::runtime                   sim{half::simulated{}};
    half::pubsub<goal>              channel;
    std::vector<std::string>        read;
    std::vector<const std::string*> where;

    Encode() { encoded = 0; }
    half::ref<fan> start(std::function<void(half::self<fan>)> what) {
        auto one = sim.start(fan{&read, &where});
        one.cast(fan::act{std::move(what)});
        sim.settle();
        return one;
    }
    half::ref<fan> plain() {
        return start([&](auto me) { channel.subscribe(me, "final"); });
    }
    half::ref<fan> framed() {
        return start([&](auto me) { channel.subscribe(me, "final", half::as<&to_frame>); });
    }
};

TEST_F(Encode, OnceForEachBroadcastAndAllShareIt) {
    for (int i = 0; i < 300; ++i) framed();
    plain();
    EXPECT_EQ(channel.broadcast("final", {12}), 301u);
    EXPECT_EQ(encoded, 1);
    sim.settle();
    ASSERT_EQ(where.size(), 300u);
    for (const auto* each : where) EXPECT_EQ(each, where[0]);
    EXPECT_EQ(std::ranges::count(read, "goal at 12"), 300);
    EXPECT_EQ(std::ranges::count(read, "plain 12"), 1);
    channel.broadcast("final", {13});
    EXPECT_EQ(encoded, 2);
}

TEST_F(Encode, OnlyWhenSomebodyWantsIt) {
    plain();
    const auto one = framed();
    EXPECT_EQ(channel.broadcast("another", {1}), 0u);
    EXPECT_EQ(channel.broadcast_from(one, "final", {1}), 1u);
    EXPECT_EQ(encoded, 0);
    half::kill(one);
    sim.settle();
    EXPECT_EQ(channel.broadcast("final", {1}), 1u);
    EXPECT_EQ(encoded, 0);
}

TEST_F(Encode, EachFormOnItsOwn) {
    framed();
    start([&](auto me) {
        channel.subscribe(me, "final", half::as<[](const goal& g) { return static_cast<std::size_t>(g.minute); }>);
    });
    EXPECT_EQ(channel.broadcast("final", {7}), 2u);
    sim.settle();
    std::ranges::sort(read);
    EXPECT_EQ(read, (std::vector<std::string>{"7", "goal at 7"}));
}

TEST_F(Encode, WhenItThrowsNobodyHasGotTheMessage) {
    plain();
    framed();
    plain();
    EXPECT_THROW(channel.broadcast("final", {121}), std::runtime_error);
    EXPECT_EQ(encoded, 1);
    sim.settle();
    EXPECT_TRUE(read.empty());
    EXPECT_EQ(channel.broadcast("final", {90}), 3u);  // and all is as before
    sim.settle();
    EXPECT_EQ(read.size(), 3u);
}

TEST_F(Encode, TheLastFormCounts) {
    start([&](auto me) {
        channel.subscribe(me, "final");
        channel.subscribe(me, "final", half::as<&to_frame>);
    });
    start([&](auto me) {
        channel.subscribe(me, "final", half::as<&to_frame>);
        channel.subscribe(me, "final");
    });
    EXPECT_EQ(channel.broadcast("final", {5}), 2u);
    sim.settle();
    std::ranges::sort(read);
    EXPECT_EQ(read, (std::vector<std::string>{"goal at 5", "plain 5"}));
}

const half::pubsub<goal>* echo = nullptr;
std::string               echoing(const goal& g) {
    if (g.minute > 0) echo->broadcast("final", {g.minute - 1});
    return std::to_string(g.minute);
}

TEST_F(Encode, MayBroadcastItself) {
    echo = &channel;
    start([&](auto me) { channel.subscribe(me, "final", half::as<&echoing>); });
    EXPECT_EQ(channel.broadcast("final", {3}), 1u);
    sim.settle();
    EXPECT_EQ(read, (std::vector<std::string>{"0", "1", "2", "3"}));
}

// -- a message that cannot be copied ------------------------------------------------------------------------------

struct fragile {
    int* copies;
    explicit fragile(int* c) : copies{c} {}
    fragile(const fragile& other) : copies{other.copies} {
        if (++*copies == 2) throw std::runtime_error{"the second copy"};
    }
    fragile(fragile&&) = default;
};
struct glass {
    const half::pubsub<fragile>* channel;
    int*                         got;
    void                         init(half::self<glass> self) { channel->subscribe(self, "final"); }
    void                         handle(fragile) { ++*got; }
};

TEST_F(PubSub, OneCopyThatFailsIsNoHarmToTheOthersAndIsTold) {
    half::pubsub<fragile> channel;
    int                   copies = 0, got = 0;
    for (int i = 0; i < 5; ++i) sim.start(glass{&channel, &got});
    EXPECT_THROW(channel.broadcast("final", fragile{&copies}), std::runtime_error);
    sim.settle();
    EXPECT_EQ(copies, 5);
    EXPECT_EQ(got, 4);
}

// -- the rest -----------------------------------------------------------------------------------------------------

TEST_F(PubSub, TopicsOfAnyType) {
    half::pubsub<actor::number, int> channel;
    let(sim, ann, [&](auto me) { channel.subscribe(me, 7); });
    EXPECT_EQ(channel.broadcast(7, {1}), 1u);
    EXPECT_EQ(channel.broadcast(8, {1}), 0u);
}

TEST_F(PubSub, InfoSaysWhatAProcessIsSubscribedTo) {
    numbers channel;
    for (const auto* topic : {"a", "b", "c", "d"}) subscribe(channel, topic, {ann});
    EXPECT_EQ(sim.info(ann)->attached, std::vector<std::string>{"subscribed to a, b, c and 1 more"});
    let(sim, ann, [&](auto me) { channel.unsubscribe_all(me); });
    EXPECT_TRUE(sim.info(ann)->attached.empty());
}

TEST_F(PubSub, ASubscriptionInInitThatFailsIsGone) {
    struct stillborn {
        const numbers* channel;
        void           init(half::self<stillborn> self) {
            channel->subscribe(self, "final");
            throw std::runtime_error{"no"};
        }
        void handle(actor::number) {}
    };
    numbers channel;
    EXPECT_THROW(sim.start(stillborn{&channel}), half::start_failed);
    EXPECT_EQ(channel.subscribers("final"), 0u);
}

TEST_F(PubSub, LastWordsMayBeBroadcast) {
    struct speaker {
        const numbers* channel;
        void           init(half::self<speaker> self) { channel->subscribe(self, "final"); }
        void           handle(actor::number) {}
        void           terminate(half::exit_reason, half::self<speaker> self) {
            channel->unsubscribe(self, "final");
            channel->subscribe(self, "final");
            channel->broadcast("final", {42});
        }
    };
    numbers channel;
    subscribe(channel, "final", {ann});
    sim.start(speaker{&channel}).stop();
    sim.settle();
    EXPECT_EQ(ann_heard, std::vector{42});
    EXPECT_EQ(channel.subscribers("final"), 1u);
}

}  // namespace
