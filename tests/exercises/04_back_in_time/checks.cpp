#include <02_supervisor/supervisor.hpp>
#include <04_persistence/persister.hpp>
#include <04_persistence/state_guardian.hpp>

#include <exercise/back_in_time.hpp>
#include <exercise/expect.hpp>
#include <string>

namespace {

using exercise::expect;
using namespace std::chrono_literals;

// clang-format off
//! [climber]
struct climber {
    struct step   {};
    struct slip   {};
    struct height { using reply = int; };

    int metres = 0;

    void handle(step)   { metres += 10; }
    void handle(slip)   { throw std::runtime_error{"a loose stone"}; }
    int  handle(height) { return metres; }
};
//! [climber]

//! [roped]
struct roped;
half::state_guardian<roped> rope;

struct roped : climber {
    using climber::handle;

    int steps = 0;

    void handle(step) {
        metres += 10;
        if (++steps % 3 == 0) rope.keep("Ann", *this);  // a hook in the rock
    }
};
//! [roped]

//! [noted]
struct place {
    std::string name;
    int         metres;
};

struct noted : climber {
    using climber::handle;

    half::persister<place> notes;

    half::task<> init() {
        (co_await notes.load()).or_throw();
        if (auto known = notes.find("Ann")) metres = known->metres;
    }
    void handle(step) {
        metres += 10;
        notes.keep({"Ann", metres});
    }
};
//! [noted]

constexpr half::table<place> places{"places", {"name", "metres"}};
const half::migrations       schema{{.version = 1, .name = "places",
                                     .up = {"create table places (name text primary key, metres bigint not null)"}}};

//! [mountain]
half::supervisor mountain(half::store db, half::persister<place> notes) {
    return {.children = {
        {.id = "database", .start = db},
        {.id = "notes",    .start = notes},
        {.id = "Ann",      .start = noted{{.metres = 100}, notes}},
    }};
}

// One run of the program, from its start.
struct evening {
    half::store                 db;
    half::persister<place>      notes{{.to = db, .table = places, .every = 10s}};
    half::runtime               sim{half::simulated{}};
    half::ref<half::supervisor> root = sim.start(mountain(db, notes));
    half::ref<noted>            ann  = sim.run(half::find_child<noted>(root, "Ann"));

    void steps(int n) { while (n-- > 0) ann.cast(climber::step{}); sim.settle(); }
};
//! [mountain]
// clang-format on

template <class Climber>
int after_a_slip(half::starter start) {
    half::runtime sim{half::simulated{.on_report = [](const half::report&) {}}};
    //! [slip]
    auto root = sim.start(half::supervisor{.children = {{.id = "Ann", .start = start}}});
    auto ann  = [&] { return sim.run(half::find_child<Climber>(root, "Ann")); };

    for (int i = 0; i < 5; ++i) ann().cast(climber::step{});
    ann().cast(climber::slip{});
    sim.settle();
    return sim.call(ann(), climber::height{});
    //! [slip]
}

int without_rope() { return after_a_slip<climber>(climber{.metres = 100}); }

int with_rope() {
    rope.forget("Ann");
    return after_a_slip<roped>(half::guarded(rope, "Ann", roped{{.metres = 100}}));
}

int next_evening(bool power_cut) {
    half::memory_database disk;
    half::store           db{disk, {.schema = schema}};
    //! [evenings]
    {
        evening first{db};
        first.steps(3);
        first.sim.advance(65s);
        first.steps(2);
        first.sim.advance(1s);
        if (power_cut) disk.go_away();  // nothing is written any more
        else first.root.stop(), first.sim.advance(1min);
    }
    disk.come_back();
    evening second{db};
    return second.sim.call(second.ann, climber::height{});
    //! [evenings]
}

std::string metres(int height) { return std::to_string(height) + " m"; }

TEST(BackInTime, WithoutARope) {
    expect(without_a_rope == without_rope(), "you say that without a rope the next life begins at "
                                                 + metres(without_a_rope) + ", and it began at "
                                                 + metres(without_rope()));
}

TEST(BackInTime, WithARope) {
    expect(with_a_rope == with_rope(), "you say that with a rope the next life begins at " + metres(with_a_rope)
                                           + ", and it began at " + metres(with_rope()));
}

TEST(BackInTime, AfterAPowerCut) {
    const int height = next_evening(true);
    expect(after_a_power_cut == height, "you say that after a power cut she is at " + metres(after_a_power_cut)
                                            + ", and she is at " + metres(height));
}

TEST(BackInTime, AfterAnOrderlyStop) {
    const int height = next_evening(false);
    expect(after_an_orderly_stop == height, "you say that after an orderly stop she is at "
                                                + metres(after_an_orderly_stop) + ", and she is at " + metres(height));
}

}  // namespace
