// Random trees and random misfortune, over many seeds, in simulated time: one thing happens at a time.
//
// A model knows what must come of it: who begins and who ends, in which order, at which millisecond, who gives up and
// why. The tree must do just that.
#include "model_tree.hpp"
#include "real_tree.hpp"

#include <gtest/gtest.h>

namespace {

using namespace fate;

struct event {
    // clang-format off
    enum what { crash, leave_well, leave_badly, kill, exit_normal, exit_shutdown, exit_other, stop_well, stop_badly,
                stick, start_child, terminate_child, restart_child, delete_child, start_kid, terminate_kid, time, mood };
    // clang-format on
    what          is;
    std::uint64_t whom, with;  // drawn; which process that is, is found out when it happens
};

std::vector<event> random_schedule(dice& d, int length) {
    std::vector<event> all;
    using enum event::what;
    for (int i = 0; i < length; ++i) {
        const auto is = d.of({crash,      crash,     crash,       crash,           leave_well,    leave_badly,
                              kill,       kill,      exit_normal, exit_shutdown,   exit_other,    stop_well,
                              stop_badly, stick,     start_child, terminate_child, restart_child, delete_child,
                              start_kid,  start_kid, start_kid,   terminate_kid,   time,          mood,
                              mood,       mood,      mood});
        all.push_back({is, d.word(), d.word()});
    }
    return all;
}

// Those who could be meant, in the order of the tree.
void collect(node& n, const auto& fits, std::vector<node*>& into) {
    if (fits(n)) into.push_back(&n);
    for (auto& c : n.children) collect(*c, fits, into);
}
node* chosen(node& root, std::uint64_t draw, const auto& fits) {
    std::vector<node*> all;
    collect(root, fits, all);
    return all.empty() ? nullptr : all[draw % all.size()];
}

// Who is there, as supervisors tell it: "root: w1+ w2- s3+" and so on, and where they live.
struct seen {
    std::vector<std::string>         lines;
    std::map<std::string, half::pid> supervisors;
    std::size_t                      processes = 0;
};

half::task<> look(half::pid at, spec s, seen& into) {
    ++into.processes;
    into.supervisors[s.id] = at;
    std::vector<std::string> found;
    if (s.is == kind::brood) {
        const half::ref<brood> sup{at};
        const auto             kids = co_await sup.call(brood::which_children{});
        into.processes += kids.size();
        into.lines.push_back(fmt::format("{}: {}", s.id, kids.size()));
        co_return;
    }
    const half::ref<half::supervisor> sup{at};
    const auto                        all = co_await sup.call(half::supervisor::which_children{});
    for (const auto& c : all) {
        using enum half::child_info::status;
        found.push_back(c.id + (c.now == running ? "+" : c.now == stopped ? "-" : "?"));
        if ((c.now == running) != half::alive(c.pid)) found.back() += "!";
    }
    into.lines.push_back(fmt::format("{}: {}", s.id, fmt::join(found, " ")));
    const auto counts = co_await sup.call(half::supervisor::count_children{});
    if (counts.specs != all.size() || counts.supervisors + counts.workers != all.size())
        into.lines.push_back("miscounted");
    for (const auto& c : all) {
        if (!c.pid) continue;
        if (!c.supervisor) {
            ++into.processes;
            continue;
        }
        spec below{.id = c.id, .is = kind::family};
        if (c.server.find("dynamic") != std::string::npos) below.is = kind::brood;
        co_await look(c.pid, std::move(below), into);
    }
}

void expected_lines(const node& n, std::vector<std::string>& into) {
    if (!n.runs || !n.is.supervises()) return;
    if (n.is.is == kind::brood) {
        into.push_back(fmt::format("{}: {}", n.is.id, n.children.size()));
        return;
    }
    std::vector<std::string> found;
    for (auto& c : n.children) found.push_back(c->is.id + (c->runs ? "+" : "-"));
    into.push_back(fmt::format("{}: {}", n.is.id, fmt::join(found, " ")));
    for (auto& c : n.children) expected_lines(*c, into);
}

// Two histories may name what happened at one moment in another order where nobody promises one: a brood ends its
// children at the same time.
std::vector<std::string> in_order(std::vector<std::string> steps) {
    const auto key = [](const std::string& s) { return s.substr(0, s.find(' ') + 2) + s.substr(0, s.find('#')); };
    for (auto from = steps.begin(); from != steps.end();) {
        auto to = std::next(from);
        if (from->contains('#'))
            while (to != steps.end() && to->contains('#') && key(*to).substr(0, key(*to).find('#')) == key(*from)) ++to;
        std::sort(from, to);
        from = to;
    }
    return steps;
}

std::string first_difference(const std::vector<std::string>& must, const std::vector<std::string>& is) {
    for (std::size_t i = 0; i < std::max(must.size(), is.size()); ++i) {
        const auto a = i < must.size() ? must[i] : "nothing", b = i < is.size() ? is[i] : "nothing";
        if (a != b) return fmt::format("must be \"{}\", is \"{}\"", a, b);
    }
    return "";
}

class rehearsal {
public:
    rehearsal(const spec& tree, std::uint64_t seed) : plan_{tree}, model_{tree}, real_{seed} {}

    // What went wrong; nothing when all went well.
    std::string run(const std::vector<event>& schedule) {
        auto begin = [this]() -> half::task<half::pid> {
            co_return half::detail::spawn(real_.sim.engine(), real_family(real_, plan_)).id();
        };
        model_.start();
        root_ = real_.sim.run(begin());
        if (auto bad = compare("it begins"); !bad.empty()) return bad;
        for (const auto& e : schedule) {
            if (!model_.root().runs) break;
            if (auto bad = happen(e); !bad.empty()) return bad;
        }
        if (model_.root().runs) {
            const bool killed = schedule.size() % 2;
            killed ? model_.is_killed(model_.root()) : model_.finish();
            killed ? half::kill(root_) : half::exit(root_, exit_reason::shutdown());
            if (auto bad = compare("it ends"); !bad.empty()) return bad;
        }
        if (!real_.sim.processes().empty()) return "somebody outlived the root";
        if (real_.states != 0) return "a state was not destroyed";
        return "";
    }

    void count_into(std::map<std::string, std::size_t>& all) const {
        for (const auto& [what, times] : model_.census) all[what] += times;
        all["beginnings and ends"] += model_.told.steps.size();
    }

private:
    static bool worker(const node& n) { return n.runs && !n.is.supervises(); }
    static bool talks(const node& n) { return worker(n) && !n.stuck; }

    std::string happen(const event& e) {
        auto& root = model_.root();
        using enum event::what;
        const auto line = [&](const node& n, std::string_view what) {
            return fmt::format("{} ms, {} {}", model_.now, n.is.id, what);
        };
        switch (e.is) {
        case crash:
            if (auto* n = chosen(root, e.whom, talks)) {
                post(*n, plain::crash{});
                const auto text = line(*n, "crashes");
                model_.crashes(*n);
                return compare(text);
            }
            break;
        case leave_well:
        case leave_badly:
            if (auto* n = chosen(root, e.whom, talks)) {
                const bool well = e.is == leave_well;
                post(*n, plain::end{well ? e.with % 2 ? exit_reason::normal() : exit_reason::shutdown("done")
                                         : exit_reason::other("bored")});
                const auto text = line(*n, well ? "leaves" : "leaves badly");
                model_.leaves(*n, well);
                return compare(text);
            }
            break;
        case kill:
            if (auto* n = chosen(root, e.whom, [](const node& x) { return x.runs; })) {
                half::kill(where(*n));
                const auto text = line(*n, "is killed");
                model_.is_killed(*n);
                return compare(text);
            }
            break;
        case exit_normal:
        case exit_shutdown:
        case exit_other:
            if (auto* n = chosen(root, e.whom,
                                 [](const node& x) { return x.runs && !(x.stuck && x.is.is == kind::trapping); })) {
                const auto why = e.is == exit_normal     ? exit_reason::normal()
                                 : e.is == exit_shutdown ? exit_reason::shutdown("told to")
                                                         : exit_reason::other("told to");
                half::exit(where(*n), why);
                const auto text = line(*n, "is told to exit: " + to_string(why));
                model_.is_told_to_exit(*n, why.why);
                return compare(text);
            }
            break;
        case stop_well:
        case stop_badly:
            if (auto* n = chosen(root, e.whom, [](const node& x) { return x.runs && !x.stuck; })) {
                const bool well = e.is == stop_well;
                half::ref<plain>{where(*n)}.stop(well ? exit_reason::normal() : exit_reason::other("told to"));
                const auto text = line(*n, well ? "is stopped" : "is stopped badly");
                model_.is_stopped(*n, well);
                return compare(text);
            }
            break;
        case stick:
            if (auto* n = chosen(root, e.whom, talks)) {
                post(*n, plain::stick{});
                n->stuck = true;
                return compare(line(*n, "sticks"));
            }
            break;
        case start_child:
            if (auto* n = chosen(root, e.whom, family)) {
                int  number = static_cast<int>(1000 + e.with % 1000);
                dice d{e.with};
                spec s = random_child(d, 2, n->is.auto_shutdown, number);
                if (e.with % 5 == 0 && !n->children.empty()) s.id = n->children.front()->is.id;
                return asked(line(*n, "start_child\n" + described(s)), *n,
                             half::supervisor::start_child{real_child(real_, s)},
                             [&] { return model_.start_child(*n, s); });
            }
            break;
        case terminate_child:
            if (auto [sup, id] = some_child(e); sup)
                return asked(line(*sup, "terminate_child " + id), *sup, half::supervisor::terminate_child{id},
                             [&] { return model_.terminate_child(*sup, id); });
            break;
        case restart_child:
            if (auto [sup, id] = some_child(e); sup)
                return asked(line(*sup, "restart_child " + id), *sup, half::supervisor::restart_child{id},
                             [&] { return model_.restart_child(*sup, id); });
            break;
        case delete_child:
            if (auto [sup, id] = some_child(e); sup)
                return asked(line(*sup, "delete_child " + id), *sup, half::supervisor::delete_child{id},
                             [&] { return model_.delete_child(*sup, id); });
            break;
        case start_kid:
            if (auto* n = chosen(root, e.whom, [](const node& x) { return x.runs && x.is.is == kind::brood; }))
                return asked(line(*n, "start_child"), *n, brood::start_child{model_.kid_number},
                             [&] { return model_.start_kid(*n); });
            break;
        case terminate_kid:
            if (auto* n = chosen(root, e.whom,
                                 [](const node& x) { return x.runs && x.parent && x.parent->is.is == kind::brood; }))
                return asked(line(*n->parent, "terminate_child " + n->is.id), *n->parent,
                             brood::terminate_child{where(*n)}, [&] { return model_.terminate_kid(*n); });
            break;
        case time: model_.now += static_cast<ms>(e.with % 8000); return compare("time passes");
        case mood:
            if (auto* n = chosen(root, e.whom, [](const node& x) { return !x.is.supervises(); })) {
                if (e.with % 4 == 0) model_.mood.ignore[n->is.id] = real_.mood.ignore[n->is.id] = 1;
                else model_.mood.fail[n->is.id] = real_.mood.fail[n->is.id] = static_cast<int>(1 + e.with % 3);
            }
            break;
        }
        return "";
    }

    static bool family(const node& n) { return n.runs && n.is.is == kind::family; }

    std::pair<node*, std::string> some_child(const event& e) {
        auto* sup = chosen(model_.root(), e.whom, family);
        if (!sup) return {nullptr, ""};
        const auto n = e.with % (sup->children.size() + 1);
        return {sup, n < sup->children.size() ? sup->children[n]->is.id : "stranger"};
    }

    half::pid where(const node& n) {
        if (n.is.supervises()) return n.parent ? supervisors_.at(n.is.id) : root_;
        return real_.who.at(n.is.id);
    }

    // The three kinds of worker handle the same messages, each as its own type.
    template <class Message>
    void post(const node& n, Message m) {
        switch (n.is.is) {
        case kind::plain: half::ref<plain>{where(n)}.cast(std::move(m)); break;
        case kind::polite: half::ref<polite>{where(n)}.cast(std::move(m)); break;
        default: half::ref<trapping>{where(n)}.cast(std::move(m));
        }
    }

    template <class Message>
    std::string asked(const std::string& text, node& sup, Message m, const auto& what_must_be) {
        using server = std::conditional_t<half::handles<half::supervisor, Message>, half::supervisor, brood>;
        const half::ref<server> at{where(sup)};
        const auto              must = what_must_be();
        real_.strict                 = !model_.cut_short;
        const auto is                = outcome(real_.sim.try_call(at, std::move(m), half::forever));
        if (must != is) return fmt::format("{}: must answer {}, answers {}", text, must, is);
        return compare(text);
    }

    // Lets the real one do until then what the model has done.
    std::string compare(const std::string& after) {
        real_.strict = !std::exchange(model_.cut_short, false);
        real_.sim.settle();
        if (model_.now > real_.now()) real_.sim.advance(std::chrono::milliseconds{model_.now - real_.now()});
        real_.sim.settle();

        const auto& must = model_.told;
        const auto& is   = real_.told;
        auto        bad  = first_difference(in_order(must.steps), in_order(is.steps));
        if (bad.empty() && real_.now() != model_.now)
            bad = fmt::format("it took until {}, not {}", real_.now(), model_.now);
        if (bad.empty())
            bad = first_difference({must.graves.begin(), must.graves.end()}, {is.graves.begin(), is.graves.end()});
        if (bad.empty() && must.alive != is.alive) bad = "others live than must";
        if (bad.empty() && !real_.wrong.empty()) bad = real_.wrong.front();
        if (bad.empty()) bad = compare_tree();
        if (bad.empty()) bad = compare_reports();
        return bad.empty() ? "" : after + ": " + bad;
    }

    std::string compare_tree() {
        std::vector<std::string> lines;
        expected_lines(model_.root(), lines);
        seen found;
        if (half::alive(root_)) real_.sim.run(look(root_, plan_, found));
        supervisors_ = found.supervisors;
        if (auto bad = first_difference(lines, found.lines); !bad.empty()) return bad;
        const auto all = real_.sim.processes().size();
        return all == found.processes ? ""
                                      : fmt::format("{} processes live, {} of them in the tree", all, found.processes);
    }

    // Who gave up said so: which child it was, and how often in its time.
    std::string compare_reports() {
        if (real_.reports.size() != model_.told.given_up.size())
            return fmt::format("{} gave up, {} said so", model_.told.given_up.size(), real_.reports.size());
        for (const auto& must : std::views::drop(model_.told.given_up, static_cast<std::ptrdiff_t>(heard_))) {
            const auto id    = must.substr(must.find('\''));
            const auto count = must.substr(must.find(": ") + 2, must.find(" '") - must.find(": ") - 2);
            const bool said  = std::ranges::any_of(real_.reports | std::views::values, [&](const std::string& remark) {
                return (remark.contains(id) || id.contains('#')) && remark.contains(count + " time");
            });
            if (!said)
                return fmt::format("no report says \"{}\", but: {}", must,
                                   fmt::join(real_.reports | std::views::values, "; "));
        }
        heard_ = model_.told.given_up.size();
        return "";
    }

    spec                             plan_;
    model                            model_;
    world                            real_;
    half::pid                        root_;
    std::map<std::string, half::pid> supervisors_;
    std::size_t                      heard_ = 0;
};

// Leaves out what is not needed to make it go wrong.
std::string shrunk(const spec& tree, std::uint64_t seed, std::vector<event> schedule) {
    const auto fails = [&](const std::vector<event>& s) { return !rehearsal{tree, seed}.run(s).empty(); };
    for (auto size = schedule.size(); size > 0; size /= 2)
        for (std::size_t at = 0; at + size <= schedule.size();) {
            auto fewer = schedule;
            fewer.erase(fewer.begin() + static_cast<std::ptrdiff_t>(at),
                        fewer.begin() + static_cast<std::ptrdiff_t>(at + size));
            if (fails(fewer)) schedule = std::move(fewer);
            else at += size;
        }
    std::string text;
    for (const auto& e : schedule) text += fmt::format("{}/{}/{} ", static_cast<int>(e.is), e.whom, e.with);
    return fmt::format("{}\n{} events are enough: {}\n{}", rehearsal{tree, seed}.run(schedule), schedule.size(), text,
                       described(tree));
}

TEST(SupervisorProperty, ATreeDoesWhatTheModelDoes) {
    std::map<std::string, std::size_t> census;
    for (std::uint64_t seed = 1; seed <= seeds; ++seed) {
        dice       d{seed};
        const auto tree     = random_tree(d);
        const auto schedule = random_schedule(d, 40);
        rehearsal  one{tree, seed};
        const auto bad = one.run(schedule);
        one.count_into(census);
        ASSERT_EQ(bad, "") << "seed " << seed << "\n" << shrunk(tree, seed, schedule);
    }
    EXPECT_EQ(census.size(), 11u);
    const std::size_t enough = seeds / 100;  // of each kind of misfortune
    for (const auto& [what, times] : census) EXPECT_GE(times, enough) << what;
}

}  // namespace
