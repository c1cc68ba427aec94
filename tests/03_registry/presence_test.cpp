// Who is here, and who came and went.
#include "actor.hpp"

#include <03_registry/presence.hpp>

#include <gtest/gtest.h>

#include <stdexcept>

using namespace acting;

namespace {

using online = half::presence<std::string>;
using diff   = half::presence_diff<std::string>;
using people = std::map<std::string, std::vector<half::present<std::string>>>;

// Writes down each diff: "+ann(phone) -bob(laptop)".
std::string in_words(const half::presence_changes<std::string>& changes) {
    std::string words;
    for (const auto& [sign, who] : {std::pair{'-', &changes.leaves}, std::pair{'+', &changes.joins}})
        for (const auto& [key, all] : *who)
            for (const auto& one : all)
                words += fmt::format("{}{}{}({})", words.empty() ? "" : " ", sign, key, one.meta);
    return words;
}

struct looker {
    struct act {
        std::function<void(half::self<looker>)> what;
    };
    std::vector<std::string>* seen;
    void                      handle(act m, half::self<looker> self) { m.what(self); }
    void                      handle(diff d) { seen->push_back(in_words(*d)); }
};

struct Presence : testing::Test {
    half::runtime            sim{half::simulated{}};
    online                   here;
    std::vector<std::string> seen;
    half::ref<actor>         ann = sim.start(actor{}), bob = sim.start(actor{});

    bool track(half::ref<actor> who, std::string topic, std::string key, std::string meta) {
        bool tracked = false;
        let(sim, who, [&](auto me) { tracked = here.track(me, topic, key, meta); });
        return tracked;
    }
    half::ref<looker> look(std::string topic) {
        auto one = sim.start(looker{&seen});
        one.cast(looker::act{[this, topic](auto me) { here.subscribe(me, topic); }});
        sim.settle();
        return one;
    }
};

TEST_F(Presence, ListsWhoIsHereByKey) {
    EXPECT_TRUE(here.list("lobby").empty());
    auto cat = sim.start(actor{});
    EXPECT_TRUE(track(ann, "lobby", "ann", "laptop"));
    EXPECT_TRUE(track(bob, "lobby", "bob", "phone"));
    EXPECT_TRUE(track(cat, "lobby", "ann", "phone"));
    EXPECT_TRUE(track(cat, "garden", "ann", "phone"));
    EXPECT_EQ(here.list("lobby"), (people{{"ann", {{ann, "laptop"}, {cat, "phone"}}}, {"bob", {{bob, "phone"}}}}));
    EXPECT_EQ(here.count("lobby"), 2u);
    EXPECT_EQ(here.count("garden"), 1u);
    EXPECT_EQ(here.count("nowhere"), 0u);
}

TEST_F(Presence, OneProcessIsPresentOnceUnderAKeyAndUnderAsManyKeysAsItLikes) {
    EXPECT_TRUE(track(ann, "lobby", "ann", "one"));
    EXPECT_FALSE(track(ann, "lobby", "ann", "two"));
    EXPECT_TRUE(track(ann, "lobby", "admin", "three"));
    EXPECT_EQ(here.list("lobby"), (people{{"admin", {{ann, "three"}}}, {"ann", {{ann, "one"}}}}));
}

TEST_F(Presence, UntrackAndUpdateAreForTheOwnPresence) {
    track(ann, "lobby", "ann", "laptop");
    track(ann, "lobby", "admin", "laptop");
    track(bob, "lobby", "ann", "phone");
    let(sim, bob, [&](auto me) {
        EXPECT_TRUE(here.update(me, "lobby", "ann", [](std::string& meta) { meta += ", on the train"; }));
        EXPECT_FALSE(here.update(me, "lobby", "admin", [](std::string&) { FAIL(); }));
        EXPECT_FALSE(here.update(me, "garden", "ann", [](std::string&) { FAIL(); }));
        EXPECT_FALSE(here.untrack(me, "lobby", "admin"));
    });
    EXPECT_EQ(here.list("lobby"),
              (people{{"admin", {{ann, "laptop"}}}, {"ann", {{ann, "laptop"}, {bob, "phone, on the train"}}}}));
    let(sim, ann, [&](auto me) {
        EXPECT_TRUE(here.untrack(me, "lobby", "ann"));
        EXPECT_FALSE(here.untrack(me, "lobby", "ann"));
    });
    EXPECT_EQ(here.list("lobby"), (people{{"admin", {{ann, "laptop"}}}, {"ann", {{bob, "phone, on the train"}}}}));
}

TEST_F(Presence, AnUpdateThatThrowsChangesNothing) {
    track(ann, "lobby", "ann", "laptop");
    look("lobby");
    let(sim, ann, [&](auto me) {
        EXPECT_THROW(here.update(me, "lobby", "ann",
                                 [](std::string& meta) {
                                     meta = "half";
                                     throw std::runtime_error{"on the way"};
                                 }),
                     std::runtime_error);
    });
    EXPECT_EQ(here.list("lobby"), (people{{"ann", {{ann, "laptop"}}}}));
    EXPECT_TRUE(seen.empty());
}

TEST_F(Presence, EachChangeIsOneDiffInOrder) {
    look("lobby");
    track(ann, "lobby", "ann", "laptop");
    track(bob, "lobby", "bob", "phone");
    track(bob, "garden", "bob", "phone");
    let(sim, bob, [&](auto me) { here.update(me, "lobby", "bob", [](std::string& meta) { meta = "tablet"; }); });
    let(sim, ann, [&](auto me) { here.untrack(me, "lobby", "ann"); });
    half::kill(bob);
    sim.settle();
    EXPECT_EQ(seen, (std::vector<std::string>{"+ann(laptop)", "+bob(phone)", "-bob(phone) +bob(tablet)", "-ann(laptop)",
                                              "-bob(tablet)"}));
}

TEST_F(Presence, AllThatAProcessLeavesInATopicIsOneDiff) {
    track(ann, "lobby", "ann", "laptop");
    track(ann, "lobby", "admin", "laptop");
    track(ann, "garden", "ann", "laptop");
    look("lobby");
    look("garden");
    half::kill(ann);
    sim.settle();
    std::ranges::sort(seen);
    EXPECT_EQ(seen, (std::vector<std::string>{"-admin(laptop) -ann(laptop)", "-ann(laptop)"}));
}

TEST_F(Presence, WhoEndsHasGoneBeforeAnybodyWhoWatchesCouldLook) {
    int looks = 0;
    let(sim, ann, [&](auto me) {
        auto look = [&](half::pid) {
            ++looks;
            EXPECT_TRUE(here.list("lobby").empty());
            EXPECT_EQ(here.count("lobby"), 0u);
        };
        watched(me, look, [&] { here.track(me, "lobby", "ann", "laptop"); });
    });
    half::kill(ann);
    sim.settle();
    EXPECT_EQ(looks, 2);
}

TEST_F(Presence, WhoSubscribesHearsOfItselfToo) {
    auto one = look("lobby");
    one.cast(looker::act{[&](auto me) { here.track(me, "lobby", "me", "here"); }});
    sim.settle();
    EXPECT_EQ(seen, std::vector<std::string>{"+me(here)"});
    half::kill(one);  // and nobody is left to hear of that
    sim.settle();
    EXPECT_EQ(seen.size(), 1u);
}

TEST_F(Presence, NothingComesOfWhatHappenedAfterUnsubscribe) {
    auto one = look("lobby");
    track(ann, "lobby", "ann", "laptop");
    bool was = false, still = true;
    one.cast(looker::act{[&](auto me) {
        was   = here.unsubscribe(me, "lobby");
        still = here.unsubscribe(me, "lobby");
    }});
    sim.settle();
    EXPECT_TRUE(was);
    EXPECT_FALSE(still);
    track(bob, "lobby", "bob", "phone");
    EXPECT_EQ(seen, std::vector<std::string>{"+ann(laptop)"});
}

TEST_F(Presence, AllSubscribersShareOneDiff) {
    std::vector<const void*> where;
    struct sharer {
        const online*             here;
        std::vector<const void*>* where;
        void                      init(half::self<sharer> self) { here->subscribe(self, "lobby"); }
        void                      handle(diff d) { where->push_back(&*d); }
    };
    for (int i = 0; i < 3; ++i) sim.start(sharer{&here, &where});
    track(ann, "lobby", "ann", "laptop");
    ASSERT_EQ(where.size(), 3u);
    EXPECT_EQ(where[0], where[1]);
    EXPECT_EQ(where[0], where[2]);
}

// A subscriber's process changes something while it is told: the diffs still come one after the other.
TEST_F(Presence, ChangesMadeWhileADiffIsToldComeAfterIt) {
    struct meddler {
        const online*             here;
        std::vector<std::string>* seen;
        void                      init(half::self<meddler> self) { here->subscribe(self, "lobby"); }
        void                      handle(diff d, half::self<meddler> self) {
            seen->push_back(in_words(*d));
            if (d->joins.contains("ann")) here->track(self, "lobby", "shadow", "of ann");
            if (d->leaves.contains("ann")) here->untrack(self, "lobby", "shadow");
        }
    };
    sim.start(meddler{&here, &seen});
    track(ann, "lobby", "ann", "laptop");
    half::kill(ann);
    sim.settle();
    EXPECT_EQ(seen, (std::vector<std::string>{"+ann(laptop)", "+shadow(of ann)", "-ann(laptop)", "-shadow(of ann)"}));
}

TEST_F(Presence, AMetaThatCannotBeCopiedIsNotToldOfAndThatIsAll) {
    struct fragile {
        bool breaks = false;
        fragile(bool b) : breaks{b} {}
        fragile(fragile&&) = default;
        fragile(const fragile& other) : breaks{other.breaks} {
            if (breaks) throw std::runtime_error{"no copy of this one"};
        }
    };
    half::presence<fragile> shop;
    struct keeper {
        half::presence<fragile> shop;
        int*                    joins;
        void                    init(half::self<keeper> self) { shop.subscribe(self, "shelf"); }
        void                    handle(half::presence_diff<fragile> d) { *joins += static_cast<int>(d->joins.size()); }
    };
    int joins = 0;
    sim.start(keeper{shop, &joins});
    let(sim, ann, [&](auto me) {
        EXPECT_TRUE(shop.track(me, "shelf", "broken", fragile{true}));
        EXPECT_TRUE(shop.track(me, "shelf", "whole", fragile{false}));
    });
    EXPECT_EQ(joins, 1);
    EXPECT_EQ(shop.count("shelf"), 2u);
}

TEST_F(Presence, MetasAreDestroyedWithTheirPresence) {
    half::presence<std::shared_ptr<int>> shop;
    auto                                 luggage = std::make_shared<int>(0);
    let(sim, ann, [&](auto me) { shop.track(me, "lobby", "ann", luggage); });
    let(sim, bob, [&](auto me) { shop.track(me, "lobby", "bob", luggage); });
    EXPECT_EQ(luggage.use_count(), 3);
    let(sim, ann, [&](auto me) { shop.untrack(me, "lobby", "ann"); });
    half::kill(bob);
    sim.settle();
    EXPECT_EQ(luggage.use_count(), 1);
}

TEST_F(Presence, InfoSaysWhereOneIsPresentAndWhatItListensTo) {
    track(ann, "lobby", "ann", "laptop");
    EXPECT_EQ(sim.info(ann)->attached, std::vector<std::string>{"present in lobby"});
    auto one = look("garden");
    EXPECT_EQ(sim.info(one)->attached, std::vector<std::string>{"subscribed to garden"});
}

}  // namespace
