// Random trees and random misfortune, over many seeds, in simulated time.
//
// Alone: one thing happens at a time. A model, which is a supervisor as one would tell it at a table, knows what must come
// of it: who begins and who ends, in which order, at which millisecond, who gives up and why. The tree must do just that.
//
// Together: many things happen at once, and nobody can know the order. But there are rules that hold in each of them.
#include <02_supervisor/dynamic_supervisor.hpp>
#include <02_supervisor/supervisor.hpp>
#include <02_supervisor/tree.hpp>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <random>
#include <ranges>
#include <set>

namespace {

using namespace std::chrono_literals;
using half::exit_reason;
using ms              = std::int64_t;
constexpr ms for_ever = INT64_MAX / 4;

#if defined(__has_feature)
#if __has_feature(thread_sanitizer) || __has_feature(address_sanitizer)
constexpr int seeds = 150;
#else
constexpr int seeds = 1200;
#endif
#endif

// -- what a tree is to be ---------------------------------------------------------------------------------------------

enum class kind { plain, polite, trapping, family, brood };  // the last two are supervisors, static and dynamic

struct spec {
    std::string       id;
    kind              is          = kind::plain;
    half::restart     restart     = half::permanent;
    std::optional<ms> shutdown    = {};  // -1: brutal_kill
    bool              significant = false, by_function = false;
    ms                init_takes = 0, end_takes = 0;  // of a worker, or of a brood's children

    half::strategy      strategy      = half::one_for_one;
    int                 restarts      = 3;
    ms                  within        = 5000;
    half::auto_shutdown auto_shutdown = half::auto_shutdown::never;
    std::vector<spec>   children      = {};  // of a family
    half::restart       kids_restart  = half::permanent;
    std::optional<ms>   kids_shutdown = {};
    std::size_t         max_children  = 3;

    bool supervises() const { return is == kind::family || is == kind::brood; }
};

class dice {
public:
    explicit dice(std::uint64_t seed) : random_{seed} {}
    std::uint64_t word() { return random_(); }
    int           below(int n) { return static_cast<int>(random_() % static_cast<std::uint64_t>(n)); }
    bool          one_in(int n) { return below(n) == 0; }
    template <class T>
    T of(std::initializer_list<T> these) {
        return *(these.begin() + below(static_cast<int>(these.size())));
    }

private:
    std::mt19937_64 random_;
};

spec random_child(dice& d, int depth, half::auto_shutdown above, int& number) {
    using enum half::restart;
    spec s;
    s.is          = depth < 3 && d.below(5) < 2 ? d.of({kind::family, kind::family, kind::brood})
                                                : d.of({kind::plain, kind::polite, kind::polite, kind::trapping});
    s.id          = fmt::format("{}{}", s.supervises() ? "s" : "w", number++);
    s.restart     = d.of({permanent, permanent, permanent, transient, temporary});
    s.significant = s.restart != permanent && above != half::auto_shutdown::never && d.one_in(2);
    s.by_function = d.one_in(2);
    if (d.one_in(4)) s.shutdown = d.one_in(2) ? -1 : 100 + d.below(6000);
    if (d.one_in(4)) s.init_takes = 1 + d.below(2000);
    if (d.one_in(3)) s.end_takes = 1 + d.below(d.one_in(3) ? 9000 : 1500);
    s.restarts = d.below(5);
    s.within   = 1000 + d.below(15000);
    if (s.is == kind::brood) {
        s.kids_restart = d.of({permanent, transient, temporary});
        if (d.one_in(3)) s.kids_shutdown = d.one_in(2) ? -1 : 100 + d.below(3000);
    }
    if (s.is == kind::family) {
        s.strategy = d.of({half::one_for_one, half::one_for_all, half::rest_for_one});
        if (d.one_in(4))
            s.auto_shutdown = d.of({half::auto_shutdown::any_significant, half::auto_shutdown::all_significant});
        for (int n = depth ? d.below(5) : 2 + d.below(4); n > 0; --n)
            s.children.push_back(random_child(d, depth + 1, s.auto_shutdown, number));
    }
    return s;
}

spec random_tree(dice& d) {
    int number = 0;
    for (;;) {
        auto root = random_child(d, 0, half::auto_shutdown::never, number);
        if (root.is != kind::family || root.children.empty()) continue;
        root.id = "root";
        if (d.below(4)) root.restarts += 4, root.auto_shutdown = half::auto_shutdown::never;  // that it lives a while
        if (root.auto_shutdown == half::auto_shutdown::never)
            for (auto& c : root.children) c.significant = false;
        return root;
    }
}

std::string described(const spec& s, int indent = 0) {
    const auto strategies = std::array{"one_for_one", "one_for_all", "rest_for_one"};
    const auto restarts   = std::array{"permanent", "transient", "temporary"};
    const auto kinds      = std::array{"plain", "polite", "trapping", "family", "brood"};
    auto       text       = fmt::format("{:{}}{} {} {}", "", indent, s.id, kinds[static_cast<std::size_t>(s.is)],
                                        restarts[static_cast<std::size_t>(s.restart)]);
    if (s.shutdown) text += fmt::format(", shutdown {}", *s.shutdown);
    if (s.significant) text += ", significant";
    if (!s.supervises() || s.is == kind::brood) text += fmt::format(", init {}, end {}", s.init_takes, s.end_takes);
    if (s.supervises()) text += fmt::format(", {} restarts within {}", s.restarts, s.within);
    if (s.is == kind::brood)
        text += fmt::format(", children {} shutdown {}", restarts[static_cast<std::size_t>(s.kids_restart)],
                            s.kids_shutdown.value_or(5000));
    if (s.is == kind::family)
        text += fmt::format(", {}, auto_shutdown {}", strategies[static_cast<std::size_t>(s.strategy)],
                            static_cast<int>(s.auto_shutdown));
    text += '\n';
    for (const auto& c : s.children) text += described(c, indent + 2);
    return text;
}

// What inits do besides: so many of the next ones of an id throw, or ignore.
struct moods {
    std::map<std::string, int> fail, ignore;

    static bool take(std::map<std::string, int>& from, const std::string& id) {
        const auto found = from.find(id);
        return found != from.end() && found->second-- > 0;
    }
};

// What a tree did, as it is compared: beginnings and good ends in their order, and when which state was destroyed.
struct history {
    std::vector<std::string>           steps;   // "120 +w3", "4500 -w3"
    std::multiset<std::string>         graves;  // "4500 w3"
    std::vector<std::string>           given_up;
    std::map<std::string, std::size_t> alive;
};

// -- the model ----------------------------------------------------------------------------------------------------------

// A process that should live, or a child that is known and does not.
struct node {
    spec                              is;
    node*                             parent     = nullptr;
    bool                              runs       = false;
    bool                              left_alone = false;  // somebody stopped it
    bool                              stuck      = false;  // its handler waits, and will for ever
    std::deque<ms>                    restarts   = {};     // when its children were started again
    std::deque<std::unique_ptr<node>> children   = {};
    int                               kids       = 0;

    node* find(const std::string& id) const {
        for (const auto& c : children)
            if (c->is.id == id) return c.get();
        return nullptr;
    }
};

class model {
public:
    explicit model(const spec& root) { root_.is = root; }

    enum class begun { yes, failed, ignored };

    begun start() { return start(root_); }
    node& root() { return root_; }

    ms                                 now = 0;
    moods                              mood;
    history                            told;
    std::map<std::string, std::size_t> census = {};  // so that nobody believes a test in which nothing happened
    bool cut_short = false;  // a supervisor was killed: those below it end, and it begins again, at the same time

    // -- a process ends, for a reason of its own or of somebody outside ---------------------------------------------

    void crashes(node& n) { last_words(n), died(n), ended(n, false); }
    void leaves(node& n, bool expected) { last_words(n), died(n), ended(n, expected); }
    void is_killed(node& n) { kill(n), ended(n, false); }
    void is_told_to_exit(node& n, exit_reason::kind why) {
        const bool expected = why == exit_reason::kind::normal || why == exit_reason::kind::shutdown;
        if (n.is.supervises()) {
            if (why == exit_reason::kind::shutdown) close(n, true);
        } else if (n.is.is != kind::trapping && why != exit_reason::kind::normal) {
            died(n), ended(n, expected);
        }
    }
    void is_stopped(node& n, bool expected) {
        if (n.is.supervises()) close(n, expected);
        else leaves(n, expected);
    }

    // -- what a supervisor can be asked -------------------------------------------------------------------------------

    std::string start_child(node& sup, const spec& s) {
        if (const auto* there = sup.find(s.id)) return there->runs ? "already_there" : "already_known";
        auto& added = add(sup, s);
        switch (start(added)) {
        case begun::yes: return "ok";
        case begun::failed: forget(added); return "did_not_start";
        case begun::ignored: break;
        }
        if (s.restart == half::temporary) forget(added);
        return "ignored";
    }
    std::string terminate_child(node& sup, const std::string& id) {
        auto* n = sup.find(id);
        if (!n) return "no_such_child";
        stop(*n, for_ever);
        n->left_alone = true;
        if (n->is.restart == half::temporary) forget(*n);
        return "ok";
    }
    std::string restart_child(node& sup, const std::string& id) {
        auto* n = sup.find(id);
        if (!n) return "no_such_child";
        if (n->runs) return "running";
        n->left_alone = false;  // somebody wants it to run, whatever comes of it now
        switch (start(*n)) {
        case begun::yes: return "ok";
        case begun::failed: return "did_not_start";
        case begun::ignored: return "ignored";
        }
        return "";
    }
    std::string delete_child(node& sup, const std::string& id) {
        auto* n = sup.find(id);
        if (!n) return "no_such_child";
        if (n->runs) return "running";
        forget(*n);
        return "ok";
    }
    std::string start_kid(node& brood) {
        if (brood.children.size() >= brood.is.max_children) return "too_many_children";
        const auto& s = brood.is;
        spec        kid;
        kid.id           = fmt::format("{}#{}", s.id, kid_number++);
        kid.is           = kind::polite;
        kid.restart      = s.kids_restart;
        kid.shutdown     = s.kids_shutdown;
        kid.init_takes   = s.init_takes;
        kid.end_takes    = s.end_takes;
        auto&      added = add(brood, kid);
        const auto how   = start(added);
        if (how != begun::yes) forget(added);
        return how == begun::yes ? "ok" : how == begun::failed ? "did_not_start" : "ignored";
    }
    std::string terminate_kid(node& kid) {
        stop(kid, for_ever);
        forget(kid);
        return "ok";
    }
    int kid_number = 0;

    void finish() { close(root_, true); }

private:
    node& add(node& to, spec s) {
        auto made    = std::make_unique<node>();
        made->is     = std::move(s);
        made->parent = &to;
        to.children.push_back(std::move(made));
        return *to.children.back();
    }
    static void forget(node& n) {
        auto& among = n.parent->children;
        among.erase(std::ranges::find(among, &n, &std::unique_ptr<node>::get));
    }

    void says(char what, const node& n) { told.steps.push_back(fmt::format("{} {}{}", now, what, n.is.id)); }

    begun start(node& n) {
        n.stuck = false;
        if (n.is.supervises()) return start_all(n);
        says('+', n);
        n.runs = true;
        ++told.alive[n.is.id];
        now += n.is.init_takes;
        if (moods::take(mood.fail, n.is.id)) return died(n), begun::failed;
        if (moods::take(mood.ignore, n.is.id)) return died(n), begun::ignored;
        return begun::yes;
    }
    begun start_all(node& sup) {
        sup.restarts.clear();
        sup.children.clear();
        sup.runs = true;
        for (const auto& s : sup.is.children) {
            auto&      child = add(sup, s);
            const auto how   = start(child);
            if (how == begun::ignored && s.restart == half::temporary) forget(child);
            if (how != begun::failed) continue;
            stop_children(sup, for_ever);
            sup.runs = false;
            return begun::failed;
        }
        return begun::yes;
    }

    // What a worker does at its end when nobody presses it.
    void last_words(node& n) {
        if (n.is.is != kind::polite) return;
        says('-', n);
        now += n.is.end_takes;
    }
    void died(node& n) { died_at(n, now); }
    void died_at(node& n, ms when) {
        n.runs = false;
        told.graves.insert(fmt::format("{} {}", when, n.is.id));
        if (--told.alive[n.is.id] == 0) told.alive.erase(n.is.id);
    }
    void kill(node& n) {
        if (!n.runs) return;
        if (!n.is.supervises()) return died(n);
        cut_short = true;
        ++census["supervisors killed"];
        for (auto& c : n.children) kill(*c);
        n.runs = false;
    }

    // Asks it to end, waits as long as its `shutdown` says, then kills it. False: `limit` came first.
    bool stop(node& n, ms limit) {
        if (!n.runs) return true;
        const ms patience = n.is.shutdown.value_or(n.is.supervises() ? for_ever : 5000);
        if (patience < 0) return kill(n), true;
        const ms killed_at = now + patience;
        if (n.is.supervises()) {
            if (stop_children(n, std::min(limit, killed_at))) return n.runs = false, true;
            if (now < killed_at) return false;
            ++census["supervisors killed for being late"];
            kill(n);
            return true;
        }
        const ms good_end = ends_by(n), ends_at = std::min(good_end, killed_at);
        if (good_end > killed_at) ++census["workers killed for being late"];
        if (ends_at > limit) return now = limit, false;
        now = ends_at;
        died(n);
        return true;
    }
    // Asked in good order, when would this worker end?
    ms ends_by(node& n) {
        if (n.is.is == kind::plain) return now;
        if (n.stuck) return for_ever;
        if (n.is.is == kind::trapping) return now;
        says('-', n);
        return now + n.is.end_takes;
    }
    bool stop_children(node& sup, ms limit) {
        if (sup.is.is == kind::brood) return stop_at_once(sup, limit);
        for (auto& c : sup.children | std::views::reverse)
            if (!stop(*c, limit)) return false;
        return true;
    }
    bool stop_at_once(node& brood, ms limit) {
        const ms begin = now, patience = brood.is.kids_shutdown.value_or(5000);
        ms       last = now;
        for (auto& c : brood.children) {
            if (!c->runs) continue;
            const ms at = patience < 0 ? begin : std::min(ends_by(*c), begin + patience);
            if (at <= limit) died_at(*c, at);
            last = std::max(last, at);
        }
        now = std::min(last, limit);
        return last <= limit;
    }

    // A supervisor ends in good order.
    void close(node& sup, bool expected) {
        stop_children(sup, for_ever);
        sup.runs = false;
        ended(sup, expected);
    }

    // What its supervisor does about a child that ended by itself.
    void ended(node& n, bool expected) {
        if (!n.parent) return;
        auto& sup = *n.parent;
        if (n.is.restart == half::permanent || (n.is.restart == half::transient && !expected)) return start_again(n);
        const bool significant = n.is.significant;
        if (n.is.restart == half::temporary || sup.is.is == kind::brood) forget(n);
        if (!significant) return;
        const bool another = std::ranges::any_of(sup.children, [](auto& c) { return c->is.significant && c->runs; });
        if (sup.is.auto_shutdown == half::auto_shutdown::all_significant && another) return;
        ++census["automatic shutdowns"];
        close(sup, true);
    }

    void start_again(node& n) {
        auto& sup = *n.parent;
        auto* bad = &n;
        do {
            sup.restarts.push_back(now);
            while (now - sup.restarts.front() > sup.is.within) sup.restarts.pop_front();
            if (sup.restarts.size() > static_cast<std::size_t>(sup.is.restarts)) {
                ++census[sup.parent ? "supervisors that gave up" : "roots that gave up"];
                told.given_up.push_back(fmt::format("{}: {} '{}'", sup.is.id, sup.restarts.size(), bad->is.id));
                return close(sup, true);
            }
            auto group = sharing_fate(*bad);
            ++census[group.size() > 1 ? "groups restarted" : "children restarted"];
            if (bad != &n) ++census["restarts after a sibling's restart failed"];
            for (auto* each : group | std::views::reverse)
                if (each->runs) stop(*each, for_ever);
            bad = nullptr;
            for (auto* each : group) {
                if (each->is.restart == half::temporary) {
                    forget(*each);
                    continue;
                }
                if (each->left_alone) continue;
                const auto how = start(*each);
                if (how == begun::ignored && sup.is.is == kind::brood) forget(*each);
                if (how == begun::failed) {
                    ++census["restarts that failed"];
                    bad = each;
                    break;
                }
            }
        } while (bad);
    }
    static std::vector<node*> sharing_fate(node& n) {
        if (n.parent->is.is == kind::brood || n.parent->is.strategy == half::one_for_one) return {&n};
        std::vector<node*> group;
        for (auto& c : n.parent->children)
            if (n.parent->is.strategy == half::one_for_all || c.get() == &n || !group.empty()) group.push_back(c.get());
        return group;
    }

    node root_;
};

// -- the real one -------------------------------------------------------------------------------------------------------

struct world {
    moods                                       mood    = {};
    history                                     told    = {};
    std::map<std::string, half::pid>            who     = {};
    std::vector<std::string>                    wrong   = {};
    bool                                        strict  = true;  // no life of an id begins before the last one is gone
    int                                         states  = 0;
    std::set<std::pair<std::string, half::pid>> living  = {};
    std::multiset<half::pid>                    awaited = {};  // somebody waits for their end
    std::map<half::pid, std::string>            reports = {};
    half::runtime                               sim;  // ends before what its processes write to

    explicit world(std::uint64_t seed)
        : sim{half::simulated{.seed = seed, .on_report = [this](const half::report& r) {
                                  if (r.what == half::report::kind::supervisor && r.remark.starts_with("gave up"))
                                      reports[r.pid] = r.remark;
                              }}} {}

    ms now() const {
        return std::chrono::duration_cast<std::chrono::milliseconds>(sim.now().time_since_epoch()).count();
    }
    void says(char what, const std::string& id) { told.steps.push_back(fmt::format("{} {}{}", now(), what, id)); }
};

// Lives as long as the state of a worker that has begun.
struct life {
    world*      of;
    std::string id;
    half::pid   who;

    life(world* w, std::string name, half::pid me) : of{w}, id{std::move(name)}, who{me} {
        ++of->states;
        of->living.emplace(id, who);
        of->who[id] = who;
        if (++of->told.alive[id] > 1 && of->strict) of->wrong.push_back(id + " begins while it still lives");
    }
    life(life&&) = delete;
    ~life() {
        --of->states;
        of->living.erase({id, who});
        of->told.graves.insert(fmt::format("{} {}", of->now(), id));
        if (--of->told.alive[id] == 0) of->told.alive.erase(id);
    }
};

struct plain {
    struct end {
        exit_reason reason;
    };
    struct crash {};
    struct stick {};

    world*                of;
    std::string           id;
    ms                    init_takes, end_takes;
    int                   handled = 0;  // a life begins from the specification, where this is 0
    std::shared_ptr<life> token   = {};

    half::task<> begin(half::pid me) {
        of->says('+', id);
        if (handled || token) of->wrong.push_back(id + " begins with the state of an earlier life");
        token   = std::make_shared<life>(of, id, me);
        handled = 1;
        if (init_takes) co_await half::sleep(std::chrono::milliseconds{init_takes});
        if (moods::take(of->mood.fail, id)) throw std::runtime_error{"no gas"};
        if (moods::take(of->mood.ignore, id)) throw half::ignore{};
    }
    half::task<> init(half::self<plain> self) { return begin(self); }
    void         handle(crash) { throw std::runtime_error{"boom"}; }
    void         handle(end m) { throw half::leave{std::move(m.reason)}; }
    half::task<> handle(stick) { co_await half::sleep(1000h); }
};

struct polite : plain {
    using plain::handle;
    half::task<> init(half::self<polite> self) { return begin(self); }
    half::task<> terminate(exit_reason) {
        of->says('-', id);
        if (end_takes) co_await half::sleep(std::chrono::milliseconds{end_takes});
    }
};

struct trapping : plain {
    using plain::handle;
    half::task<> init(half::self<trapping> self) { return begin(self); }
    void         handle(half::exit_signal) {}
};

using brood = half::dynamic_supervisor<polite, int>;

std::optional<half::duration> shutdown_of(std::optional<ms> said) {
    if (!said) return std::nullopt;
    return *said < 0 ? half::brutal_kill : half::duration{std::chrono::milliseconds{*said}};
}

half::child real_child(world& w, const spec& s);

half::supervisor real_family(world& w, const spec& s) {
    half::supervisor made{.strategy      = s.strategy,
                          .at_most       = {.restarts = s.restarts, .within = std::chrono::milliseconds{s.within}},
                          .auto_shutdown = s.auto_shutdown};
    for (const auto& c : s.children) made.children.push_back(real_child(w, c));
    return made;
}

half::child real_child(world& w, const spec& s) {
    auto made = [&](auto begun_from) {
        return half::child{.id          = s.id,
                           .start       = s.by_function ? half::starter{[begun_from] { return begun_from; }}
                                                        : half::starter{begun_from},
                           .restart     = s.restart,
                           .shutdown    = shutdown_of(s.shutdown),
                           .significant = s.significant};
    };
    plain base{.of = &w, .id = s.id, .init_takes = s.init_takes, .end_takes = s.end_takes};
    switch (s.is) {
    case kind::plain: return made(base);
    case kind::polite: return made(polite{base});
    case kind::trapping: return made(trapping{base});
    case kind::family: return made(real_family(w, s));
    case kind::brood: break;
    }
    auto kid = [base](const int& number) {
        auto state = base;
        state.id   = fmt::format("{}#{}", base.id, number);
        return polite{std::move(state)};
    };
    return made(brood{.start        = kid,
                      .restart      = s.kids_restart,
                      .at_most      = {.restarts = s.restarts, .within = std::chrono::milliseconds{s.within}},
                      .shutdown     = shutdown_of(s.kids_shutdown),
                      .max_children = s.max_children});
}

std::string word(half::child_error::kind k) {
    return std::array{"no_such_child", "already_there", "already_known",     "running",  "restarting",
                      "did_not_start", "ignored",       "too_many_children", "bad_child"}[k];
}
template <class T>
std::string outcome(const half::answer<std::expected<T, half::child_error>>& got) {
    if (!got) return "no answer: " + to_string(got.error());
    return *got ? "ok" : word(got->error().why);
}

// -- what happens -------------------------------------------------------------------------------------------------------

struct event {
    // clang-format off
    enum what { crash, leave_well, leave_badly, kill, exit_normal, exit_shutdown, exit_other, stop_well, stop_badly, stick,
                start_child, terminate_child, restart_child, delete_child, start_kid, terminate_kid, time, mood };
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

// -- one thing at a time ------------------------------------------------------------------------------------------------

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
    for (const auto& [what, times] : census) EXPECT_GT(times, static_cast<std::size_t>(seeds) / 50) << what;
}

// -- many things at once ------------------------------------------------------------------------------------------------

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
