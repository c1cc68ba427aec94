// Random processes that join, subscribe, track, leave and die, over many seeds, beside a model that says what must be: who
// stands where is exactly who lives and asked for it, everybody hears exactly what was said while it listened, in order,
// and nothing is left over.
#include "actor.hpp"

#include <03_registry/duplicate_registry.hpp>
#include <03_registry/groups.hpp>
#include <03_registry/presence.hpp>
#include <03_registry/pubsub.hpp>

#include <gtest/gtest.h>

#include <map>
#include <random>
#include <set>

using namespace std::chrono_literals;

namespace {

constexpr int topics = 3;
using luggage        = std::shared_ptr<int>;

struct note {
    int     number;
    luggage carried;
};
struct walker;
using person = std::pair<std::string, half::pid>;  // a key, and which process

// What is true of the whole run. The model on the right; what the processes themselves have seen on the left.
struct world {
    std::mt19937_64 random;
    luggage         carried = std::make_shared<int>(0);
    int             unborn = 25, said = 0, deaths = 0;

    half::duplicate_registry<walker, int, luggage> places{};
    half::groups<walker, int>                      groups{};
    half::pubsub<note, int>                        channel{};
    half::presence<int>                            online{};

    std::map<int, std::vector<half::pid>> stand{}, member{}, subscribed{};  // in order
    std::map<int, std::map<person, int>>  present{};
    std::map<half::pid, std::map<int, std::map<person, int>>>
                                          views{};  // by subscriber and topic, put together from diffs
    std::map<half::pid, std::vector<int>> expected{}, heard{};
    std::vector<half::ref<walker>>        everybody{};

    int draw(int below) { return static_cast<int>(random() % static_cast<std::uint64_t>(below)); }

    bool forget(std::vector<half::pid>& list, half::pid who) { return std::erase(list, who) > 0; }
    void died(half::pid who);
    void compare();
};

int encodes = 0;
int number_of(const note& n) {
    ++encodes;
    return n.number;
}

struct walker {
    struct step {};

    world*  all;
    luggage carried;

    void init(half::self<walker> self) {
        self.here().on_exit(std::make_unique<acting::when_it_ends>([w = all](half::pid who) { w->died(who); }));
        all->everybody.push_back(self);
        self.send_every(std::chrono::milliseconds{1 + all->draw(9)}, step{});
    }

    void handle(note n, half::self<walker> self) { all->heard[self].push_back(n.number); }
    void handle(half::shared<int> n, half::self<walker> self) { all->heard[self].push_back(*n); }
    void handle(half::presence_diff<int> d, half::self<walker> self) {
        auto  topic = std::stoi(d->topic);
        auto& view  = all->views[self];
        if (!view.contains(topic)) return;  // unsubscribed: this was in the mail
        for (const auto& [key, who] : d->leaves)
            for (const auto& each : who) view[topic].erase({key, each.who});
        for (const auto& [key, who] : d->joins)
            for (const auto& each : who) view[topic][{key, each.who}] = each.meta;
    }

    void handle(step, half::self<walker> self) {
        const int  topic = all->draw(topics);
        const auto text  = std::to_string(topic);
        const auto key   = std::string(1, static_cast<char>('a' + all->draw(3)));
        auto&      here  = all->present[topic];
        switch (all->draw(18)) {
        case 0:
            all->places.add(self, topic, carried);
            all->stand[topic].push_back(self);
            break;
        case 1: {
            const auto stood = static_cast<std::size_t>(std::ranges::count(all->stand[topic], self.id()));
            EXPECT_EQ(all->places.remove(self, topic), stood);
            all->forget(all->stand[topic], self);
            break;
        }
        case 2:
            all->groups.join(self, topic);
            if (!std::ranges::count(all->member[topic], self.id())) all->member[topic].push_back(self);
            break;
        case 3: EXPECT_EQ(all->groups.leave(self, topic), all->forget(all->member[topic], self)); break;
        case 4:
        case 5:
            if (all->draw(2)) all->channel.subscribe(self, topic);
            else all->channel.subscribe(self, topic, half::as<&number_of>);
            if (!std::ranges::count(all->subscribed[topic], self.id())) all->subscribed[topic].push_back(self);
            break;
        case 6: EXPECT_EQ(all->channel.unsubscribe(self, topic), all->forget(all->subscribed[topic], self)); break;
        case 7:
        case 8: {
            const int  number = ++all->said;
            const bool but    = all->draw(3) == 0;
            auto       to     = all->subscribed[topic];
            if (but) std::erase(to, self.id());
            for (auto each : to) all->expected[each].push_back(number);
            const int before = encodes;
            EXPECT_EQ(but ? all->channel.broadcast_from(self, topic, {number, carried})
                          : all->channel.broadcast(topic, {number, carried}),
                      to.size());
            EXPECT_LE(encodes, before + 1);
            break;
        }
        case 9:
        case 10: {
            const bool fresh = here.try_emplace({key, self}, 0).second;
            EXPECT_EQ(all->online.track(self, text, key, 0), fresh);
            break;
        }
        case 11: EXPECT_EQ(all->online.untrack(self, text, key), here.erase({key, self}) > 0); break;
        case 12: {
            auto mine = here.find({key, self});
            if (mine != here.end()) ++mine->second;
            EXPECT_EQ(all->online.update(self, text, key, [](int& times) { ++times; }), mine != here.end());
            break;
        }
        case 13: {  // first subscribe, then list: nothing is missed
            all->online.subscribe(self, text);
            auto& view = all->views[self][topic];
            view.clear();
            for (const auto& [k, who] : all->online.list(text))
                for (const auto& each : who) view[{k, each.who}] = each.meta;
            break;
        }
        case 14: EXPECT_EQ(all->online.unsubscribe(self, text), all->views[self].erase(topic) > 0); break;
        case 15:
            if (all->unborn-- > 0) self.spawn(walker{all, carried});
            break;
        case 16:
            if (all->draw(6)) break;
            if (all->draw(2)) self.stop();
            else throw std::runtime_error{"a false step"};
            break;
        default:
            if (all->draw(4) == 0)
                half::kill(
                    all->everybody[static_cast<std::size_t>(all->draw(static_cast<int>(all->everybody.size())))]);
            break;
        }
    }
};

// As whoever watches a process hears of its end: nothing of it is left.
void world::died(half::pid who) {
    ++deaths;
    for (int topic = 0; topic < topics; ++topic) {
        forget(stand[topic], who);
        forget(member[topic], who);
        forget(subscribed[topic], who);
        std::erase_if(present[topic], [&](const auto& each) { return each.first.second == who; });
    }
    views.erase(who);
    EXPECT_TRUE(places.keys(who).empty());
    compare();
}

void world::compare() {
    std::size_t entries = 0;
    for (int topic = 0; topic < topics; ++topic) {
        const auto            text = std::to_string(topic);
        auto                  pids = [](const auto& refs) { return std::vector<half::pid>(refs.begin(), refs.end()); };
        std::map<person, int> here;
        std::set<std::string> keys;
        for (const auto& [key, who] : online.list(text)) {
            keys.insert(key);
            for (const auto& each : who) here[{key, each.who}] = each.meta;
        }
        entries += stand[topic].size();
        ASSERT_EQ(pids(places.members(topic)), stand[topic]);
        ASSERT_EQ(places.count(topic), stand[topic].size());
        ASSERT_EQ(pids(groups.members(topic)), member[topic]);
        ASSERT_EQ(channel.subscribers(topic), subscribed[topic].size());
        ASSERT_EQ(here, present[topic]);
        ASSERT_EQ(online.count(text), keys.size());
    }
    ASSERT_EQ(places.count(), entries);
}

struct totals {
    std::size_t heard = 0, viewed = 0;
    int         deaths = 0;
};

void walk(std::uint64_t seed, totals& sum) {
    world w{.random{seed}};
    {
        half::runtime sim{half::simulated{.seed = seed, .on_report = [](const half::report&) {}}};
        for (int i = 0; i < 8; ++i) sim.start(walker{&w, w.carried});
        for (int i = 0; i < 6; ++i) {
            sim.advance(25ms);
            w.compare();
            if (testing::Test::HasFatalFailure()) return;
            for (auto each : sim.processes()) ASSERT_EQ(w.heard[each], w.expected[each]);
            for (const auto& [who, topics_seen] : w.views)
                for (const auto& [topic, view] : topics_seen) {
                    ASSERT_EQ(view, w.present[topic]) << "diffs lead elsewhere than to the list";
                    sum.viewed += view.size();
                }
        }
        for (const auto& [who, numbers] : w.heard) {  // who died has heard a first part of it
            ASSERT_LE(numbers.size(), w.expected[who].size());
            ASSERT_TRUE(std::equal(numbers.begin(), numbers.end(), w.expected[who].begin()));
            sum.heard += numbers.size();
        }
        for (auto each : sim.processes()) half::kill(each);
        sim.settle();
        w.compare();
        ASSERT_EQ(w.places.count(), 0u);
        ASSERT_EQ(w.carried.use_count(), 1) << "a value, a message or a state is left over";
    }
    sum.deaths += w.deaths;
}

#if __has_feature(thread_sanitizer) || __has_feature(address_sanitizer)
constexpr std::uint64_t seeds = 150;  // they are slow; each run is the same as without
#else
constexpr std::uint64_t seeds = 1000;
#endif

TEST(TopicsProperty, WhoStandsWhereIsWhoLivesAndAskedAndHearsAllThatWasSaid) {
    totals sum;
    for (std::uint64_t seed = 1; seed <= seeds; ++seed) {
        SCOPED_TRACE(testing::Message() << "seed " << seed);
        walk(seed, sum);
        if (HasFailure()) return;
    }
    EXPECT_GT(sum.heard, 100 * seeds) << "or this proves little";
    EXPECT_GT(sum.viewed, 10 * seeds);
    EXPECT_GT(sum.deaths, static_cast<int>(10 * seeds));
}

TEST(TopicsProperty, TheSameSeedGivesTheSameOrder) {
    auto run = [](std::uint64_t seed) {
        world                    w{.random{seed}};
        half::runtime            sim{half::simulated{.seed = seed, .on_report = [](const half::report&) {}}};
        std::map<half::pid, int> nth;  // pids differ from run to run: slots are handed on
        for (int i = 0; i < 8; ++i) sim.start(walker{&w, w.carried});
        sim.advance(100ms);
        for (auto each : w.everybody) nth.try_emplace(each, static_cast<int>(nth.size()));
        std::vector<int> order;
        for (int topic = 0; topic < topics; ++topic) {
            for (auto each : w.places.members(topic)) order.push_back(nth[each]);
            for (auto each : w.groups.members(topic)) order.push_back(nth[each]);
        }
        return order;
    };
    for (std::uint64_t seed = 1; seed <= 20; ++seed) EXPECT_EQ(run(seed), run(seed));
}

}  // namespace
