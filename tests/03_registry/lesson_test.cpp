// What the lesson of chapter 03 says, run. The regions are the code blocks of its text, and what a test prints is there too.
#include <02_supervisor/dynamic_supervisor.hpp>
#include <02_supervisor/supervisor.hpp>
#include <03_registry/duplicate_registry.hpp>
#include <03_registry/groups.hpp>
#include <03_registry/presence.hpp>
#include <03_registry/pubsub.hpp>
#include <03_registry/registry.hpp>
#include <03_registry/via.hpp>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace {

using namespace std::chrono_literals;
using half::supervisor;

half::simulated quiet(std::uint64_t seed = 1) {
    return {.seed = seed, .on_report = [](const half::report&) {}};
}

// clang-format off: the servers' messages are meant to be read as lists

// -- the sketch, mended -------------------------------------------------------------------------------------------

namespace mended {

struct room {
    struct sing  { std::string verse; };
    struct heard { using reply = int; };

    int verses = 0;

    void handle(sing s) {
        if (s.verse == "high C") throw std::runtime_error{"the window broke"};
        ++verses;
    }
    int handle(heard) { return verses; }
};

//! [mended]
half::registry<room> stages;

struct singer {
    half::via<half::registry<room>> stage{stages, "stage"};

    void handle(room::sing s) { stage.cast(s); }
};
//! [mended]
// clang-format on

TEST(Lesson, ASingerWhoKnowsTheNameIsHeard) {
    half::runtime sim{quiet()};
    sim.start(supervisor{.children = {{.id = "stage", .start = half::named(stages, "stage", room{})}}});
    auto diva = sim.start(singer{});

    for (auto verse : {"la", "high C", "la", "la"}) {
        diva.cast(room::sing{verse});
        sim.settle();
    }
    fmt::print("heard: {}\n", sim.call(stages.find("stage"), room::heard{}));
    EXPECT_EQ(sim.call(stages.find("stage"), room::heard{}), 2);
}

}  // namespace mended

// -- taken, and free again ----------------------------------------------------------------------------------------

// clang-format off
struct counter {
    struct get  { using reply = int; };
    struct add  { int by; };
    struct fail {};

    int count = 0;

    int  handle(get)   { return count; }
    void handle(add m) { count += m.by; }
    void handle(fail)  { throw std::runtime_error{"overflow"}; }
};

//! [taken]
struct clerk;
half::registry<clerk> desks;

struct clerk {
    struct sit_down { using reply = std::string; };

    std::string handle(sit_down, half::self<clerk> self) {
        auto mine = desks.add(self, "window 1");
        return mine ? "this desk is mine" : to_string(mine.error());
    }
};
//! [taken]
// clang-format on

TEST(Lesson, ATakenNameSaysWhoHoldsIt) {
    half::runtime sim{quiet()};
    auto          ann = sim.start(clerk{});
    auto          bob = sim.start(clerk{});
    fmt::print("Ann: {}\n", sim.call(ann, clerk::sit_down{}));
    fmt::print("Bob: {}\n", sim.call(bob, clerk::sit_down{}));
    EXPECT_EQ(desks.find("window 1"), ann);
    half::kill(ann);
    sim.settle();
    EXPECT_FALSE(desks.find("window 1"));
    fmt::print("Bob, later: {}\n", sim.call(bob, clerk::sit_down{}));
    EXPECT_EQ(desks.find("window 1"), bob);
}

TEST(Lesson, AFreeNameLeadsToNobody) {
    half::runtime sim{quiet()};
    //! [nobody]
    half::ref<clerk> there = desks.find("window 2");
    if (!there) fmt::print("nobody sits there\n");

    auto got = sim.try_call(there, clerk::sit_down{});
    fmt::print("a call: {}\n", to_string(got.error()));
    //! [nobody]
    EXPECT_EQ(got.error(), half::no_answer::no_such_process);
}

// -- one room of each name ----------------------------------------------------------------------------------------

// clang-format off
//! [named_rooms]
struct room {
    struct lines { using reply = int; };
    struct say   { std::string words; };

    std::string topic;
    int         said = 0;

    int  handle(lines) { return said; }
    void handle(say)   { ++said; }
};

//! [open_house]
using house = half::dynamic_supervisor<room, std::string>;

half::registry<room> rooms;

house open_house() {
    auto name  = [](const std::string& topic) { return topic; };
    auto state = [](const std::string& topic) { return room{topic}; };
    return {.start = half::named(rooms, name, state)};
}
//! [open_house]
//! [named_rooms]

//! [visit]
// The room of this topic: the one that is there, or a new one.
half::task<half::ref<room>> visit(half::ref<house> doorman,
                                  std::string topic) {
    if (auto there = rooms.find(topic)) co_return there;

    auto opened = co_await doorman.call(house::start_child{topic});
    if (opened) co_return *opened;
    auto& refused = opened.error();
    if (refused == half::child_error::already_there)
        co_return half::ref<room>{refused.who};
    throw std::runtime_error{to_string(refused)};
}
//! [visit]
// clang-format on

TEST(Lesson, TwoWhoComeAtOnceGetTheSameRoom) {
    for (std::uint64_t seed = 1; seed <= 50; ++seed) {
        half::runtime sim{quiet(seed)};
        auto          doorman = sim.start(open_house());

        struct visitor {
            half::ref<house> doorman;
            half::ref<room>  in = {};
            struct which {
                using reply = half::ref<room>;
            };
            half::task<>    init() { in = co_await visit(doorman, "cats"); }
            half::ref<room> handle(which) { return in; }
        };
        auto ann = sim.spawn(visitor{doorman});
        auto bob = sim.spawn(visitor{doorman});
        sim.settle();
        EXPECT_EQ(sim.call(ann, visitor::which{}), sim.call(bob, visitor::which{})) << "seed " << seed;
        EXPECT_EQ(sim.call(doorman, house::count_children{}).active, 1u);
    }
}

// -- values -------------------------------------------------------------------------------------------------------

// clang-format off
//! [values]
struct taxi;
// From a number to a taxi, and where it is.
half::registry<taxi, int, std::string> taxis;

struct taxi {
    struct drive { std::string to; };

    int number;

    void init(half::self<taxi> self) {
        taxis.add(self, number, "garage").or_throw();
    }
    void handle(drive d, half::self<taxi> self) {
        taxis.update(self, number, [&](auto& where) { where = d.to; });
    }
};
//! [values]
// clang-format on

TEST(Lesson, AValueIsReadWithoutAskingTheProcess) {
    half::runtime sim{quiet()};
    auto          seven = sim.start(taxi{7});
    seven.cast(taxi::drive{"station"});
    sim.settle();
    EXPECT_EQ(taxis.value(7), "station");
    EXPECT_EQ(taxis.value(8), std::nullopt);
}

// -- many under one key -------------------------------------------------------------------------------------------

// clang-format off
//! [dispatch]
//! [watching]
struct viewer;
// From a pet's number to those who look at it.
half::duplicate_registry<viewer, int> watching;
//! [watching]

struct viewer {
    struct seen { int age; };

    int last_age = 0;

    void init(half::self<viewer> self) { watching.add(self, 12); }
    void handle(seen s)                { last_age = s.age; }

    std::string describe() const { return fmt::format("saw it at {}", last_age); }
};

//! [tell_viewers]
void tell_viewers(int pet, int age) {
    watching.dispatch(pet, [&](half::ref<viewer> v) {
        v.cast(viewer::seen{age});
    });
}
//! [tell_viewers]
//! [dispatch]
// clang-format on

TEST(Lesson, DispatchReachesAllUnderAKey) {
    half::runtime sim{quiet()};
    auto          a = sim.start(viewer{}), b = sim.start(viewer{});
    tell_viewers(12, 3);
    half::kill(a);
    sim.settle();
    EXPECT_EQ(watching.count(12), 1u);
    EXPECT_EQ(sim.info(b)->state, "saw it at 3");
}

// -- one form for many --------------------------------------------------------------------------------------------

// clang-format off
//! [encode]
struct goal  { std::string score; };
struct frame { std::string json; };

half::pubsub<goal> football;
int                frames_made = 0;

//! [screen]
frame to_frame(const goal& g) {
    ++frames_made;
    return {fmt::format(R"({{"score":"{}"}})", g.score)};
}

struct screen {
    std::string shown;

    void init(half::self<screen> self) {
        football.subscribe(self, "final", half::as<&to_frame>);
    }
    void handle(half::shared<frame> f) { shown = f->json; }

    std::string describe() const { return shown; }
};
//! [screen]
//! [encode]
// clang-format on

TEST(Lesson, AFormIsMadeOnceForAllWhoWantIt) {
    half::runtime                  sim{quiet()};
    std::vector<half::ref<screen>> screens;
    for (int i = 0; i < 1000; ++i) screens.push_back(sim.start(screen{}));
    frames_made = 0;
    auto told   = football.broadcast("final", goal{"2:1"});
    sim.settle();
    fmt::print("{} screens, {} frame made\n", told, frames_made);
    EXPECT_EQ(frames_made, 1);
    EXPECT_EQ(sim.info(screens.back())->state, R"({"score":"2:1"})");
}

// -- predict before you run ---------------------------------------------------------------------------------------

TEST(Lesson, TwoMessagesThroughANameMayReachTwoLives) {
    half::runtime           sim{quiet()};
    half::registry<counter> names;
    sim.start(supervisor{.children = {{.id = "c", .start = half::named(names, "c", counter{})}}});
    half::via c{names, "c"};
    c.cast(counter::add{1});
    c.cast(counter::fail{});
    sim.settle();
    c.cast(counter::add{1});
    sim.settle();
    EXPECT_EQ(sim.call(c.who(), counter::get{}), 1);  // the first 1 died with the first life
}

TEST(Lesson, ACopyOfARegistryIsTheSameTable) {
    half::runtime        sim{quiet()};
    half::registry<room> one;
    auto                 two = one;
    sim.start(supervisor{.children = {{.id = "r", .start = half::named(one, "r", room{"r"})}}});
    EXPECT_TRUE(two.find("r"));
    EXPECT_EQ(two.find("r"), one.find("r"));
}

TEST(Lesson, ANameIsFreeWhenYouHearOfTheDeath) {
    // clang-format off
    struct heir {
        half::ref<clerk> of;
        std::string      found = "nothing yet";

        void        init(half::self<heir> self) { half::monitor(self, of); }
        void        handle(half::down)          { found = desks.find("window 1") ? "taken" : "free"; }
        std::string describe() const            { return found; }
    };
    // clang-format on
    for (std::uint64_t seed = 1; seed <= 100; ++seed) {
        half::runtime sim{quiet(seed)};
        auto          holder = sim.start(clerk{});
        sim.call(holder, clerk::sit_down{});
        auto waits = sim.start(heir{holder});
        half::kill(holder);
        sim.settle();
        EXPECT_EQ(sim.info(waits)->state, "free") << "seed " << seed;
    }
}

struct player;
half::groups<player> teams;

// clang-format off
struct player {
    struct points { using reply = int; };

    int  scored = 0;
    bool asleep = false;

    void init(half::self<player> self) { teams.join(self, "red"); }

    half::task<int> handle(points) {
        if (asleep) co_await half::sleep(1h);
        co_return scored;
    }
};
// clang-format on

TEST(Lesson, ADeadMemberTakesNoTimeAndASlowOneTakesTheDeadline) {
    half::runtime sim{quiet()};
    sim.start(player{3});
    auto dead = sim.start(player{5});
    half::kill(dead);
    sim.settle();
    auto before = sim.now();
    auto got    = sim.run(teams.multi_call("red", player::points{}, 1s));
    EXPECT_EQ(got.size(), 1u);
    EXPECT_EQ(sim.now(), before);

    sim.start(player{.scored = 4, .asleep = true});
    got = sim.run(teams.multi_call("red", player::points{}, 1s));
    ASSERT_EQ(got.size(), 2u);
    EXPECT_EQ(got[0].second, 3);
    EXPECT_EQ(got[1].second.error(), half::no_answer::timed_out);
    EXPECT_EQ(sim.now() - before, 1s);
}

TEST(Lesson, TwoBroadcastsOfOneSenderArriveInOrder) {
    // clang-format off
    struct fan {
        std::string heard;

        void        init(half::self<fan> self) { football.subscribe(self, "order"); }
        void        handle(goal g)             { heard += g.score + " "; }
        std::string describe() const           { return heard; }
    };
    // clang-format on
    for (std::uint64_t seed = 1; seed <= 20; ++seed) {
        half::runtime sim{quiet(seed)};
        auto          ann = sim.start(fan{});
        for (auto score : {"1:0", "1:1", "2:1"}) football.broadcast("order", goal{score});
        sim.settle();
        EXPECT_EQ(sim.info(ann)->state, "1:0 1:1 2:1 ");
    }
}

half::presence<std::string> online;

// clang-format off
struct page {
    std::string user, device;

    void init(half::self<page> self) { online.track(self, "lobby", user, device); }
};
// clang-format on

TEST(Lesson, AUserWithTwoDevicesIsHereUntilTheLastHasGone) {
    half::runtime sim{quiet()};
    auto          phone  = sim.start(page{"bob", "phone"});
    auto          tablet = sim.start(page{"bob", "tablet"});
    EXPECT_EQ(online.count("lobby"), 1u);
    half::kill(phone);
    sim.settle();
    EXPECT_EQ(online.count("lobby"), 1u);
    half::kill(tablet);
    sim.settle();
    EXPECT_EQ(online.count("lobby"), 0u);
}

}  // namespace
