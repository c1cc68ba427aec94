// The same tree of real supervisors, and workers that write down what happens to them.
#pragma once

#include "random_tree.hpp"

#include <02_supervisor/dynamic_supervisor.hpp>

#include <memory>

namespace fate {

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
                                  if (r.what == half::report::kind::remark && r.remark.starts_with("gave up"))
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

inline std::optional<half::duration> shutdown_of(std::optional<ms> said) {
    if (!said) return std::nullopt;
    return *said < 0 ? half::brutal_kill : half::duration{std::chrono::milliseconds{*said}};
}

inline half::child real_child(world& w, const spec& s);

inline half::supervisor real_family(world& w, const spec& s) {
    half::supervisor made{.strategy      = s.strategy,
                          .at_most       = {.restarts = s.restarts, .within = std::chrono::milliseconds{s.within}},
                          .auto_shutdown = s.auto_shutdown};
    for (const auto& c : s.children) made.children.push_back(real_child(w, c));
    return made;
}

inline half::child real_child(world& w, const spec& s) {
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

inline std::string word(half::child_error::kind k) {
    return std::array{"no_such_child", "already_there", "already_known",     "running",  "restarting",
                      "did_not_start", "ignored",       "too_many_children", "bad_child"}[k];
}
template <class T>
inline std::string outcome(const half::answer<std::expected<T, half::child_error>>& got) {
    if (!got) return "no answer: " + to_string(got.error());
    return *got ? "ok" : word(got->error().why);
}

}  // namespace fate
