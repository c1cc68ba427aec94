// Many processes under one key.
#include "actor.hpp"

#include <03_registry/duplicate_registry.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <stdexcept>

using namespace acting;

namespace {

using plain  = half::duplicate_registry<actor>;
using valued = half::duplicate_registry<actor, std::string, std::string>;

struct Duplicate : testing::Test {
    half::runtime sim{half::simulated{}};

    half::ref<actor>              start() { return sim.start(actor{}); }
    std::vector<half::ref<actor>> start(int many) {
        std::vector<half::ref<actor>> all;
        for (int i = 0; i < many; ++i) all.push_back(start());
        return all;
    }
    template <class Registry>
    std::vector<half::ref<actor>> called(const Registry& registry, const std::string& key) {
        std::vector<half::ref<actor>> refs;
        registry.dispatch(key, [&](half::ref<actor> each) { refs.push_back(each); });
        return refs;
    }
};

TEST_F(Duplicate, ManyStandUnderOneKeyInTheOrderInWhichTheyCame) {
    plain      registry;
    const auto all = start(5);
    for (auto i : {3, 1, 4, 0, 2}) let(sim, all[i], [&](auto me) { registry.add(me, "key"); });
    EXPECT_EQ(registry.members("key"), (std::vector{all[3], all[1], all[4], all[0], all[2]}));
    EXPECT_EQ(called(registry, "key"), registry.members("key"));
    EXPECT_EQ(registry.count("key"), 5u);
    EXPECT_EQ(registry.count("another"), 0u);
    EXPECT_TRUE(registry.members("another").empty());
}

TEST_F(Duplicate, OneMayStandThereMoreThanOnce) {
    plain registry;
    auto  one = start();
    for (int i = 0; i < 3; ++i) let(sim, one, [&](auto me) { registry.add(me, "key"); });
    EXPECT_EQ(called(registry, "key").size(), 3u);
    std::size_t times = 0, again = 1;
    let(sim, one, [&](auto me) {
        times = registry.remove(me, "key");
        again = registry.remove(me, "key");
    });
    EXPECT_EQ(times, 3u);
    EXPECT_EQ(again, 0u);
    EXPECT_EQ(registry.count(), 0u);
}

TEST_F(Duplicate, WhoRemovesItselfRemovesNobodyElse) {
    plain registry;
    auto  ann = start(), bob = start();
    for (auto each : {ann, bob})
        let(sim, each, [&](auto me) {
            registry.add(me, "a");
            registry.add(me, "b");
        });
    let(sim, ann, [&](auto me) { registry.remove(me, "a"); });
    EXPECT_EQ(registry.members("a"), std::vector{bob});
    EXPECT_EQ(registry.members("b"), (std::vector{ann, bob}));
    EXPECT_EQ(registry.count(), 3u);
}

TEST_F(Duplicate, EntriesEndWithTheirProcessBeforeAnybodyWhoWatchesCouldLook) {
    plain registry;
    auto  ann = start(), bob = start();
    int   looks = 0;
    let(sim, ann, [&](auto me) {
        auto look = [&](half::pid who) {
            ++looks;
            EXPECT_EQ(registry.count("key"), 1u);
            EXPECT_TRUE(registry.keys(who).empty());
            EXPECT_EQ(registry.members("key"), std::vector{bob});
        };
        watched(me, look, [&] {
            registry.add(me, "key");
            registry.add(me, "key");
        });
    });
    let(sim, bob, [&](auto me) { registry.add(me, "key"); });
    half::kill(ann);
    sim.settle();
    EXPECT_EQ(looks, 2);
    half::kill(bob);
    sim.settle();
    EXPECT_EQ(registry.count(), 0u);
}

TEST_F(Duplicate, ValuesGoWithTheEntries) {
    valued registry;
    auto   ann = start();
    let(sim, ann, [&](auto me) {
        registry.add(me, "key", "one");
        registry.add(me, "key", "two");
        registry.add(me, "other", "three");
    });
    auto values = [&] {
        std::vector<std::string> found;
        registry.dispatch("key", [&](half::ref<actor>, const std::string& value) { found.push_back(value); });
        return found;
    };
    EXPECT_EQ(values(), (std::vector<std::string>{"one", "two"}));
    std::size_t changed = 0;
    let(sim, ann, [&](auto me) { changed = registry.update(me, "key", [](std::string& value) { value += "!"; }); });
    EXPECT_EQ(changed, 2u);
    EXPECT_EQ(values(), (std::vector<std::string>{"one!", "two!"}));
    EXPECT_EQ(called(registry, "other").size(), 1u);  // f(ref) will do
}

TEST_F(Duplicate, AnUpdateThatThrowsChangesNothing) {
    valued registry;
    auto   ann = start();
    let(sim, ann, [&](auto me) {
        registry.add(me, "key", "as it was");
        EXPECT_THROW(registry.update(me, "key",
                                     [](std::string& value) {
                                         value = "half";
                                         throw std::runtime_error{"on the way"};
                                     }),
                     std::runtime_error);
    });
    registry.dispatch("key", [](half::ref<actor>, const std::string& value) { EXPECT_EQ(value, "as it was"); });
}

TEST_F(Duplicate, OnlyTheOwnValuesAreUpdated) {
    valued registry;
    auto   ann = start(), bob = start();
    for (auto each : {ann, bob}) let(sim, each, [&](auto me) { registry.add(me, "key", "x"); });
    let(sim, bob, [&](auto me) { registry.update(me, "key", [](std::string& value) { value = "y"; }); });
    registry.dispatch(
        "key", [&](half::ref<actor> who, const std::string& value) { EXPECT_EQ(value, who == bob ? "y" : "x"); });
}

TEST_F(Duplicate, ValuesAreDestroyedWithTheirEntries) {
    half::duplicate_registry<actor, std::string, std::shared_ptr<int>> registry;
    auto                                                               luggage = std::make_shared<int>(0);
    auto                                                               ann = start(), bob = start();
    for (auto each : {ann, bob}) let(sim, each, [&](auto me) { registry.add(me, "key", luggage); });
    EXPECT_EQ(luggage.use_count(), 3);
    let(sim, ann, [&](auto me) { registry.remove(me, "key"); });
    EXPECT_EQ(luggage.use_count(), 2);
    half::kill(bob);
    sim.settle();
    EXPECT_EQ(luggage.use_count(), 1);
}

// What is called may use the registry: no lock is held. Who comes meanwhile is not called, or this would not end.
TEST_F(Duplicate, WhatDispatchCallsMayUseTheRegistry) {
    plain registry;
    auto  ann   = start();
    int   calls = 0;
    let(sim, ann, [&](auto me) {
        for (int i = 0; i < 300; ++i) registry.add(me, "key");
        registry.dispatch("key", [&](half::ref<actor>) {
            ++calls;
            registry.add(me, "key");
            (void)registry.members("key");
        });
    });
    EXPECT_EQ(calls, 300);
    EXPECT_EQ(registry.count("key"), 600u);
}

TEST_F(Duplicate, ADispatchGoesOnWhereItWasWhenOthersGo) {
    plain      registry;
    const auto all = start(1000);
    for (auto each : all) let(sim, each, [&](auto me) { registry.add(me, "key"); });
    std::vector<half::ref<actor>> seen;
    registry.dispatch("key", [&](half::ref<actor> each) {
        seen.push_back(each);
        if (seen.size() != 500) return;
        for (std::size_t i = 0; i < 900; ++i) half::kill(all[i]);  // ahead and behind: the array is closed up
        sim.settle();
    });
    EXPECT_TRUE(std::ranges::is_sorted(seen, {}, [&](auto each) { return std::ranges::find(all, each); }));
    EXPECT_EQ(std::ranges::adjacent_find(seen), seen.end()) << "called twice";
    for (std::size_t i = 900; i < 1000; ++i)
        EXPECT_TRUE(std::ranges::count(seen, all[i]) == 1) << i << " was there all the time";
    EXPECT_LE(seen.size(), 500u + 128 + 100) << "those that have gone are called no more";
}

TEST_F(Duplicate, OrderSurvivesThatManyGo) {
    plain      registry;
    const auto all = start(1000);
    for (auto each : all) let(sim, each, [&](auto me) { registry.add(me, "key"); });
    std::vector<half::ref<actor>> rest;
    for (std::size_t i = 0; i < all.size(); ++i) {
        if (i % 7 == 0) rest.push_back(all[i]);
        else half::kill(all[i]);
    }
    sim.settle();
    EXPECT_EQ(registry.members("key"), rest);
    auto late = start();
    let(sim, late, [&](auto me) { registry.add(me, "key"); });
    rest.push_back(late);
    EXPECT_EQ(registry.members("key"), rest);
    EXPECT_EQ(called(registry, "key"), rest);
}

TEST_F(Duplicate, KeysOfAProcessInTheOrderInWhichItCameThere) {
    half::duplicate_registry<actor, int> registry;
    auto                                 ann = start(), bob = start();
    let(sim, ann, [&](auto me) {
        for (int key : {9, 2, 5, 7, 2}) registry.add(me, key);
    });
    EXPECT_EQ(registry.keys(ann), (std::vector{9, 2, 5, 7}));
    EXPECT_TRUE(registry.keys(bob).empty());
    EXPECT_TRUE(registry.keys(half::pid{}).empty());
}

// Whichever are fewer are searched: the places of the process, or the members of the key.
TEST_F(Duplicate, OneProcessUnderManyKeysAndManyUnderOne) {
    half::duplicate_registry<actor, int> registry;
    const auto                           all = start(200);
    for (auto each : all) let(sim, each, [&](auto me) { registry.add(me, 0); });
    let(sim, all[50], [&](auto me) {
        for (int key = 0; key < 1000; ++key) registry.add(me, key);
    });
    std::size_t from_none = 0, from_many = 0;
    let(sim, all[50], [&](auto me) {
        from_many = registry.remove(me, 0);
        for (int key = 1; key < 1000; ++key) from_none += registry.remove(me, key);
    });
    EXPECT_EQ(from_many, 2u);
    EXPECT_EQ(from_none, 999u);
    EXPECT_EQ(registry.count(), 199u);
    EXPECT_EQ(registry.count(0), 199u);
}

TEST_F(Duplicate, CopiesAreTheSameTableAndItLivesAsLongAsItsEntries) {
    auto ann = start();
    {
        plain first, second = first;
        let(sim, ann, [&](auto me) { first.add(me, "key"); });
        EXPECT_EQ(second.count("key"), 1u);
    }
    half::kill(ann);
    sim.settle();
    EXPECT_FALSE(half::alive(ann));
}

TEST_F(Duplicate, TwoRegistriesOfOneTypeAreTwo) {
    plain left, right;
    auto  ann = start();
    let(sim, ann, [&](auto me) {
        left.add(me, "key");
        right.add(me, "key");
        left.remove(me, "key");
    });
    EXPECT_EQ(left.count(), 0u);
    EXPECT_EQ(right.count(), 1u);
}

TEST_F(Duplicate, OneTableForTwoRuntimes) {
    plain registry;
    {
        half::runtime other{half::simulated{}};
        auto          ann = sim.start(actor{}), bob = other.start(actor{});
        let(sim, ann, [&](auto me) { registry.add(me, "key"); });
        let(other, bob, [&](auto me) { registry.add(me, "key"); });
        EXPECT_EQ(registry.members("key"), (std::vector{ann, bob}));
    }
    EXPECT_EQ(registry.count(), 1u);
}

TEST_F(Duplicate, InfoSaysUnderWhichKeysInAFewWords) {
    plain registry;
    auto  ann = start();
    let(sim, ann, [&](auto me) { registry.add(me, "lobby"); });
    EXPECT_EQ(sim.info(ann)->attached, std::vector<std::string>{"stands under lobby"});
    let(sim, ann, [&](auto me) {
        registry.add(me, std::string(1000, 'x'));
        for (int i = 0; i < 1000; ++i) registry.add(me, std::to_string(i));
    });
    EXPECT_EQ(sim.info(ann)->attached,
              std::vector<std::string>{"stands under lobby, " + std::string(40, 'x') + "..., 0 and 999 more"});
    let(sim, ann, [&](auto me) {
        for (const auto& key : registry.keys(me)) registry.remove(me, key);
    });
    EXPECT_TRUE(sim.info(ann)->attached.empty());
}

TEST_F(Duplicate, AKeyMayBeAnythingThatCanBeHashed) {
    half::duplicate_registry<actor, half::pid> followers;
    auto                                       ann = start(), bob = start();
    let(sim, bob, [&](auto me) { followers.add(me, ann); });
    EXPECT_EQ(followers.members(ann), std::vector{bob});
    EXPECT_EQ(sim.info(bob)->attached, std::vector<std::string>{"stands under " + half::to_string(ann)});
}

// -- a registry stands before its server, and must not look at it too early ---------------------------------------

half::duplicate_registry<struct late> lates;

struct late {
    using mailbox = half::bounded<1, half::overload::reject>;
    struct ping {};
    void init(half::self<late> self) { lates.add(self, "key"); }
    void handle(ping) {}
};

static_assert(half::may_refuse<late>);

TEST_F(Duplicate, OfAServerThatIsDefinedLater) {
    auto one     = sim.start(late{});
    int  refused = 0;
    lates.dispatch("key", [&](half::ref<late> each) {
        refused += !each.cast(late::ping{});
        refused += !each.cast(late::ping{});
    });
    EXPECT_EQ(refused, 1);
    EXPECT_EQ(lates.members("key"), std::vector{one});
}

}  // namespace
