// Topics, groups and presence on real threads, everything at once. Made for ThreadSanitizer; the sums must add up.
#include "../01_gen_server/real.hpp"

#include <03_registry/duplicate_registry.hpp>
#include <03_registry/groups.hpp>
#include <03_registry/presence.hpp>
#include <03_registry/pubsub.hpp>

#include <gtest/gtest.h>

#include <map>
#include <random>

namespace {

using namespace real;

constexpr int scaled(int n) { return under_tsan ? n / 4 : n; }

using luggage = std::shared_ptr<std::atomic<int>>;

struct news {
    int     sender, number;
    luggage carried;
};
std::pair<int, int> form_of(const news& n) { return {n.sender, n.number}; }

struct visitor;

struct places {
    luggage                                                 carried = std::make_shared<std::atomic<int>>(0);
    half::pubsub<news, int>                                 channel;
    half::groups<visitor, int>                              groups;
    half::duplicate_registry<visitor, std::string, luggage> registry;
    half::presence<int>                                     online;
    std::shared_ptr<std::atomic<int>>                       out_of_order = std::make_shared<std::atomic<int>>(0);
};

// Numbers of one sender only go up.
struct ordered {
    std::map<int, int> last;
    bool               next(int sender, int number) { return std::exchange(last[sender], number) < number; }
};

// Comes, does this and that for a while, and goes in one way or another.
struct visitor {
    struct step {};
    struct ask {
        using reply = int;
    };
    places*          all;
    unsigned         seed;
    int              left;
    luggage          carried = all->carried;
    ordered          order   = {};
    std::minstd_rand draw{seed};

    void init(half::self<visitor> self) { self.cast(step{}); }
    void handle(news n) { *all->out_of_order += !order.next(n.sender, n.number); }
    void handle(half::shared<std::pair<int, int>> n) { *all->out_of_order += !order.next(n->first, n->second); }
    int  handle(ask) { return left; }
    void handle(step, half::self<visitor> self) {
        const int  topic = static_cast<int>(draw() % 3);
        const auto text  = std::to_string(topic);
        switch (draw() % 12) {
        case 0: all->channel.subscribe(self, topic); break;
        case 1: all->channel.subscribe(self, topic, half::as<&form_of>); break;
        case 2: all->channel.unsubscribe(self, topic); break;
        case 3: all->groups.join(self, topic); break;
        case 4: all->groups.leave(self, topic); break;
        case 5: all->registry.add(self, text, carried); break;
        case 6: all->registry.update(self, text, [&](luggage& l) { l = carried; }); break;
        case 7: all->registry.remove(self, text); break;
        case 8: all->online.track(self, text, "somebody", left); break;
        case 9: all->online.update(self, text, "somebody", [&](int& m) { m = left; }); break;
        case 10: all->online.untrack(self, text, "somebody"); break;
        default: all->channel.unsubscribe_all(self); break;
        }
        if (--left > 0) return self.cast(step{});
        if (seed % 3 == 0) throw std::runtime_error{"gone"};
        if (seed % 3 == 1) half::kill(self);
        self.stop();
    }
};

// Stays, and hears everything.
struct resident {
    struct count {
        using reply = int;
    };
    places* all;
    int     heard = 0;
    ordered order = {};

    void init(half::self<resident> self) { all->channel.subscribe(self, 0); }
    void handle(news n) {
        ++heard;
        *all->out_of_order += !order.next(n.sender, n.number);
    }
    int handle(count) { return heard; }
};

// Keeps a list by the diffs alone.
struct viewer {
    using list = std::map<std::pair<std::string, half::pid>, int>;
    struct show {
        using reply = list;
    };
    places* all;
    list    seen = {};

    void init(half::self<viewer> self) {
        all->online.subscribe(self, "0");
        for (const auto& [key, who] : all->online.list("0"))
            for (const auto& each : who) seen[{key, each.who}] = each.meta;
    }
    void handle(half::presence_diff<int> d) {
        for (const auto& [key, who] : d->leaves)
            for (const auto& each : who) seen.erase({key, each.who});
        for (const auto& [key, who] : d->joins)
            for (const auto& each : who) seen[{key, each.who}] = each.meta;
    }
    list handle(show) { return seen; }
};

half::runtime_options quiet(unsigned workers) {
    return {.workers = workers, .on_report = [](const half::report&) {}};
}

TEST(TopicsStress, EverybodyComesAndGoesWhileOthersSpeak) {
    places    all;
    const int messages = scaled(2000), visitors = scaled(2000);
    {
        half::runtime runtime{quiet(3)};
        auto          stays = runtime.start(resident{&all});
        auto          views = runtime.start(viewer{&all});

        std::vector<std::thread> speakers;
        for (int sender = 1; sender <= 2; ++sender)
            speakers.emplace_back([&, sender] {
                for (int i = 1; i <= messages; ++i) {
                    EXPECT_GE(all.channel.broadcast(0, {sender, i, all.carried}), 1u);
                    all.channel.broadcast_from(stays, 1, {-sender, i, all.carried});
                }
            });
        speakers.emplace_back([&] {
            for (int i = 0; i < messages; ++i) {
                all.registry.dispatch("0", [&](half::ref<visitor> v, const luggage& l) {
                    l->fetch_add(1);
                    v.cast(visitor::ask{});
                });
                (void)all.groups.members(1);
                (void)all.online.list("0");
                (void)all.registry.keys(stays);
                if (i % 50 == 0) (void)runtime.run(all.groups.multi_call(2, visitor::ask{}, soon));
            }
        });
        for (int i = 0; i < visitors; ++i) {
            auto one = runtime.spawn(visitor{&all, static_cast<unsigned>(i + 1), 1 + i % 60});
            if (i % 100 == 0) (void)runtime.info(one);
        }
        for (auto& each : speakers) each.join();

        EXPECT_TRUE(eventually([&] { return runtime.stats().processes == 2; }));
        EXPECT_TRUE(eventually([&] { return all.registry.count() == 0 && all.online.count("0") == 0; }));
        EXPECT_EQ(runtime.call(stays, resident::count{}, soon), 2 * messages) << "it was subscribed all the time";
        EXPECT_TRUE(eventually([&] { return runtime.call(views, viewer::show{}, soon).empty(); }));
        EXPECT_TRUE(eventually([&] { return all.channel.subscribers(0) == 1 && all.channel.subscribers(1) == 0; }));
        EXPECT_TRUE(eventually([&] { return all.groups.members(1).empty(); }));
    }
    EXPECT_EQ(all.channel.subscribers(0), 0u);
    EXPECT_EQ(*all.out_of_order, 0);
    EXPECT_EQ(all.carried.use_count(), 1);
}

TEST(TopicsStress, AListKeptByDiffsIsTheListInTheEnd) {
    places all;
    struct mover {
        struct step {};
        places*  all;
        unsigned seed;
        int      left;
        void     init(half::self<mover> self) { self.cast(step{}); }
        void     handle(step, half::self<mover> self) {
            const auto key = std::to_string(seed % 5);
            if (left % 3 == 0) all->online.untrack(self, "0", key);
            else if (!all->online.track(self, "0", key, left))
                all->online.update(self, "0", key, [&](int& m) { m = left; });
            if (--left > 0) self.cast(step{});
        }
    };
    half::runtime                  runtime{quiet(3)};
    std::vector<half::ref<viewer>> viewers;
    for (int i = 0; i < 30; ++i) {
        runtime.spawn(mover{&all, static_cast<unsigned>(i), scaled(400)});
        if (i % 5 == 0) viewers.push_back(runtime.start(viewer{&all}));
    }
    EXPECT_TRUE(eventually([&] {
        viewer::list last;
        for (const auto& [key, who] : all.online.list("0"))
            for (const auto& each : who) last[{key, each.who}] = each.meta;
        if (last.size() != 30) return false;
        for (const auto& [person, meta] : last)
            if (meta != 1) return false;
        for (auto each : viewers)
            if (runtime.call(each, viewer::show{}, soon) != last) return false;
        return true;
    }));
}

TEST(TopicsStress, TheTablesMayGoBeforeTheirMembers) {
    half::runtime runtime{quiet(2)};
    for (int i = 0; i < scaled(400); ++i) {
        struct guest {
            half::pubsub<news, int> channel;
            half::groups<guest>     groups;
            half::presence<int>     online;
            void                    init(half::self<guest> self) {
                channel.subscribe(self, 1);
                groups.join(self, "all");
                online.subscribe(self, "0");
                online.track(self, "0", "me", 1);
            }
            void handle(news) {}
            void handle(half::presence_diff<int>) {}
        };
        guest first;
        for (int j = 0; j < 4; ++j) half::kill(runtime.spawn(first));
    }
    EXPECT_TRUE(eventually([&] { return runtime.stats().processes == 0; }));
}

// A handler that never comes back is left behind: what it stood in is rid of it at once, and when it does come back,
// whatever it then asks for is not for it any more.
TEST(TopicsStress, WhoIsLeftBehindIsNowhereAnyMore) {
    struct stuck {
        struct stay {
            shared_event inside, release, done;
        };
        places all;
        void   handle(news) {}
        void   handle(half::presence_diff<int>) {}
        void   handle(stay m, half::self<stuck> self) {
            all.channel.subscribe(self, 0);
            all.channel.subscribe(self, 1);
            all.online.subscribe(self, "0");
            all.online.track(self, "0", "me", 1);
            m.inside->set();
            (void)m.release->wait();
            all.channel.subscribe(self, 0);
            all.channel.subscribe(self, 2);
            all.online.track(self, "0", "me again", 1);
            EXPECT_FALSE(all.online.update(self, "0", "me", [](int& i) { ++i; }));
            EXPECT_FALSE(all.online.untrack(self, "0", "me"));
            EXPECT_FALSE(all.channel.unsubscribe(self, 1));
            EXPECT_EQ(all.channel.unsubscribe_all(self), 0u);
            m.done->set();
        }
    };
    ears          heard;
    half::runtime runtime{{.workers = 2, .kill_deadline = 20ms, .on_report = heard.listen()}};
    places        all;
    auto          inside = make_event(), release = make_event(), done = make_event();
    auto          one = runtime.start(stuck{all});
    one.cast(stuck::stay{inside, release, done});
    ASSERT_TRUE(inside->wait());
    EXPECT_EQ(all.channel.subscribers(0), 1u);
    half::kill(one);
    ASSERT_TRUE(heard.wait_for(half::report::kind::left_behind));
    auto nowhere = [&] {
        return all.channel.subscribers(0) + all.channel.subscribers(1) + all.channel.subscribers(2)
               + all.online.count("0");
    };
    EXPECT_EQ(nowhere(), 0u);
    release->set();
    ASSERT_TRUE(done->wait());
    EXPECT_EQ(nowhere(), 0u);
}

// -- while somebody is telling of a change ------------------------------------------------------------------------

// A meta that can be copied when the test says so: a diff is being made as long as it says nothing.
struct gated {
    shared_event inside = {}, release = {};

    gated() = default;
    gated(shared_event i, shared_event r) : inside{std::move(i)}, release{std::move(r)} {}
    gated(gated&&) = default;
    gated(const gated& other) : inside{other.inside}, release{other.release} {
        if (!inside) return;
        inside->set();
        (void)release->wait();
    }
};

struct guest {
    struct come {
        using reply = bool;
        gated meta;
    };
    struct go {
        using reply = bool;
    };
    half::presence<gated> online;
    std::string           name;

    bool handle(come m, half::self<guest> self) { return online.track(self, "lobby", name, std::move(m.meta)); }
    bool handle(go, half::self<guest> self) { return online.untrack(self, "lobby", name); }
};

struct doorman {
    struct seen {
        using reply = std::vector<std::string>;
    };
    half::presence<gated>    online;
    std::vector<std::string> news = {};

    void init(half::self<doorman> self) { online.subscribe(self, "lobby"); }
    void handle(half::presence_diff<gated> d) {
        for (const auto& [key, who] : d->leaves) news.push_back("-" + key);
        for (const auto& [key, who] : d->joins) news.push_back("+" + key);
    }
    std::vector<std::string> handle(seen) { return news; }
};

TEST(TopicsStress, NobodyWaitsWhileAnotherTellsAndOrderHolds) {
    half::presence<gated> online;
    half::runtime         runtime{quiet(4)};
    auto                  inside = make_event(), release = make_event();
    auto                  early = runtime.start(doorman{online});
    auto                  ann   = runtime.start(guest{online, "ann"});
    auto                  bob   = runtime.start(guest{online, "bob"});
    auto                  cat   = runtime.start(guest{online, "cat"});

    ann.cast(guest::come{gated{inside, release}});
    ASSERT_TRUE(inside->wait());  // she is here, and the diff that says so is being made
    EXPECT_TRUE(runtime.call(bob, guest::come{}, soon));
    EXPECT_TRUE(runtime.call(cat, guest::come{}, soon));
    auto late = runtime.start(doorman{online});
    EXPECT_EQ(online.count("lobby"), 3u);
    EXPECT_TRUE(runtime.call(cat, guest::go{}, soon));
    EXPECT_TRUE(runtime.call(early, doorman::seen{}, soon).empty());
    release->set();

    // Who has listed cat is told that she went, though she came and went in one moment.
    const std::vector<std::string> all{"+ann", "-cat", "+bob"};
    EXPECT_TRUE(eventually([&] { return runtime.call(early, doorman::seen{}, soon) == all; }));
    EXPECT_TRUE(eventually([&] { return runtime.call(late, doorman::seen{}, soon) == all; }));
}

}  // namespace
