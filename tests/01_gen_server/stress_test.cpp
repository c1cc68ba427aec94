// Everything at once, for a moment, on two workers and more. Made for ThreadSanitizer; the sums must add up.
#include "real.hpp"

#include <gtest/gtest.h>

#include <numeric>
#include <random>

namespace {

using namespace real;

constexpr int scaled(int n) { return under_tsan ? n / 3 : n; }

struct account {
    struct add {
        int by;
    };
    struct take {
        int by;
        using reply = bool;
    };
    struct get {
        using reply = long;
    };

    long money = 0;

    void handle(add m) { money += m.by; }
    bool handle(take m) {
        if (money < m.by) return false;
        money -= m.by;
        return true;
    }
    long handle(get) { return money; }
};

// Moves money between accounts: asks one, tells another.
struct trader {
    struct tallied {
        using reply = int;
    };
    std::vector<half::ref<account>> accounts;
    unsigned                        seed;
    int                             rounds;
    int                             moved = 0;

    half::task<> init() {
        std::minstd_rand draw{seed};
        for (int i = 0; i < rounds; ++i) {
            auto& from = accounts[draw() % accounts.size()];
            auto& to   = accounts[draw() % accounts.size()];
            int   by   = static_cast<int>(draw() % 10);
            if (co_await from.call(account::take{by}, soon)) to.cast(account::add{by}), ++moved;
        }
    }
    int handle(tallied) { return moved; }
};

TEST(Stress, MoneyIsNeitherMadeNorLost) {
    half::runtime                   runtime{{.workers = 3}};
    std::vector<half::ref<account>> accounts;
    for (int i = 0; i < 16; ++i) accounts.push_back(runtime.spawn(account{100}));
    std::vector<half::ref<trader>> traders;
    for (unsigned i = 1; i <= 32; ++i) traders.push_back(runtime.spawn(trader{accounts, i, scaled(5000)}));
    int moved = 0;
    for (auto each : traders) moved += runtime.call(each, trader::tallied{}, soon);
    EXPECT_GT(moved, 0);
    long sum = 0;
    for (auto each : accounts) sum += runtime.call(each, account::get{}, soon);
    EXPECT_EQ(sum, 1600);
}

TEST(Stress, CastsFromManyThreadsAllArriveInOrder) {
    struct ledger {
        struct entry {
            std::size_t thread;
            int         number;
        };
        struct result {
            using reply = long;
        };
        std::array<int, 4> last    = {};
        long               entries = 0;

        void handle(entry m) {
            if (m.number != ++last[m.thread]) throw std::logic_error{"out of order"};
            ++entries;
        }
        long handle(result) { return entries; }
    };
    half::runtime            runtime{{.workers = 2}};
    auto                     server = runtime.start(ledger{});
    constexpr int            each   = scaled(200'000);
    std::vector<std::thread> threads;
    for (std::size_t t = 0; t < 4; ++t)
        threads.emplace_back([=] {
            for (int i = 1; i <= each; ++i) server.cast(ledger::entry{t, i});
        });
    for (auto& t : threads) t.join();
    EXPECT_EQ(runtime.call(server, ledger::result{}, soon), 4L * each);
}

TEST(Stress, EveryCallIsAnsweredHoweverItsServerEnds) {
    struct moody {
        struct echo {
            int value;
            using reply = int;
        };
        struct later {
            int value;
            using reply = int;
        };
        struct never {
            using reply = int;
        };
        struct crash {
            using reply = int;
        };
        struct nap {
            using reply = int;
        };
        std::vector<half::from<int>> kept = {};

        int             handle(echo m) { return m.value; }
        half::task<int> handle(later m) {
            co_await half::sleep(1ms);
            co_return m.value;
        }
        void            handle(never, half::from<int> who) { kept.push_back(std::move(who)); }
        int             handle(crash) { throw half::leave{half::exit_reason::shutdown("moody")}; }
        half::task<int> handle(nap) {
            co_await half::sleep(24h);
            co_return 0;
        }
    };
    struct pub {
        struct enter {
            using reply = half::ref<moody>;
        };
        std::vector<half::ref<moody>> guests;
        std::size_t                   next = 0;

        half::ref<moody> handle(enter, half::self<pub> self) {
            auto& guest = guests[++next % guests.size()];
            if (!half::alive(guest)) guest = self.spawn(moody{});
            return guest;
        }
    };
    struct drinker {
        struct done {
            using reply = int;
        };
        half::ref<pub> where;
        unsigned       seed;
        int            rounds;
        int            answers = 0, wrong = 0;

        half::task<> init() {
            std::minstd_rand draw{seed};
            for (int i = 0; i < rounds; ++i) {
                auto              who  = co_await where.call(pub::enter{}, soon);
                half::answer<int> told = std::unexpected{half::no_answer{half::no_answer::unanswered}};
                switch (draw() % 16) {
                case 0: told = co_await who.try_call(moody::crash{}, half::forever); break;
                case 1: told = co_await who.try_call(moody::never{}, 5ms); break;
                case 2: told = co_await who.try_call(moody::later{i}, half::forever); break;
                case 3:
                    half::kill(who);
                    told = co_await who.try_call(moody::nap{}, half::forever);
                    break;
                case 4:
                    told = co_await who.try_call(moody::nap{}, 5ms);
                    half::kill(who);  // it would nap for ever, and everybody in its mail wait
                    break;
                case 5: who.stop(); [[fallthrough]];
                default: told = co_await who.try_call(moody::echo{i}, soon);
                }
                ++answers;
                if (told && *told != i) ++wrong;
            }
        }
        int handle(done) { return wrong ? -wrong : answers; }
    };
    half::runtime                   runtime{{.workers = 4}};
    auto                            house  = runtime.start(pub{std::vector<half::ref<moody>>(20)});
    constexpr int                   rounds = under_tsan ? 50 : 200;
    std::vector<half::ref<drinker>> all;
    for (unsigned i = 1; i <= 30; ++i) all.push_back(runtime.spawn(drinker{house, i, rounds}));
    for (auto each : all) EXPECT_EQ(runtime.call(each, drinker::done{}, soon), rounds);
}

// Families: everybody spawns, sends, sets timers, stops, and is killed from outside meanwhile.
struct parent {
    struct grow {
        int depth;
    };
    struct fade {};
    std::shared_ptr<std::atomic<int>> living;
    shared_graveyard                  graves;
    mortal                            life;
    half::timer                       last = {};

    parent(std::shared_ptr<std::atomic<int>> l, shared_graveyard g) : living{std::move(l)}, graves{g}, life{g} {
        ++*living;
    }
    parent(parent&&) = default;

    void handle(grow m, half::self<parent> self) {
        self.cancel(last);
        last = self.send_after(std::chrono::milliseconds{m.depth}, fade{});
        self.send_every(1ms, fade{});
        if (m.depth == 0) return self.stop();
        for (int i = 0; i < 2; ++i) self.spawn(parent{living, graves}).cast(grow{m.depth - 1});
    }
    void handle(fade, half::self<parent> self) { self.stop(); }
};

TEST(Stress, FamiliesComeAndGo) {
    auto          living = std::make_shared<std::atomic<int>>(0);
    auto          graves = make_graveyard();
    half::runtime runtime{{.workers = 3}};
    for (int round = 0; round < scaled(100); ++round) {
        std::vector<half::ref<parent>> all;
        for (int i = 0; i < 10; ++i) {
            all.push_back(runtime.spawn(parent{living, graves}));
            all.back().cast(parent::grow{6});
        }
        for (auto who : runtime.processes())
            if (who.slot % 3 == 0) half::kill(who);
        for (auto each : all) each.cast(parent::fade{});
    }
    EXPECT_TRUE(eventually([&] { return runtime.stats().processes == 0; })) << runtime.stats().processes;
    EXPECT_TRUE(eventually([&] { return graves->graves == *living; })) << graves->graves << " of " << *living;
    EXPECT_EQ(runtime.stats().timers, 0u);
}

template <half::overload Policy>
struct narrow {
    using mailbox = half::bounded<8, Policy>;
    struct drop {
        int number;
    };
    struct ask {
        using reply = int;
    };
    struct sum {
        using reply = std::uint64_t;
    };
    std::uint64_t handled = 0;

    void          handle(drop) { ++handled; }
    int           handle(ask) { return 1; }
    std::uint64_t handle(sum) { return handled; }
};

template <half::overload Policy>
void flood_from_all_sides() {
    half::runtime              runtime{half::runtime_options{.workers = 2}};
    auto                       server = runtime.start(narrow<Policy>{});
    std::atomic<std::uint64_t> sent{0}, refused{0};
    std::vector<std::thread>   threads;
    for (int t = 0; t < 3; ++t)
        threads.emplace_back([&, t] {
            for (int i = 0; i < scaled(50'000); ++i) {
                ++sent;
                if constexpr (half::may_refuse<narrow<Policy>>)
                    refused += !server.cast(typename narrow<Policy>::drop{i});
                else server.cast(typename narrow<Policy>::drop{i});
                if (t == 0 && i % 1000 == 0) {
                    const auto told = runtime.try_call(server, typename narrow<Policy>::ask{}, soon);
                    EXPECT_TRUE(told || told.error() == half::no_answer::overloaded);
                }
            }
        });
    for (auto& t : threads) t.join();
    auto told = runtime.try_call(server, typename narrow<Policy>::sum{}, soon);  // behind all the mail
    while (!told && told.error() == half::no_answer::overloaded)                 // which may fill the mailbox still
        told = runtime.try_call(server, typename narrow<Policy>::sum{}, soon);
    const auto handled = told.value();
    const auto info    = *runtime.info(server);
    if (Policy == half::overload::drop_oldest) {
        EXPECT_LE(sent - handled, info.dropped);  // questions were dropped too
        EXPECT_GE(sent - handled + 1000, info.dropped);
    } else {
        EXPECT_EQ(sent - refused - (Policy == half::overload::newest_of_its_kind ? info.dropped : 0), handled);
        EXPECT_GE(info.refused, refused);
    }
    EXPECT_EQ(info.mail, 0u);
}

TEST(Stress, BoundedMailThatRejectsCountsEveryLetter) { flood_from_all_sides<half::overload::reject>(); }
TEST(Stress, BoundedMailThatDropsTheOldestCountsEveryLetter) { flood_from_all_sides<half::overload::drop_oldest>(); }
TEST(Stress, BoundedMailThatKeepsTheNewestCountsEveryLetter) {
    flood_from_all_sides<half::overload::newest_of_its_kind>();
}

TEST(Stress, BoundedServersMayDieUnderAFlood) {
    using server = narrow<half::overload::reject>;
    half::runtime                             runtime{{.workers = 2}};
    std::array<std::atomic<std::uint64_t>, 8> addresses;  // slot and generation of who is there
    auto pack = [](half::pid p) { return std::uint64_t{p.slot} << 32 | p.generation; };
    for (auto& each : addresses) each = pack(runtime.spawn(server{}));
    std::atomic<bool>        over{false};
    std::atomic<int>         answers{0};
    std::vector<std::thread> threads;
    for (unsigned t = 1; t <= 2; ++t)
        threads.emplace_back([&, t] {
            std::minstd_rand draw{t};
            while (!over) {
                const auto              at = addresses[draw() % addresses.size()].load();
                const half::ref<server> who{{0, static_cast<std::uint32_t>(at >> 32), static_cast<std::uint32_t>(at)}};
                for (int i = 0; i < 20; ++i) (void)who.cast(server::drop{i});
                if (draw() % 32 == 0) (void)runtime.try_call(who, server::ask{}, soon), ++answers;
            }
        });
    std::minstd_rand draw{42};
    for (int i = 0; i < scaled(20'000) || answers < 100; ++i) {
        auto&      each = addresses[draw() % addresses.size()];
        const auto at   = each.load();
        half::kill({0, static_cast<std::uint32_t>(at >> 32), static_cast<std::uint32_t>(at)});
        each = pack(runtime.spawn(server{}));
    }
    over = true;
    for (auto& t : threads) t.join();
    EXPECT_TRUE(eventually([&] { return runtime.stats().processes == addresses.size(); }));
}

TEST(Stress, BlockingWorkAndKillsMix) {
    struct digger {
        struct dig {
            using reply = int;
        };
        mortal          life;
        half::task<int> handle(dig) {
            co_return co_await half::blocking([](std::stop_token asked) { return asked.stop_requested() ? 1 : 2; });
        }
    };
    auto          graves = make_graveyard();
    constexpr int many   = scaled(5000);
    {
        half::runtime runtime{half::runtime_options{.workers = 2, .blocking_threads = 3}};
        for (int i = 0; i < many; ++i) {
            auto each = runtime.spawn(digger{mortal{graves}});
            each.cast(digger::dig{});
            if (i % 3 == 0) half::kill(each);
            if (i % 100 == 0) EXPECT_EQ(runtime.call(runtime.spawn(digger{}), digger::dig{}, soon), 2);
        }
    }
    EXPECT_EQ(graves->graves, many);
}

}  // namespace
