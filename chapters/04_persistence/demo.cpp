// Pets that get older, and that crash: what is left of them, in memory and on disk.
//
//     ./workbook demo 04
//     ./workbook demo 04 --database postgres://user:password@localhost/name
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

template <class Ball>
void kick_it(const char* what, half::child child) {
    half::runtime sim{half::simulated{.on_report = [](const half::report&) {}}};
    auto          root = sim.start(half::supervisor{.children = {child}});
    auto          now  = [&] { return sim.run(half::find_child<Ball>(root, "ball")); };

    for (int i = 0; i < 10; ++i) now().cast(typename Ball::tick{});
    const int before = sim.call(now(), typename Ball::where{});
    now().cast(typename Ball::kick{});
    sim.settle();
    fmt::print("{}: at {} before the crash, at {} after it\n", what, before, sim.call(now(), typename Ball::where{}));
}

// 2. A guardian keeps what was good -------------------------------------------------------------------------------

// clang-format off
//! [guardian]
struct guarded_ball;
half::state_guardian<guarded_ball> kept;

struct guarded_ball : ball {
    using ball::handle;

    void handle(tick) {
        x += 4;
        kept.keep("ball", *this);  // so far, so good
    }
};
//! [guardian]
// clang-format on

void crash_and_go_on() {
    kick_it<ball>("alone", {.id = "ball", .start = ball{}});
    //! [guarded]
    auto again = half::guarded(kept, "ball", guarded_ball{});
    kick_it<guarded_ball>("guarded", {.id = "ball", .start = again});
    //! [guarded]
}

// 3. A database ---------------------------------------------------------------------------------------------------

// clang-format off
//! [table]
struct pet {
    std::int64_t id;
    std::string  name;
    int          age = 0;
};

constexpr half::table<pet> pets{"demo_pets", {"id", "name", "age"}};
//! [table]

//! [schema]
const half::migrations schema{
    {.version = 1,
     .name    = "pets",
     .up      = {"create table demo_pets (id bigserial primary key, name text not null unique, age bigint not null)"},
     .down    = {"drop table demo_pets"}},
};
//! [schema]

//! [store]
half::task<> look_after(half::store db) {
    co_await half::migrate(db, schema, 0);  // a demo begins from nothing
    co_await half::migrate(db, schema);

    std::vector<pet> all = {{1, "Rex"}, {2, "Mia"}, {3, "Robert'); drop table pets; --"}};
    co_await db.upsert(pets, all);

    auto found = co_await db.query<pet>("select id, name, age from demo_pets where id > $1 order by id", 1);
    for (auto& p : *found) fmt::print("{}: {}\n", p.id, p.name);

    auto twin = co_await db.execute("insert into demo_pets (name, age) values ($1, $2)", "Rex", 1);
    if (!twin) fmt::print("a second Rex: {}\n", to_string(twin.error().why));
}
//! [store]
// clang-format on

// 4. On disk, a little later --------------------------------------------------------------------------------------

// clang-format off
//! [keeper]
struct keeper {
    struct tick {};
    struct age  { using reply = int; };

    half::persister<pet> saves;
    pet                  me;

    void handle(tick) {
        ++me.age;
        saves.keep(me);  // never waits for the database
    }
    int handle(age) { return me.age; }
};
//! [keeper]
// clang-format on

using keepers = half::dynamic_supervisor<keeper, std::int64_t>;

//! [zoo]
half::supervisor zoo(half::store db, half::persister<pet> saves) {
    auto next_life = [saves](std::int64_t id) { return keeper{saves, *saves.find(id)}; };
    return {.children = {
                {.id = "db", .start = db},
                {.id = "saves", .start = saves},  // before its users: they stop first
                {.id = "pets", .start = keepers{.start = next_life}},
            }};
}
//! [zoo]

//! [day]
half::task<> a_day(half::persister<pet> saves, half::ref<half::supervisor> root) {
    auto zoo = co_await half::find_child<keepers>(root, "pets");
    auto ids = co_await saves.load();
    for (auto id : *ids) {
        auto one = co_await zoo.call(keepers::start_child{id});
        for (int i = 0; i < 1000; ++i) one->cast(keeper::tick{});
        fmt::print("pet {} is {}\n", id, co_await one->call(keeper::age{}));
    }
    fmt::print("changes: {}, at risk: {} rows\n", 1000 * ids->size(), saves.status().at_risk);
}
//! [day]

int main(int argc, char** argv) {
    crash_and_go_on();

    const bool  named = argc == 3 && std::string{argv[1]} == "--database";
    half::store db{{.url = named ? argv[2] : "memory:"}};
    for (auto day : {"Monday", "Tuesday"}) {
        half::runtime        runtime;  // as if the program had been started again
        half::persister<pet> saves{{.to = db, .table = pets, .every = 1h}};
        auto                 root = runtime.start(zoo(db, saves));
        fmt::print("{}\n", day);
        if (day == std::string{"Monday"}) runtime.run(look_after(db));
        runtime.run(a_day(saves, root));
        root.stop();  // in order: what is at risk is written
        runtime.run(half::ended(root.id()));
        fmt::print("stopped; at risk: {}\n", saves.status().at_risk);
    }
}
