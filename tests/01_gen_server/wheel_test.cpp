// The timing wheel, as a value: against a sorted list that is too slow to be wrong.
#include <01_gen_server/detail/wheel.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <memory>
#include <optional>
#include <random>
#include <vector>

namespace {

using half::detail::wheel;
using half::detail::wheel_link;

std::vector<std::uint64_t> ticks_of(wheel_link* chain) {
    std::vector<std::uint64_t> all;
    for (; chain; chain = chain->after) all.push_back(chain->tick);
    return all;
}

TEST(Wheel, IsEmptyAtFirst) {
    wheel w;
    EXPECT_EQ(w.size(), 0u);
    EXPECT_EQ(w.next(), std::nullopt);
    EXPECT_EQ(w.advance(1'000'000), nullptr);
    EXPECT_EQ(w.now(), 1'000'000u);
}

TEST(Wheel, GivesBackWhatIsDueInOrder) {
    wheel      w;
    wheel_link a, b, c;
    w.arm(a, 30, 0);
    w.arm(b, 10, 0);
    w.arm(c, 20, 0);
    EXPECT_EQ(w.next(), 10u);
    EXPECT_EQ(w.advance(9), nullptr);
    EXPECT_EQ(ticks_of(w.advance(20)), (std::vector<std::uint64_t>{10, 20}));
    EXPECT_FALSE(b.hangs());
    EXPECT_TRUE(a.hangs());
    EXPECT_EQ(ticks_of(w.advance(1000)), (std::vector<std::uint64_t>{30}));
    EXPECT_EQ(w.size(), 0u);
}

TEST(Wheel, KeepsTheOrderOfThoseThatAreArmedForTheSameTick) {
    wheel                   w;
    std::vector<wheel_link> links(10);
    for (auto& each : links) w.arm(each, 5, 0);
    auto* due = w.advance(5);
    for (auto& each : links) {
        EXPECT_EQ(due, &each);
        due = due->after;
    }
    EXPECT_EQ(due, nullptr);
}

TEST(Wheel, FiresWhatIsArmedForThePastAtItsNextTick) {
    wheel      w;
    wheel_link late, keeps_it_turning;
    w.arm(keeps_it_turning, 1000, 0);
    w.advance(100);
    w.arm(late, 50, 100);
    EXPECT_EQ(w.next(), 101u);
    EXPECT_EQ(w.advance(101), &late);
}

TEST(Wheel, CatchesUpAtOnceWhenItWasEmpty) {
    wheel      w;
    wheel_link link;
    w.arm(link, 1'000'000'000'010, 1'000'000'000'000);
    EXPECT_EQ(w.next(), 1'000'000'000'010u);
    EXPECT_EQ(w.advance(1'000'000'000'010), &link);
}

TEST(Wheel, HasNothingToDoWhenAllIsCancelled) {
    wheel      w;
    wheel_link near, far;
    w.arm(near, 10, 0);
    w.arm(far, 100'000, 0);
    w.cancel(near);
    w.cancel(far);
    EXPECT_EQ(w.size(), 0u);
    EXPECT_EQ(w.next(), std::nullopt);
    EXPECT_EQ(w.advance(1'000'000), nullptr);
}

// Four years are all the levels together; what is later waits at the top and is hung again.
TEST(Wheel, ReachesAsFarAsAnyoneCares) {
    wheel                      w;
    std::vector<std::uint64_t> ticks;
    std::vector<wheel_link>    links(12);
    constexpr std::uint64_t    far[] = {1ull << 13, 1ull << 21, 1ull << 29, 255ull << 29, 256ull << 29, 600ull << 29};
    for (std::size_t i = 0; i < 6; ++i) {
        w.arm(links[2 * i], far[i] + 12'345, 0);
        w.arm(links[2 * i + 1], far[i], 0);
        ticks.insert(ticks.end(), {far[i], far[i] + 12'345});
    }
    EXPECT_EQ(ticks_of(w.advance(700ull << 29)), ticks);
}

// A multimap that does the same.
class model {
public:
    void arm(wheel_link* link, std::uint64_t tick, std::uint64_t now) { all_.emplace(std::max(tick, now + 1), link); }
    void cancel(wheel_link* link) {
        all_.erase(std::ranges::find_if(all_, [&](auto& each) { return each.second == link; }));
    }
    std::optional<std::uint64_t> next() const {
        return all_.empty() ? std::nullopt : std::optional{all_.begin()->first};
    }
    std::vector<wheel_link*> advance(std::uint64_t to) {
        std::vector<wheel_link*> due;
        for (; !all_.empty() && all_.begin()->first <= to; all_.erase(all_.begin()))
            due.push_back(all_.begin()->second);
        return due;
    }
    std::size_t size() const { return all_.size(); }

private:
    std::multimap<std::uint64_t, wheel_link*> all_;
};

// One random life of a wheel, from a random beginning.
void compare(std::uint64_t seed) {
    std::mt19937_64                          random{seed};
    wheel                                    w;
    model                                    m;
    std::vector<std::unique_ptr<wheel_link>> links;
    std::vector<wheel_link*>                 hanging, idle;
    std::uint64_t                            now = random() % (std::uint64_t{1} << (random() % 40));
    w.advance(now);

    const auto some_time = [&] { return random() % (std::uint64_t{1} << (1 + random() % 31)); };
    for (int step = 0; step < 2000; ++step) {
        switch (random() % 4) {
        case 0:
        case 1: {
            if (idle.empty()) idle.push_back(links.emplace_back(std::make_unique<wheel_link>()).get());
            auto* link = idle.back();
            idle.pop_back();
            const auto tick = now + some_time();
            w.arm(*link, tick, now);
            m.arm(link, tick, now);
            hanging.push_back(link);
            break;
        }
        case 2: {
            if (hanging.empty()) break;
            auto& chosen = hanging[random() % hanging.size()];
            auto* link   = std::exchange(chosen, hanging.back());
            hanging.pop_back();
            w.cancel(*link);
            m.cancel(link);
            idle.push_back(link);
            break;
        }
        default: {
            now += random() % 2 ? some_time() / 64 : random() % 100;
            std::vector<wheel_link*> due;
            std::uint64_t            last = 0;
            for (auto* link = w.advance(now); link; link = link->after) {
                ASSERT_GE(link->tick, last) << "seed " << seed << ", step " << step;
                ASSERT_LE(link->tick, now) << "seed " << seed << ", step " << step;
                ASSERT_FALSE(link->hangs());
                last = link->tick;
                due.push_back(link);
            }
            auto wanted = m.advance(now);
            idle.insert(idle.end(), due.begin(), due.end());
            std::erase_if(hanging, [](auto* link) { return !link->hangs(); });
            std::ranges::sort(due);
            std::ranges::sort(wanted);
            ASSERT_EQ(due, wanted) << "seed " << seed << ", step " << step;
        }
        }
        ASSERT_EQ(w.size(), m.size());
        ASSERT_EQ(w.size(), hanging.size());
        // It may be woken too soon, to spill a level, but never too late.
        const auto next = w.next(), wanted = m.next();
        ASSERT_EQ(next.has_value(), wanted.has_value()) << "seed " << seed << ", step " << step;
        if (next) {
            ASSERT_LE(*next, *wanted) << "seed " << seed << ", step " << step;
            ASSERT_GT(*next, w.now());
        }
    }
}

TEST(Wheel, DoesWhatASortedListDoes) {
    for (std::uint64_t seed = 1; seed <= 100; ++seed) {
        compare(seed);
        if (HasFatalFailure()) return;
    }
}

}  // namespace
