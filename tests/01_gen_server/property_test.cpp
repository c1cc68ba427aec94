// Random servers that call, cast, exit, kill and spawn each other, over many seeds: whatever happens, nobody is left
// waiting, nothing is out of order, and nothing is left over.
#include <01_gen_server/gen_server.hpp>

#include <gtest/gtest.h>

#include <array>
#include <map>
#include <memory>
#include <random>
#include <utility>
#include <vector>

using namespace std::chrono_literals;

namespace {

struct walker;

// What is true of the whole run; the servers write it, the test reads it.
struct world {
    std::mt19937_64                random;
    std::vector<half::ref<walker>> everybody = {};
    int                            unborn    = 0;  // how many more may be spawned

    std::map<std::pair<half::pid, half::pid>, int> sent = {}, heard = {};  // the last number from one to another
    int                                            asked = 0, resolved = 0, abandoned = 0, answered = 0;
    std::array<int, 6>                             failed     = {};
    int                                            disordered = 0, too_late = 0;

    int               draw(int below) { return static_cast<int>(random() % static_cast<std::uint64_t>(below)); }
    half::ref<walker> somebody() {
        return everybody[static_cast<std::size_t>(draw(static_cast<int>(everybody.size())))];
    }
};

// A question that is under way: it is resolved, or its asker was ended while it waited.
class open_question {
public:
    explicit open_question(world& w) : world_{w} { ++world_.asked; }
    ~open_question() { done_ ? ++world_.resolved : ++world_.abandoned; }
    open_question(const open_question&)            = delete;
    open_question& operator=(const open_question&) = delete;
    void           done() { done_ = true; }

private:
    world& world_;
    bool   done_ = false;
};

struct walker {
    struct word {
        half::pid            from;
        int                  number;
        std::shared_ptr<int> luggage;
    };
    struct ask {
        using reply = int;
        half::pid            from;
        int                  number;
        std::shared_ptr<int> luggage;
    };
    struct step {};
    struct handed_on {
        half::from<int> caller;
    };

    world*                       all;
    std::shared_ptr<int>         luggage;
    std::vector<half::from<int>> kept = {};

    void init(half::self<walker> self) {
        if (all->draw(20) == 0) throw std::runtime_error{"not born"};
        self.send_every(std::chrono::milliseconds{1 + all->draw(20)}, step{});
    }

    void handle(word m, half::self<walker> self) {
        note(m.from, m.number, self);
        if (all->draw(200) == 0) throw std::runtime_error{"a bad word"};
    }

    half::task<> handle(ask m, half::from<int> caller, half::self<walker> self) {
        note(m.from, m.number, self);
        // clang-format off
        switch (all->draw(12)) {
        case 0: kept.push_back(std::move(caller)); break;  // later, or never
        case 1: break;                                     // thrown away
        case 2: all->somebody().cast(handed_on{std::move(caller)}); break;
        case 3: co_await half::sleep(std::chrono::milliseconds{all->draw(40)}); caller.reply(1); break;
        case 4: co_await question(self); caller.reply(2); break;
        case 5: caller.fail({half::no_answer::overloaded}); break;
        case 6: if (all->draw(10) == 0) throw std::runtime_error{"a bad question"}; [[fallthrough]];
        default: caller.reply(3);
        }
        // clang-format on
    }

    void handle(handed_on m) {
        if (all->draw(3)) m.caller.reply(4);
        else kept.push_back(std::move(m.caller));
    }

    half::task<> handle(step, half::self<walker> self) {
        // clang-format off
        switch (all->draw(16)) {
        case 0: if (all->draw(4) == 0) half::kill(all->somebody()); break;
        case 1: half::exit(all->somebody(), all->draw(3) ? half::exit_reason::normal() : half::exit_reason::shutdown()); break;
        case 2: if (all->draw(8) == 0) self.stop(); break;
        case 3: if (all->draw(8) == 0) all->somebody().stop(half::exit_reason::other("told to")); break;
        case 4: if (all->unborn-- > 0) all->everybody.push_back(self.spawn(walker{all, luggage})); break;
        case 5: if (!kept.empty()) kept.back().reply(5), kept.pop_back(); break;
        case 6: co_await half::sleep(std::chrono::milliseconds{all->draw(30)}); break;
        case 7: self.cancel(self.send_after(1ms, step{})); break;
        case 8: case 9: case 10: co_await question(self); break;
        default: {
            auto to = all->somebody();
            to.cast(word{self.id(), ++all->sent[{self.id(), to}], luggage});
        }
        }
        // clang-format on
    }

    void terminate(half::exit_reason) {
        if (all->draw(10) == 0) throw std::runtime_error{"bad last words"};
    }

    half::task<> question(half::self<walker> self) {
        open_question open{*all};
        auto          to      = all->somebody();
        const auto    begin   = self.now();
        const auto    timeout = std::chrono::milliseconds{1 + all->draw(50)};
        const int     number  = to == self ? 0 : ++all->sent[{self.id(), to}];
        auto          got     = co_await to.try_call(ask{self.id(), number, luggage}, timeout);
        open.done();
        if (self.now() - begin > timeout) ++all->too_late;
        if (got) ++all->answered;
        else ++all->failed[static_cast<std::size_t>(got.error().why)];
    }

    // From one to another, numbers only go up.
    void note(half::pid from, int number, half::self<walker> self) {
        auto& last = all->heard[{from, self.id()}];
        if (number <= last) ++all->disordered;
        last = number;
    }
};

struct totals {
    int                answered = 0, abandoned = 0;
    std::array<int, 6> failed = {};
};

void walk(std::uint64_t seed, totals& sum) {
    world w{.random{seed}, .unborn = 40};
    auto  luggage = std::make_shared<int>(0);
    {
        half::runtime sim{half::simulated{.seed = seed, .on_report = [](const half::report&) {}}};
        for (int i = 0; i < 12; ++i) w.everybody.push_back(sim.spawn(walker{&w, luggage}));
        w.everybody.emplace_back();  // and nobody
        sim.advance(600ms);

        for (auto each : sim.processes()) half::kill(each);
        sim.settle();
        ASSERT_EQ(sim.processes().size(), 0u);
        ASSERT_EQ(sim.stats().processes, 0u);
        ASSERT_EQ(sim.stats().timers, 0u);
        ASSERT_EQ(luggage.use_count(), 1) << "somebody's state, message, reply or suspended handler is left over";
    }
    ASSERT_EQ(luggage.use_count(), 1);
    ASSERT_EQ(w.resolved + w.abandoned, w.asked);
    ASSERT_EQ(w.disordered, 0);
    ASSERT_EQ(w.too_late, 0) << "a call outlived its deadline";
    sum.answered += w.answered;
    sum.abandoned += w.abandoned;
    for (std::size_t i = 0; i < 6; ++i) sum.failed[i] += w.failed[i];
}

TEST(Property, NobodyIsLeftWaitingAndNothingIsLeftOver) {
    totals sum;
    for (std::uint64_t seed = 1; seed <= 500; ++seed) {
        SCOPED_TRACE(testing::Message() << "seed " << seed);
        walk(seed, sum);
        if (HasFatalFailure()) return;
    }
    EXPECT_GT(sum.answered, 10'000) << "or this proves little";
    EXPECT_GT(sum.abandoned, 0);
    for (std::size_t why = 0; why < 6; ++why) EXPECT_GT(sum.failed[why], 0) << "no call ended in way " << why;
}

// Money moves between accounts through processes that are killed at random: it is nowhere made or lost but in a transfer
// whose clerk died between the two steps, and each of those is known.
struct account {
    struct withdraw {
        using reply = bool;
        int amount;
    };
    struct deposit {
        using reply = void;
        int amount;
    };
    struct balance {
        using reply = int;
    };

    int money = 100;

    bool handle(withdraw m) {
        if (money < m.amount) return false;
        money -= m.amount;
        return true;
    }
    void handle(deposit m) { money += m.amount; }
    int  handle(balance) { return money; }
};

struct clerk {
    std::vector<half::ref<account>> accounts;
    std::mt19937_64                 random;
    int*                            in_transit;

    half::task<> init() {
        for (;;) {
            auto from   = accounts[random() % accounts.size()];
            auto to     = accounts[random() % accounts.size()];
            int  amount = static_cast<int>(random() % 50);
            if (co_await from.call(account::withdraw{amount})) {
                *in_transit += amount;
                co_await half::sleep(1ms);
                co_await to.call(account::deposit{amount});
                *in_transit -= amount;
            }
            co_await half::sleep(1ms);
        }
    }
};

TEST(Property, MoneyIsNeitherMadeNorLost) {
    for (std::uint64_t seed = 1; seed <= 50; ++seed) {
        int                             in_transit = 0;
        half::runtime                   sim{half::simulated{.seed = seed}};
        std::mt19937_64                 random{seed};
        std::vector<half::ref<account>> accounts;
        std::vector<half::pid>          clerks;
        for (int i = 0; i < 5; ++i) accounts.push_back(sim.start(account{}));
        for (int i = 0; i < 20; ++i)
            clerks.push_back(sim.spawn(clerk{accounts, std::mt19937_64{random()}, &in_transit}));
        for (auto each : clerks) {
            sim.advance(std::chrono::milliseconds{random() % 10});
            int sum = 0;
            for (auto a : accounts) sum += sim.call(a, account::balance{});
            ASSERT_EQ(sum + in_transit, 500) << "seed " << seed;
            half::kill(each);
        }
    }
}

}  // namespace
