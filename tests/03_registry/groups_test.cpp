// Join, leave, tell all, ask all.
#include "actor.hpp"

#include <03_registry/groups.hpp>

#include <gtest/gtest.h>

using namespace acting;
using namespace std::chrono_literals;

namespace {

using actors = half::groups<actor>;

struct Groups : testing::Test {
    half::runtime sim{half::simulated{}};

    half::ref<actor> start(int is = 0, std::vector<int>* heard = nullptr) {
        return sim.start(actor{.is = is, .heard = heard});
    }
    void join(const actors& all, const std::string& group, half::ref<actor> one) {
        let(sim, one, [&](auto me) { all.join(me, group); });
    }
};

TEST_F(Groups, MembersInTheOrderOfJoining) {
    actors all;
    auto   ann = start(), bob = start(), cat = start();
    for (auto each : {bob, cat, ann}) join(all, "red", each);
    join(all, "blue", ann);
    EXPECT_EQ(all.members("red"), (std::vector{bob, cat, ann}));
    EXPECT_EQ(all.members("blue"), std::vector{ann});
    EXPECT_TRUE(all.members("green").empty());
}

TEST_F(Groups, OnceIsEnoughAndWhoComesBackComesLast) {
    actors all;
    auto   ann = start(), bob = start();
    for (auto each : {ann, bob, ann, ann}) join(all, "red", each);
    EXPECT_EQ(all.members("red"), (std::vector{ann, bob}));
    bool left = false, again = true;
    let(sim, ann, [&](auto me) {
        left  = all.leave(me, "red");
        again = all.leave(me, "red");
    });
    EXPECT_TRUE(left);
    EXPECT_FALSE(again);
    EXPECT_EQ(all.members("red"), std::vector{bob});
    join(all, "red", ann);
    EXPECT_EQ(all.members("red"), (std::vector{bob, ann}));
}

TEST_F(Groups, WhoEndsHasLeftBeforeAnybodyWhoWatchesCouldLook) {
    actors all;
    auto   ann   = start();
    int    looks = 0;
    let(sim, ann, [&](auto me) {
        auto look = [&](half::pid) {
            ++looks;
            EXPECT_TRUE(all.members("red").empty());
        };
        watched(me, look, [&] { all.join(me, "red"); });
    });
    half::kill(ann);
    sim.settle();
    EXPECT_EQ(looks, 2);
}

TEST_F(Groups, PublishSendsACopyToEach) {
    actors           all;
    std::vector<int> ann, bob;
    join(all, "red", start(0, &ann));
    join(all, "red", start(0, &bob));
    for (int i = 0; i < 3; ++i) all.publish("red", actor::number{i});
    all.publish("blue", actor::number{9});
    sim.settle();
    EXPECT_EQ(ann, (std::vector{0, 1, 2}));
    EXPECT_EQ(bob, ann);
}

TEST_F(Groups, InfoSaysOfWhichGroupsOneIsAMember) {
    actors all;
    auto   ann = start();
    join(all, "red", ann);
    join(all, "blue", ann);
    EXPECT_EQ(sim.info(ann)->attached, std::vector<std::string>{"member of red, blue"});
}

// -- ask all ------------------------------------------------------------------------------------------------------

using replies = half::answers<actor, actor::ask>;

TEST_F(Groups, MultiCallAsksEveryMember) {
    actors                        all;
    std::vector<half::ref<actor>> members;
    for (int i = 0; i < 300; ++i) {
        members.push_back(start(i));
        join(all, "red", members.back());
    }
    const auto got = sim.run(all.multi_call("red", actor::ask{}));
    ASSERT_EQ(got.size(), 300u);
    for (std::size_t i = 0; i < got.size(); ++i) {
        EXPECT_EQ(got[i].first, members[i]);
        EXPECT_EQ(got[i].second, static_cast<int>(i));
    }
    EXPECT_TRUE(sim.run(all.multi_call("nobody", actor::ask{})).empty());
}

struct worker {
    enum class mood { well, asleep, dies, gone };
    struct load {
        using reply = int;
    };
    struct pause {
        using reply = void;
    };
    half::groups<worker> all;
    mood                 is = mood::well;

    void            init(half::self<worker> self) { all.join(self, "workers"); }
    half::task<int> handle(load, half::self<worker> self) {
        if (is == mood::asleep) co_await half::sleep(1h);
        if (is == mood::dies) throw std::runtime_error{"too much"};
        if (is == mood::gone) half::kill(self);
        if (is == mood::gone) co_await half::sleep(1h);
        co_return 7;
    }
    void handle(pause) {}
};

TEST_F(Groups, EachAnswersOnItsOwnAndADeadOneTakesNoTime) {
    half::groups<worker> all;
    using enum worker::mood;
    for (auto mood : {well, dies, gone, well}) sim.start(worker{all, mood});
    const auto begin = sim.now();
    const auto got   = sim.run(all.multi_call("workers", worker::load{}, 1s));
    EXPECT_EQ(sim.now(), begin);
    ASSERT_EQ(got.size(), 4u);
    EXPECT_EQ(got[0].second, 7);
    EXPECT_EQ(got[1].second.error().reason, half::exit_reason::crash("too much"));
    EXPECT_EQ(got[2].second.error(), half::no_answer::died);
    EXPECT_EQ(got[3].second, 7);
    EXPECT_EQ(all.members("workers").size(), 2u);
}

TEST_F(Groups, ItWaitsForTheSlowestAsLongAsItWasTold) {
    half::groups<worker> all;
    using enum worker::mood;
    for (auto mood : {asleep, well, asleep}) sim.start(worker{all, mood});
    const auto begin = sim.now();
    const auto got   = sim.run(all.multi_call("workers", worker::load{}, 1s));
    EXPECT_GE(sim.now() - begin, 1s);
    EXPECT_LT(sim.now() - begin, 1100ms) << "all are asked at once";
    EXPECT_EQ(got[0].second.error(), half::no_answer::timed_out);
    EXPECT_EQ(got[1].second, 7);
    EXPECT_EQ(got[2].second.error(), half::no_answer::timed_out);
}

TEST_F(Groups, AReplyOfNothing) {
    half::groups<worker> all;
    sim.start(worker{all});
    const auto got = sim.run(all.multi_call("workers", worker::pause{}));
    ASSERT_EQ(got.size(), 1u);
    EXPECT_TRUE(got[0].second);
}

struct curious {
    struct count {
        using reply = int;
    };
    struct ask_all {
        using reply = int;
    };
    half::groups<curious> all;
    void                  init(half::self<curious> self) { all.join(self, "us"); }
    int                   handle(count) { return 1; }
    half::task<int>       handle(ask_all, half::self<curious> self) {
        int sum = 0;
        for (auto& [who, got] : co_await all.multi_call("us", count{})) {
            if (got) sum += *got;
            else if (who == self && got.error() == half::no_answer::calling_itself) sum += 100;
        }
        co_return sum;
    }
};

TEST_F(Groups, AMemberThatAsksItsOwnGroupGetsNoAnswerFromItself) {
    half::groups<curious> all;
    auto                  first = sim.start(curious{all});
    sim.start(curious{all});
    sim.start(curious{all});
    const auto begin = sim.now();
    EXPECT_EQ(sim.call(first, curious::ask_all{}), 102);
    EXPECT_EQ(sim.now(), begin);
}

TEST_F(Groups, AMultiCallOutlivesTheHandleItWasMadeWith) {
    auto ann = start(5);
    auto ask = [&] {
        actors all;
        join(all, "red", ann);
        return all.multi_call("red", actor::ask{});
    };
    const auto got = sim.run(ask());
    ASSERT_EQ(got.size(), 1u);
    EXPECT_EQ(got[0].second, 5);
}

// -- groups stand before their server, and must not look at it too early ------------------------------------------

half::groups<struct late> lates;

struct late {
    using mailbox = half::bounded<1, half::overload::reject>;
    struct ping {
        using reply = int;
    };
    int* pings;
    void init(half::self<late> self) { lates.join(self, "late"); }
    int  handle(ping) { return ++*pings; }
};

static_assert(half::may_refuse<late>);

TEST_F(Groups, OfAServerThatIsDefinedLaterAndAFullMailboxIsPassedOver) {
    int first = 0, second = 0;
    sim.start(late{&first});
    lates.publish("late", late::ping{});
    auto other = sim.spawn(late{&second});
    lates.publish("late", late::ping{});  // the first is full, the second is not yet a member
    sim.settle();
    EXPECT_EQ(first, 1);
    EXPECT_EQ(second, 0);
    lates.publish("late", late::ping{});
    const auto got = sim.run(lates.multi_call("late", late::ping{}));
    ASSERT_EQ(got.size(), 2u);
    EXPECT_EQ(got[1].first, other);
    sim.settle();
    EXPECT_GE(first, 2);
    EXPECT_GE(second, 1);
}

}  // namespace
