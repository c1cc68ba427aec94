// Links, monitors and jobs on real threads, everything at once. Made for ThreadSanitizer; in the end the sums must add up.
#include "../01_gen_server/real.hpp"
#include "actor.hpp"

#include <02_supervisor/async.hpp>
#include <02_supervisor/detail/bonds.hpp>

#include <map>
#include <random>
#include <set>

namespace {

using namespace real;
using bonds_test::actor;
using bonds_test::trapper;

constexpr int scaled(int n) { return under_tsan ? n / 5 : n; }

half::runtime_options quiet(unsigned workers) {
    return {.workers = workers, .on_report = [](const half::report&) {}};
}

// To whom a process is linked, by its own account; nothing when it is gone.
std::optional<std::set<half::pid>> links_of(half::pid who) {
    struct look final : half::signal {
        std::shared_ptr<std::promise<std::optional<std::set<half::pid>>>> told;
        explicit look(decltype(told) t) : told{std::move(t)} {}
        void arrive(half::detail::process& here) override {
            std::set<half::pid> found;
            if (auto* bonds = here.hook<half::detail::bonds>())
                for (const auto& [other, state] : bonds->links)
                    if (state == half::detail::linked) found.insert(other);
            told->set_value(std::move(found));
        }
        void lost(half::pid) noexcept override { told->set_value(std::nullopt); }
    };
    auto told   = std::make_shared<std::promise<std::optional<std::set<half::pid>>>>();
    auto answer = told->get_future();
    half::send_signal(who, std::make_unique<look>(told));
    return answer.get();
}

// -- links --------------------------------------------------------------------------------------------------------

TEST(LinksStress, WhoIsLeftAfterAStormAgreesOnWhoIsLinked) {
    half::runtime                   runtime{quiet(3)};
    std::vector<half::ref<trapper>> all;
    for (int i = 0; i < 24; ++i) all.push_back(runtime.spawn(trapper{}));

    std::vector<std::thread> threads;
    for (unsigned t = 0; t < 2; ++t)
        threads.emplace_back([&all, t] {
            std::minstd_rand draw{t + 1};
            for (int i = 0; i < scaled(20'000); ++i) {
                const auto from = all[draw() % all.size()], to = all[draw() % all.size()];
                const bool sets = draw() % 2;
                from.cast(trapper::act{[to, sets](trapper::me self) {
                    if (sets) half::link(self, to);
                    else half::unlink(self, to);
                }});
                if (draw() % 3000 == 0) half::kill(all[draw() % all.size()]);
            }
        });
    for (auto& t : threads) t.join();
    half::kill(all[0]);

    int  links = 0;
    auto agree = [&] {
        std::map<half::pid, std::set<half::pid>> said;
        for (auto each : all)
            if (auto found = links_of(each)) said.emplace(each, std::move(*found));
        links = 0;
        for (const auto& [who, others] : said)
            for (auto other : others) {
                if (!said.contains(other) || !said[other].contains(who)) return false;
                ++links;
            }
        return true;
    };
    EXPECT_TRUE(eventually(agree));
    EXPECT_GT(links, 0);
}

TEST(LinksStress, ARingDiesWhoeverIsFirst) {
    half::runtime runtime{quiet(3)};
    for (int round = 0; round < scaled(50); ++round) {
        std::vector<half::ref<actor>> ring;
        for (int i = 0; i < 200; ++i) ring.push_back(runtime.spawn(actor{}));
        for (std::size_t i = 0; i < ring.size(); ++i)
            ring[i].cast(actor::act{[to = ring[(i + 1) % ring.size()]](actor::me self) { half::link(self, to); }});
        std::thread other{[&] { half::kill(ring[50]); }};
        half::exit(ring[150], half::exit_reason::shutdown());
        other.join();
        ASSERT_TRUE(eventually([&] { return runtime.stats().processes == 0; })) << "round " << round;
    }
}

// Parents that start linked children, in both ways, until they are killed: no child is left.
TEST(LinksStress, NoChildIsLeftWhenItsParentIsKilled) {
    half::runtime runtime{quiet(3)};
    for (int round = 0; round < scaled(100); ++round) {
        std::vector<half::ref<actor>> parents;
        for (int i = 0; i < 8; ++i) {
            parents.push_back(runtime.spawn(actor{}));
            parents.back().cast(actor::wait{[](actor::me self) -> half::task<> {
                for (;;) {
                    half::spawn_link(self, actor{});
                    co_await half::start_link(self, actor{});
                }
            }});
        }
        for (auto each : parents) half::kill(each);
        ASSERT_TRUE(eventually([&] { return runtime.stats().processes == 0; })) << "round " << round;
    }
}

// -- monitors -----------------------------------------------------------------------------------------------------

struct watcher {
    struct storm {
        std::vector<half::ref<actor>> whom;
        unsigned                      seed;
    };
    struct balance {
        using reply = long;
    };
    long                          open = 0;  // monitors set, and neither taken away nor heard of
    std::vector<half::monitor_id> set  = {};

    void handle(storm m, half::self<watcher> self) {
        std::minstd_rand draw{m.seed};
        for (int i = 0; i < 200; ++i) {
            if (draw() % 3) set.push_back(half::monitor(self, m.whom[draw() % m.whom.size()])), ++open;
            else if (!set.empty()) open -= half::demonitor(self, set[draw() % set.size()]);
        }
    }
    void handle(half::down) { --open; }
    long handle(balance) { return open; }
};

TEST(LinksStress, EveryMonitorBringsOneDownOrIsTakenAway) {
    half::runtime                   runtime{quiet(3)};
    std::vector<half::ref<watcher>> watchers;
    for (int i = 0; i < 8; ++i) watchers.push_back(runtime.spawn(watcher{}));
    for (int round = 0; round < scaled(50); ++round) {
        std::vector<half::ref<actor>> victims;
        for (int i = 0; i < 16; ++i) victims.push_back(runtime.spawn(actor{}));
        unsigned seed = static_cast<unsigned>(round) * 100;
        for (auto each : watchers) each.cast(watcher::storm{victims, ++seed});
        for (auto each : victims) half::kill(each);
    }
    EXPECT_TRUE(eventually([&] {
        for (auto each : watchers)
            if (runtime.call(each, watcher::balance{}, soon) != 0) return false;
        return true;
    }));
    for (auto each : watchers) EXPECT_EQ(fmt::format("{}", fmt::join(runtime.info(each)->attached, "; ")), "");
}

TEST(LinksStress, WhoeverWaitsForAnEndIsTold) {
    half::runtime    runtime{quiet(3)};
    std::atomic<int> told = 0;
    constexpr int    all  = 64;
    for (int round = 0; round < scaled(50); ++round) {
        told        = 0;
        auto victim = runtime.spawn(actor{});
        for (int i = 0; i < all; ++i)
            runtime.spawn(actor{}).cast(actor::wait{[&told, victim, i](actor::me self) -> half::task<> {
                if (i % 2) (void)co_await half::ended(victim, std::chrono::milliseconds{i % 5});  // may give up before
                if (co_await half::ended(victim)) ++told;
                self.stop();
            }});
        half::kill(victim);
        ASSERT_TRUE(eventually([&] { return told == all; })) << "round " << round;
    }
    EXPECT_TRUE(eventually([&] { return runtime.stats().processes == 0; }));
}

// -- jobs ---------------------------------------------------------------------------------------------------------

half::task<int> square(int n) {
    if (n % 7 == 0) co_await half::sleep(1ms);
    if (n % 5 == 0) throw std::runtime_error{"five"};
    co_return n* n;
}

TEST(LinksStress, EveryJobIsAnswered) {
    half::runtime    runtime{quiet(3)};
    auto             helpers = runtime.start(half::task_supervisor{});
    std::atomic<int> right = 0, wrong = 0;
    constexpr int    each = scaled(1000), all = 16;
    for (int i = 0; i < all; ++i)
        runtime.spawn(actor{}).cast(actor::wait{[&, helpers](actor::me self) -> half::task<> {
            for (int n = 1; n <= each; ++n) {
                auto job = half::async(self, helpers, square, n);
                if (n % 11 == 0) job.cancel();
                auto got = co_await job.try_result(half::forever);
                if (got && *got != n * n) co_return;
                ++(got ? right : wrong);
            }
            self.stop();
        }});
    EXPECT_TRUE(eventually([&] { return right + wrong == each * all; }));
    EXPECT_GT(right, wrong);
    EXPECT_TRUE(eventually([&] { return runtime.stats().processes == 1; }));
    EXPECT_EQ(runtime.call(helpers, half::task_supervisor::count_children{}, soon).active, 0u);
}

TEST(LinksStress, NoJobIsLeftWhenItsOwnerOrItsSupervisorIsKilled) {
    half::runtime runtime{quiet(3)};
    for (int round = 0; round < scaled(100); ++round) {
        auto                          helpers = runtime.start(half::task_supervisor{});
        std::vector<half::ref<actor>> owners;
        for (int i = 0; i < 8; ++i) {
            owners.push_back(runtime.spawn(actor{}));
            owners.back().cast(actor::wait{[helpers](actor::me self) -> half::task<> {
                std::vector<half::job<int>> jobs;
                for (int n = 1;; ++n) {
                    jobs.push_back(half::async(self, square, 1 + 5 * n));
                    jobs.push_back(half::async(self, helpers, square, n));
                    if (n % 8 == 0) jobs.clear(), co_await half::sleep(1ms);
                }
            }});
        }
        std::thread other{[&] {
            for (auto each : owners) half::kill(each);
        }};
        half::kill(helpers);
        other.join();
        ASSERT_TRUE(eventually([&] { return runtime.stats().processes == 0; })) << "round " << round;
    }
}

// -- left behind --------------------------------------------------------------------------------------------------

// A handler that never comes back, killed: everybody hears of it, whenever they began to watch.
TEST(LinksStress, AProcessThatIsLeftBehindIsDownForEverybody) {
    auto          inside = make_event(), release = make_event(), over = make_event();
    half::runtime runtime{half::runtime_options{
        .workers = 2, .kill_deadline = 20ms, .stop_deadline = soon, .on_report = [](const half::report&) {}}};

    struct listener {
        std::shared_ptr<std::atomic<int>> heard;
        void                              handle(half::down) { ++*heard; }
        void                              handle(half::exit_signal) { ++*heard; }
        struct watch {
            half::pid whom;
        };
        void handle(watch m, half::self<listener> self) {
            half::monitor(self, m.whom);
            half::link(self, m.whom);
        }
        struct ping {
            using reply = int;
        };
        int handle(ping) { return 1; }
    };
    auto heard   = std::make_shared<std::atomic<int>>(0);
    auto spinner = runtime.start(actor{});
    auto early   = runtime.start(listener{heard});
    auto late    = runtime.start(listener{heard});
    auto partner = runtime.start(actor{});
    runtime.call(early, listener::ping{}, soon);
    early.cast(listener::watch{spinner});
    runtime.call(early, listener::ping{}, soon);
    spinner.cast(actor::act{[=](actor::me self) {
        half::link(self, partner);
        inside->set();
        (void)release->wait();
        // Dead for everybody else, and still at it: what it does to its bonds has no effect any more.
        half::link(self, late);
        half::monitor(self, late);
        half::unlink(self, partner);
        half::spawn_link(self, actor{});
        over->set();
    }});
    ASSERT_TRUE(inside->wait());
    late.cast(listener::watch{spinner});
    runtime.call(late, listener::ping{}, soon);
    half::kill(spinner);
    EXPECT_TRUE(eventually([&] { return *heard == 4 && !half::alive(partner); })) << *heard;
    EXPECT_FALSE(half::alive(spinner));
    release->set();
    ASSERT_TRUE(over->wait());
    EXPECT_TRUE(eventually([&] { return runtime.stats().processes == 2; })) << "early and late";
    EXPECT_EQ(links_of(late)->size(), 0u);
}

}  // namespace
