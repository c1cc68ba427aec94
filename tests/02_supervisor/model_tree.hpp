// A tree as one would tell it at a table: one thing happens, and everybody does what is to be done about it, one after
// the other. Of a process only what can be told of it is left: it runs or not, and what its end takes.
#pragma once

#include "random_tree.hpp"

#include <algorithm>
#include <deque>
#include <memory>
#include <ranges>

namespace fate {

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

}  // namespace fate
