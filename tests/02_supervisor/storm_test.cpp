// Random trees and random misfortune, over many seeds, in simulated time: many things happen at once, and nobody can
// know in which order. But there are rules that hold in each of them.
#include "real_tree.hpp"

#include <02_supervisor/tree.hpp>

#include <gtest/gtest.h>

#include <functional>

namespace {

using namespace fate;

// Runs a task as a process of its own, for nobody who waits.
struct customer {
    std::function<half::task<>()> wish;
    half::task<>                  init(half::self<customer> self) {
        co_await wish();
        self.stop();
    }
};

// Hears of an end, and then asks the supervisor: by then it has done about it what is to be done.
half::task<> watch(world& w, half::ref<half::supervisor> sup, std::string id, half::pid who) {
    const auto waits = w.awaited.insert(who);
    co_await half::ended(who);
    w.awaited.erase(waits);
    const auto now = co_await sup.try_call(half::supervisor::which_child{id}, half::forever);
    if (now && *now && (*now)->pid == who) w.wrong.push_back(id + " has ended, and its supervisor does not know it");
}

template <class Server, class Message>
half::task<> ask(half::ref<Server> whom, Message m) {
    (void)co_await whom.try_call(std::move(m), half::forever);
}

class storm {
public:
    storm(const spec& tree, std::uint64_t seed) : plan_{tree}, real_{seed}, d_{seed} {
        know(tree);
        real_.strict = false;
    }

    std::string run(int rounds) {
        root_ = half::detail::spawn(real_.sim.engine(), real_family(real_, plan_));
        real_.sim.advance(1h);
        while (rounds-- && half::alive(root_)) {
            find_all();
            for (int n = 1 + d_.below(8); n > 0; --n) happen(d_.one_in(2) ? anybody() : worker());
            if (d_.below(4)) real_.sim.advance(std::chrono::milliseconds{d_.below(3000)});
        }
        real_.mood = {};
        real_.sim.advance(1h);
        if (auto bad = rules(); !bad.empty()) return bad;
        if (half::alive(root_)) {
            ++census["roots that stand in the end"];
            d_.one_in(2) ? half::kill(root_) : half::exit(root_, exit_reason::shutdown());
            real_.sim.advance(1h);
        }
        if (!real_.sim.processes().empty()) return "somebody outlived the root";
        if (real_.states != 0) return "a state was not destroyed";
        return real_.wrong.empty() ? "" : real_.wrong.front();
    }

    std::map<std::string, std::size_t> census;

    std::string story() const { return fmt::format("{}\n", fmt::join(real_.told.steps, "\n")); }

private:
    struct found {
        half::child_info info;
        half::pid        parent;
        bool             brood = false, of_brood = false;
    };

    void know(const spec& s) {
        known_[s.id] = s;
        for (const auto& c : s.children) know(c);
    }

    void find_all() {
        all_.clear();
        walk(real_.sim.run(half::look_at(root_, {.children = 100})), {}, false);
    }
    void walk(const half::tree_node& n, half::pid parent, bool of_brood) {
        const bool brood = n.child.server.contains("dynamic");
        if (n.child.pid) all_.push_back({n.child, parent, brood, of_brood});
        for (const auto& c : n.children) walk(c, n.child.pid, brood);
    }
    const found& anybody() { return all_[d_.word() % all_.size()]; }
    const found& worker() {
        for (int i = 0; i < 5; ++i)
            if (const auto& f = anybody(); !f.info.supervisor) return f;
        return anybody();
    }

    void happen(const found& f) {
        const auto who = f.info.pid;
        if (who == root_ && d_.below(100)) return;
        ++census["things that happened"];
        const half::ref<half::supervisor> sup{who}, parent{f.parent};
        const auto                        wishes = [&](auto wish) { real_.sim.spawn(customer{wish}); };
        const int                         what   = d_.below(f.info.supervisor ? 12 : 10);
        real_.told.steps.push_back(fmt::format("{}   {} happens to {}", real_.now(), what, f.info.id));
        switch (what) {
        case 0:
        case 1: half::kill(who); break;
        case 2: half::exit(who, exit_reason::other("told to")); break;
        case 3: half::exit(who, exit_reason::shutdown("told to")); break;
        case 4: half::ref<plain>{who}.stop(d_.one_in(2) ? exit_reason::normal() : exit_reason::other("told to")); break;
        case 5:
            if (f.info.supervisor) break;
            if (d_.one_in(3)) real_.mood.ignore[f.info.id] = 1, excused_.insert(f.info.id);
            else real_.mood.fail[f.info.id] = 1 + d_.below(3);
            half::kill(who);
            break;
        case 6:
        case 7:
            if (f.parent && !f.of_brood)
                wishes([this, parent, id = f.info.id, who] { return watch(real_, parent, id, who); });
            break;
        case 8:
            if (!f.parent) break;
            if (f.of_brood) {
                wishes([at = half::ref<brood>{f.parent}, who] { return ask(at, brood::terminate_child{who}); });
            } else {
                excused_.insert(f.info.id);
                wishes([parent, id = f.info.id] { return ask(parent, half::supervisor::terminate_child{id}); });
            }
            break;
        case 9:
            if (!f.parent || f.of_brood) break;
            excused_.insert(f.info.id);  // who asked is told that it did not start, and nobody tries it again
            wishes([parent, id = f.info.id] { return ask(parent, half::supervisor::restart_child{id}); });
            break;
        default:
            if (f.brood) {
                wishes([at = half::ref<brood>{who}, n = number_++] { return ask(at, brood::start_child{n}); });
            } else {
                spec s = random_child(d_, 2, half::auto_shutdown::never, number_);
                know(s);
                wishes([this, sup, s] { return ask(sup, half::supervisor::start_child{real_child(real_, s)}); });
            }
        }
    }

    // What is true when the storm is over.
    std::string rules() {
        for (const auto& [who, remark] : real_.reports) {
            ++census["supervisors that gave up"];
            if (half::alive(who)) return fmt::format("{} gave up, and lives: {}", who, remark);
        }
        if (!real_.wrong.empty()) return real_.wrong.front();
        std::vector<std::string> wrong;
        std::size_t              processes = 0;
        if (half::alive(root_)) real_.sim.run(judge(root_, processes, wrong));
        if (!wrong.empty()) return wrong.front();
        for (auto who : real_.awaited)
            if (!half::alive(who)) return "somebody waits for an end that has been";
        processes += real_.awaited.size();
        if (const auto all = real_.sim.processes().size(); all != processes)
            return fmt::format("{} processes live, and {} should", all, processes);
        for (const auto& [id, lives] : real_.told.alive)
            if (lives != 1) return fmt::format("{} lives {} times", id, lives);
        return real_.told.alive.size() == static_cast<std::size_t>(real_.states) ? "" : "states are left over";
    }

    half::task<> judge(half::pid at, std::size_t& processes, std::vector<std::string>& wrong) {
        using enum half::child_info::status;
        ++processes;
        const auto all = co_await half::ref<half::supervisor>{at}.call(half::supervisor::which_children{});
        for (const auto& c : all) {
            if ((c.now == running) != half::alive(c.pid)) wrong.push_back(c.id + " is said to run, and does not");
            if (c.now == restarting) wrong.push_back(c.id + " is still to be tried again");
            if (c.now == stopped && c.restart == half::temporary)
                wrong.push_back(c.id + " is temporary, does not run, and is still known");
            if (c.now == stopped && !excused_.contains(c.id)
                && (c.restart == half::permanent || !c.last_end.expected()))
                wrong.push_back(fmt::format("{} ended with {}, and does not run", c.id, c.last_end));
            if (c.now != running) continue;
            if (c.server.contains("dynamic")) {
                const auto kids   = co_await half::ref<brood>{c.pid}.call(brood::which_children{});
                const auto counts = co_await half::ref<brood>{c.pid}.call(brood::count_children{});
                if (kids.size() != counts.active || counts.active > known_.at(c.id).max_children)
                    wrong.push_back(c.id + " has another number of children than it says, or too many");
                for (auto kid : kids)
                    if (!half::alive(kid)) wrong.push_back("a child of " + c.id + " does not live");
                processes += 1 + kids.size();
            } else if (c.supervisor) {
                co_await judge(c.pid, processes, wrong);
            } else {
                ++processes;
                if (!real_.living.contains({c.id, c.pid})) wrong.push_back(c.id + " is somebody else");
            }
        }
    }

    spec                        plan_;
    world                       real_;
    dice                        d_;
    half::ref<half::supervisor> root_;
    std::vector<found>          all_;
    std::map<std::string, spec> known_;
    std::set<std::string>       excused_;  // somebody asked for its end or its start, or its init() had nothing to do
    int                         number_ = 1000;
};

TEST(SupervisorProperty, HoldsWhenManyThingsHappenAtOnce) {
    std::map<std::string, std::size_t> census;
    for (std::uint64_t seed = 1; seed <= seeds; ++seed) {
        dice d{seed};
        auto tree = random_tree(d);
        if (seed % 4) tree.restarts = 1000;
        storm      one{tree, seed};
        const auto bad = one.run(25);
        for (const auto& [what, times] : one.census) census[what] += times;
        ASSERT_EQ(bad, "") << "seed " << seed << "\n" << described(tree) << one.story();
    }
    for (const auto& [what, times] : census) EXPECT_GT(times, static_cast<std::size_t>(seeds) / 50) << what;
}

}  // namespace
