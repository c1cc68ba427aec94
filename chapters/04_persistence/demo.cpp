// Pets that get older, and that crash: what is left of them, in memory and on disk.
//
//     ./workbook demo 04
//     ./workbook demo 04 --database postgres://user:password@localhost/name
//     ./workbook demo 04 --database sqlite:var/demo.db status      the steps of its table: status, up, down, to VERSION
#include <02_supervisor/dynamic_supervisor.hpp>
#include <02_supervisor/supervisor.hpp>
#include <04_persistence/persister.hpp>
#include <04_persistence/state_guardian.hpp>
#include <04_persistence/store.hpp>

#include <fmt/format.h>

#include <string>

using namespace std::chrono_literals;

// 1. A crash goes back in time ------------------------------------------------------------------------------------

// clang-format off
//! [ball]
struct ball {
    struct tick  {};
    struct kick  {};
    struct where { using reply = int; };

    int x = 0;

    void handle(tick) { x += 4; }
    void handle(kick) { throw std::runtime_error{"ouch"}; }
    int  handle(where) { return x; }
};
//! [ball]
// clang-format on

void quiet(const half::report&) {}  // these crashes are meant

template <class Ball>
void kick_it(const char* what, half::child child) {
    half::runtime sim{half::simulated{.on_report = quiet}};
    auto          root = sim.start(half::supervisor{.children = {child}});
    // After a crash it is another one.
    auto the_ball = [&] { return sim.run(half::find_child<Ball>(root, "ball")); };

    for (int i = 0; i < 10; ++i) the_ball().cast(typename Ball::tick{});
    const int before = sim.call(the_ball(), typename Ball::where{});
    the_ball().cast(typename Ball::kick{});
    sim.settle();
    fmt::print("{}: at {} before the crash, at {} after it\n", what, before,
               sim.call(the_ball(), typename Ball::where{}));
}

// 2. A guardian keeps what was good -------------------------------------------------------------------------------

// clang-format off
//! [guardian]
struct guarded_ball;
half::state_guardian<guarded_ball> guardian;

struct guarded_ball : ball {
    using ball::handle;

    void handle(tick) {
        x += 4;
        guardian.keep("the ball", *this);  // so far, so good
    }
};
//! [guardian]

void crash_and_go_on() {
    kick_it<ball>("alone", {.id = "ball", .start = ball{}});
    //! [guarded]
    auto as_it_was = half::guarded(guardian, "the ball", guarded_ball{});
    kick_it<guarded_ball>("guarded", {.id = "ball", .start = as_it_was});
    //! [guarded]
}

// 3. A database ---------------------------------------------------------------------------------------------------

//! [table]
struct pet_row {
    std::int64_t id;
    std::string  name;
    int          age = 0;
};

constexpr half::table<pet_row> pet_table{"demo_pets",
                                         {"id", "name", "age"}};
//! [table]

//! [schema]
const half::migrations schema{
    {.version = 1,
     .name = "pets",
     .up   = {"create table demo_pets (id bigserial primary key,"
              " name text not null unique, age bigint not null)"},
     .down = {"drop table demo_pets"}},
};
//! [schema]

//! [store]
half::task<> find_homes(half::store db) {
    //! [insert]
    for (auto name : {"Rex", "Mia", "Robert'); drop table demo_pets; --"})
        (co_await db.execute("insert into demo_pets (name, age)"
                             " values ($1, 0)", name)).or_throw();
    //! [insert]

    //! [query]
    auto found = co_await db.query(
        pet_table, "where name <> $1 order by id", "Mia");
    if (!found) co_return fmt::print("no pets: {}\n", found.error());
    for (auto& one : *found) fmt::print("{}: {}\n", one.id, one.name);
    //! [query]

    //! [twin]
    auto twin = co_await db.execute(
        "insert into demo_pets (name, age) values ($1, 0)", "Rex");
    if (!twin) fmt::print("a second Rex: {}\n", to_string(twin.error().why));
    //! [twin]
}
//! [store]

// 4. On disk, a little later --------------------------------------------------------------------------------------

//! [pet]
struct pet {
    struct birthday {};
    struct bite     { using reply = int; };
    struct age      { using reply = int; };

    half::persister<pet_row> rows;
    pet_row                  me;

    void handle(birthday) {
        ++me.age;
        rows.keep(me);  // never waits for the database
    }
    int handle(bite) { throw std::runtime_error{"ouch"}; }
    int handle(age)  { return me.age; }
};
//! [pet]

//! [zoo]
using pets = half::dynamic_supervisor<pet, std::int64_t>;

// Stopped from the end: the pets, what writes their rows, the database.
half::supervisor zoo(half::store db, half::persister<pet_row> rows) {
    auto from_its_row = [rows](std::int64_t id) {
        return pet{rows, rows.at(id)};
    };
    return {.children = {
        {.id = "database", .start = db},
        {.id = "rows",     .start = rows, .shutdown = 1min},
        {.id = "pets",     .start = pets{.start = from_its_row}},
    }};
}
//! [zoo]

//! [day]
half::task<> a_day(half::persister<pet_row> rows,
                   half::ref<half::supervisor> root) {
    auto nursery = co_await half::find_child<pets>(root, "pets");
    auto ids     = (co_await rows.load()).or_throw();
    //! [one_life]
    for (auto id : ids) {
        auto one = (co_await nursery.call(pets::start_child{id})).value();
        for (int i = 0; i < 1000; ++i) one.cast(pet::birthday{});
        fmt::print("pet {} is {}\n", id, co_await one.call(pet::age{}));
        co_await one.try_call(pet::bite{});  // it crashes
    }
    //! [one_life]
    fmt::print("{} changes; at risk: {} rows\n", 1000 * ids.size(),
               rows.status().at_risk);
    for (auto each : co_await nursery.call(pets::which_children{}))
        fmt::print("after a crash: {}\n", co_await each.call(pet::age{}));
}
//! [day]

//! [week]
void a_week(half::store db) {
    for (std::string today : {"Monday", "Tuesday"}) {
        // As if the program were started again. Nothing is written before the stop.
        half::runtime            runtime{{.on_report = quiet}};
        half::persister<pet_row> rows{{.to = db, .table = pet_table, .every = 1h}};
        auto                     root = runtime.start(zoo(db, rows));

        fmt::print("{}\n", today);
        if (today == "Monday") {
            runtime.run(half::migrate(db, schema, 0)).or_throw();  // from nothing
            runtime.run(half::migrate(db, schema)).or_throw();
            runtime.run(find_homes(db));
        }
        runtime.run(a_day(rows, root));
        root.stop();
        runtime.run(half::ended(root.id()));
        fmt::print("stopped; at risk: {}\n", rows.status().at_risk);
    }
}
//! [week]
// clang-format on

int main(int argc, char** argv) try {
    std::vector<std::string> words(argv + 1, argv + argc);
    std::string              url = "memory:";  // it lives as long as the store does
    if (words.size() > 1 && words[0] == "--database") {
        url = words[1];
        words.erase(words.begin(), words.begin() + 2);
    }
    if (!words.empty()) return half::migrate_command({.url = url, .schema = schema}, words);

    crash_and_go_on();
    a_week(half::store{{.url = url}});
} catch (const std::exception& problem) {
    fmt::print(stderr, "{}\n", problem.what());
    return 1;
}
