// What the lesson of chapter 04 says, run. The regions are the code blocks of its text, and what a test prints is there too.
#include <02_supervisor/supervisor.hpp>
#include <04_persistence/persister.hpp>
#include <04_persistence/state_guardian.hpp>
#include <04_persistence/store.hpp>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <map>
#include <string>
#include <vector>

// clang-format off
//! [own_column]
struct money {
    std::int64_t cents = 0;
};

template <>
struct half::column<money> {
    static void  write(auto& to, money m)          { to.integer(m.cents); }
    static money read(const auto& from, int at)    { return {from.integer(at)}; }
};
//! [own_column]
// clang-format on

namespace {

using namespace std::chrono_literals;
using half::supervisor;

half::simulated quiet(std::uint64_t seed = 1) {
    return {.seed = seed, .on_report = [](const half::report&) {}};
}

// -- the sketch, mended -------------------------------------------------------------------------------------------

namespace mended {

// clang-format off
struct pet;
//! [mended]
half::state_guardian<pet> guardian;

struct pet {
    struct tick {};
    struct bite {};
    struct age  { using reply = int; };

    int years = 0;

    void handle(tick) {
        ++years;
        guardian.keep("Rex", *this);
    }
    void handle(bite) { throw std::runtime_error{"ouch"}; }
    int  handle(age) { return years; }
};
//! [mended]
// clang-format on

std::map<std::string, int> disk = {{"Rex", 3}};

half::task<> save(half::ref<supervisor> home) {
    auto rex    = co_await half::find_child<pet>(home, "Rex");
    disk["Rex"] = co_await rex.call(pet::age{});
}

TEST(Lesson, AGuardedPetIsTwelveAfterTheBite) {
    half::runtime sim{quiet()};
    //! [mended_start]
    auto from = half::guarded(guardian, "Rex", pet{.years = disk["Rex"]});
    auto home = sim.start(half::supervisor{.children = {{.id = "Rex", .start = from}}});
    //! [mended_start]
    auto rex = sim.run(half::find_child<pet>(home, "Rex"));
    for (int year = 0; year < 9; ++year) rex.cast(pet::tick{});
    sim.run(save(home));
    const int before = disk["Rex"];

    rex.cast(pet::bite{});
    sim.settle();
    sim.run(save(home));
    fmt::print("on disk before the crash: {} years; after it: {}\n", before, disk["Rex"]);
    EXPECT_EQ(before, 12);
    EXPECT_EQ(disk["Rex"], 12);
}

}  // namespace mended

// -- what is kept, and for whom -----------------------------------------------------------------------------------

namespace scales {

// clang-format off
struct scale;
half::state_guardian<scale> guardian;

//! [halfway]
struct scale {
    struct put    { int grams; };
    struct weight { using reply = int; };

    int left = 0, right = 0;

    void handle(put p) {
        left += p.grams;
        if (p.grams > 1000) throw std::runtime_error{"the pan broke"};
        right += p.grams;
        guardian.keep("scale", *this);
    }
    int handle(weight) { return left - right; }
};
//! [halfway]
// clang-format on

TEST(Lesson, WhatACrashingHandlerDidIsNotKept) {
    half::runtime sim{quiet()};
    auto          start = half::guarded(guardian, "scale", scale{});
    auto          root  = sim.start(supervisor{.children = {{.id = "scale", .start = start}}});
    auto          now   = [&] { return sim.run(half::find_child<scale>(root, "scale")); };

    now().cast(scale::put{500});
    now().cast(scale::put{2000});
    sim.settle();
    EXPECT_EQ(sim.call(now(), scale::weight{}), 0);
    EXPECT_EQ(guardian.find("scale")->left, 500);
}

TEST(Lesson, WhoIsDoneTakesItsStateAlong) {
    half::runtime sim{quiet()};
    auto          start = half::guarded(guardian, "scale", scale{});
    auto          root  = sim.start(supervisor{.children = {{.id = "scale", .start = start}}});
    auto          now   = [&] { return sim.run(half::find_child<scale>(root, "scale")); };

    now().cast(scale::put{500});
    sim.settle();
    EXPECT_EQ(guardian.count(), 1);
    now().stop();
    sim.settle();
    EXPECT_EQ(guardian.count(), 0);
}

}  // namespace scales

namespace lamps {

// clang-format off
struct lamp;
//! [lives]
half::state_guardian<lamp> guardian;

struct lamp {
    struct turn_up { int by; };
    struct shine   {};

    int watts = 40;

    void init(half::self<lamp> self) {
        fmt::print("a lamp of {} watts\n", watts);
        self.cast(shine{});
    }
    //! [lamp_handlers]
    void handle(turn_up m) {
        watts += m.by;
        guardian.keep("lamp", *this);  // a mistake, from here on
    }
    void handle(shine) {
        if (watts > 100) throw std::runtime_error{"the fuse blew"};
    }
    //! [lamp_handlers]
};
//! [lives]
// clang-format on

TEST(Lesson, AStateThatKillsIsNotHandedOutForEver) {
    half::runtime sim{quiet()};
    auto          start = half::guarded(guardian, "lamp", lamp{});
    auto          root  = sim.start(supervisor{.children = {{.id = "lamp", .start = start}}});
    auto          first = sim.run(half::find_child<lamp>(root, "lamp"));
    first.cast(lamp::turn_up{100});
    first.cast(lamp::shine{});
    sim.settle();
    EXPECT_TRUE(sim.run(half::find_child<lamp>(root, "lamp")));
    ASSERT_TRUE(guardian.find("lamp"));
    EXPECT_EQ(guardian.find("lamp")->watts, 140);  // set aside, not handed out
}

}  // namespace lamps

// -- a database in memory, with the process that lends its connections ---------------------------------------------

// clang-format off
struct pet_row {
    std::int64_t id;
    std::string  name;
    int          age = 0;
};
constexpr half::table<pet_row> pet_table{"pets", {"id", "name", "age"}};

const half::migrations schema{
    {.version = 1, .name = "pets",
     .up   = {"create table pets (id bigserial primary key, name text not null unique,"
              " age bigint not null check (age >= 0))"},
     .down = {"drop table pets"}},
    {.version = 2, .name = "purses",
     .up   = {"create table purses (owner text primary key, held bigint not null check (held >= 0))",
              "insert into purses values ('Ann', 500), ('Bob', 0)"},
     .down = {"drop table purses"}},
};
// clang-format on

struct house {
    half::memory_database disk;
    half::store           db;
    half::runtime         sim;
    half::ref<supervisor> root;

    explicit house(half::memory_database on = {})
        : disk{on},
          db{disk, {.schema = schema}},
          sim{quiet()},
          root{sim.start(supervisor{.children = {{.id = "db", .start = db}}})} {}
};

// What another program would find there.
std::vector<pet_row> on_disk(half::memory_database disk) {
    house next{disk};
    return next.sim.run(next.db.query(pet_table, "order by id")).or_throw();
}

// -- statements -----------------------------------------------------------------------------------------------------

//! [statement]
half::task<bool> is_a_pet(half::store db, std::string typed) {
    auto found = co_await db.query_one<pet_row>("select id, name, age from pets where name = $1", typed);
    co_return found && *found;
}
//! [statement]

TEST(Lesson, WhatWasTypedStaysData) {
    house here;
    here.sim.run(here.db.upsert(pet_table, {{1, "Rex"}})).or_throw();
    for (auto typed : {"Rex", "' or '1' = '1", "'; drop table pets; --"})
        fmt::print("{}: {}\n", typed, here.sim.run(is_a_pet(here.db, typed)));
    EXPECT_TRUE(here.sim.run(is_a_pet(here.db, "Rex")));
    EXPECT_FALSE(here.sim.run(is_a_pet(here.db, "' or '1' = '1")));
}

half::task<> a_second_rex(half::store db) {
    //! [refused]
    auto twin = co_await db.execute("insert into pets (id, name, age) values ($1, $2, $3)", 2, "Rex", 1);
    if (!twin && twin.error() == half::store_error::refused) fmt::print("{}\n", twin.error());
    //! [refused]
    EXPECT_FALSE(twin);
}

TEST(Lesson, AnErrorIsAValueAndNamesTheStatement) {
    house here;
    here.sim.run(here.db.upsert(pet_table, {{1, "Rex"}})).or_throw();
    here.sim.run(a_second_rex(here.db));
    EXPECT_EQ(on_disk(here.disk).size(), 1);
}

half::task<> read_money(half::store db) {
    //! [own_column_used]
    auto held = co_await db.query_one<money>("select held from purses where owner = $1", "Ann");
    fmt::print("Ann has {} cents\n", held.value()->cents);
    //! [own_column_used]
}

TEST(Lesson, ATypeOfYourOwnIsAColumn) {
    house here;
    here.sim.run(read_money(here.db));
    auto held = here.sim.run(here.db.query_one<money>("select held from purses where owner = 'Ann'"));
    EXPECT_EQ(held.value()->cents, 500);
}

half::task<> write_three(half::store db) {
    //! [poisoned]
    std::vector<pet_row> rows = {{1, "Rex", 3}, {2, "Mia", -1}, {3, "Tom", 5}};

    auto done = co_await db.upsert(pet_table, rows);
    fmt::print("{} rows are written\n", done->written);
    for (auto& [row, error] : done->refused) fmt::print("{} is not: {}\n", rows[row].name, to_string(error.why));
    //! [poisoned]
}

TEST(Lesson, APoisonedRowFailsAlone) {
    house here;
    here.sim.run(write_three(here.db));
    EXPECT_EQ(on_disk(here.disk).size(), 2);
}

// -- transactions ---------------------------------------------------------------------------------------------------

// clang-format off
//! [transaction]
half::task<half::stored<>> give(half::store db, std::string from,
                                std::string to, int cents) {
    //! [give]
    return db.transact([=](half::transaction& t) {
        auto held = t.query_one<int>(
            "select held from purses where owner = $1", from);
        if (!held || *held < cents) t.give_up(from + " has less");

        t.execute("update purses set held = held - $1 where owner = $2",
                  cents, from);
        t.execute("update purses set held = held + $1 where owner = $2",
                  cents, to);
    });
    //! [give]
}
//! [transaction]
// clang-format on

TEST(Lesson, AllOfItOrNothing) {
    house here;
    auto  one = here.sim.run(give(here.db, "Ann", "Bob", 300));
    auto  two = here.sim.run(give(here.db, "Ann", "Bob", 300));
    fmt::print("first: {}\nsecond: {}\n", one ? "given" : one.error().what, two ? "given" : two.error().what);
    EXPECT_TRUE(one);
    ASSERT_FALSE(two);
    EXPECT_EQ(two.error(), half::store_error::refused);
    EXPECT_EQ(here.sim.run(here.db.query_one<int>("select held from purses where owner = 'Bob'")).value(), 300);
}

TEST(Lesson, HalfATransactionIsNone) {
    house here;
    // clang-format off
    //! [half]
    auto too_much = [](half::transaction& t) {
        t.execute("update purses set held = 800 where owner = 'Bob'");
        t.execute("update purses set held = -300 where owner = 'Ann'");
    };
    auto got = here.sim.run(here.db.transact(too_much));
    //! [half]
    // clang-format on
    ASSERT_FALSE(got);
    EXPECT_EQ(got.error(), half::store_error::refused);
    EXPECT_EQ(here.sim.run(here.db.query_one<int>("select held from purses where owner = 'Bob'")).value(), 0);
}

// -- steps ----------------------------------------------------------------------------------------------------------

TEST(Lesson, AStepIsTakenOnce) {
    house here;
    auto  versions = [](const half::stored<std::vector<std::int64_t>>& taken) {
        return fmt::format("{}", fmt::join(taken.value(), ", "));
    };
    fmt::print("up again: [{}]\n", versions(here.sim.run(half::migrate(here.db, schema))));
    fmt::print("down to 1: [{}]\n", versions(here.sim.run(half::migrate(here.db, schema, 1))));
    fmt::print("up: [{}]\n", versions(here.sim.run(half::migrate(here.db, schema))));
    EXPECT_TRUE(here.sim.run(half::migrate(here.db, schema)).value().empty());
}

TEST(Lesson, AProgramOlderThanItsDataLeavesItAlone) {
    house                  here;
    const half::migrations older{schema[0]};
    auto                   got = here.sim.run(half::migrate(here.db, older));
    ASSERT_FALSE(got);
    fmt::print("{}\n", got.error().what);
}

// -- on disk, a little later ----------------------------------------------------------------------------------------

// clang-format off
//! [last_words]
struct pet {
    struct birthday {};

    half::persister<pet_row> rows;
    pet_row                  me;

    void handle(birthday) {
        ++me.age;
        rows.keep(me);
    }
    void terminate(half::exit_reason) {
        me.name += ", asleep";
        rows.keep(me);
    }
};
//! [last_words]
// clang-format on

struct shelter {
    half::memory_database    disk;
    half::store              db{disk, {.schema = schema}};
    half::persister<pet_row> rows{{.to = db, .table = pet_table, .every = 5s}};
    half::runtime            sim{quiet()};

    half::ref<supervisor> open() {
        return sim.start(supervisor{.children = {
                                        {.id = "db", .start = db},
                                        {.id = "rows", .start = rows},
                                        {.id = "Rex", .start = pet{rows, {1, "Rex"}}},
                                    }});
    }
};

TEST(Lesson, AThousandChangesAreOneRow) {
    shelter here;
    auto    root = here.open();
    auto    rex  = here.sim.run(half::find_child<pet>(root, "Rex"));
    for (int i = 0; i < 1000; ++i) rex.cast(pet::birthday{});
    here.sim.settle();
    EXPECT_EQ(here.rows.status().at_risk, 1);
    here.sim.advance(5s);
    EXPECT_EQ(here.rows.status().at_risk, 0);
    EXPECT_EQ(here.rows.status().written, 1);
    EXPECT_EQ(on_disk(here.disk)[0].age, 1000);
}

TEST(Lesson, TheOneWhoWritesMayDie) {
    shelter here;
    auto    root = here.open();
    auto    rex  = here.sim.run(half::find_child<pet>(root, "Rex"));
    rex.cast(pet::birthday{});
    here.sim.settle();
    EXPECT_EQ(here.rows.status().at_risk, 1);
    EXPECT_TRUE(on_disk(here.disk).empty());

    half::kill(here.sim.run(half::find_child<half::detail::flusher<pet_row>>(root, "rows")));
    here.sim.settle();  // no time passes
    EXPECT_EQ(here.rows.status().at_risk, 0);
    EXPECT_EQ(on_disk(here.disk)[0].age, 1);
}

TEST(Lesson, WhileTheDatabaseIsAwayStatesAreKept) {
    shelter here;
    auto    root = here.open();
    auto    rex  = here.sim.run(half::find_child<pet>(root, "Rex"));
    auto&   sim  = here.sim;
    auto&   disk = here.disk;
    auto&   rows = here.rows;
    //! [memory_database]
    disk.go_away();
    for (int year = 0; year < 3; ++year) {
        rex.cast(pet::birthday{});
        sim.advance(1min);
    }
    auto how = rows.status();
    fmt::print("away: {} at risk, {} s\n", how.at_risk, how.oldest / 1s);

    disk.come_back();
    sim.advance(1min);
    fmt::print("back: {} at risk\n", rows.status().at_risk);
    //! [memory_database]
    EXPECT_EQ(rows.status().at_risk, 0);
    EXPECT_EQ(on_disk(disk)[0].age, 3);
}

TEST(Lesson, WhoStopsLastHearsTheLastWords) {
    shelter here;
    here.open().stop();
    here.sim.settle();
    EXPECT_EQ(here.rows.status().at_risk, 0);
    EXPECT_EQ(on_disk(here.disk)[0].name, "Rex, asleep");
}

TEST(Lesson, WhoStopsTooEarlyDoesNot) {
    shelter here;
    auto    root = here.sim.start(supervisor{.children = {
                                              {.id = "db", .start = here.db},
                                              {.id = "Rex", .start = pet{here.rows, {1, "Rex"}}},
                                              {.id = "rows", .start = here.rows},
                                          }});
    root.stop();
    here.sim.settle();
    EXPECT_EQ(here.rows.status().at_risk, 1);
    EXPECT_TRUE(on_disk(here.disk).empty());
}

}  // namespace
