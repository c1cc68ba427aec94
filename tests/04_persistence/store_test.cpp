// What a store is asked, and what it says.
#include "fake_database.hpp"

#include <02_supervisor/supervisor.hpp>

#include <gmock/gmock.h>

#include <random>
#include <thread>
using namespace std::chrono_literals;
using half::store_error;
using testing::HasSubstr;

namespace {

struct pet {
    std::int64_t id;
    std::string  name;
    int          age = 0;
};
constexpr half::table<pet> pets{"pets", {"id", "name", "age"}};

const half::migrations schema{
    {.version = 1,
     .name    = "pets",
     .up      = {"create table pets (id bigint primary key, name text not null, age bigint not null)"}}};

struct Store : testing::Test {
    half::memory_database disk;
    half::store           db{disk, {.schema = schema, .rows = 5}};
    half::runtime         sim{half::simulated{}};

    Store() { sim.start(half::supervisor{.children = {{.id = "db", .start = db}}}); }

    void fill(int n) {
        std::vector<pet> rows;
        for (int i = 1; i <= n; ++i) rows.push_back({i, fmt::format("pet {}", i), i});
        ASSERT_TRUE(sim.run(db.upsert(pets, rows)).value().all_written());
    }
};

// -- what it is asked -----------------------------------------------------------------------------------------------

TEST_F(Store, ReadsATableByItsName) {
    fill(3);
    EXPECT_EQ(sim.run(db.query(pets)).value().size(), 3u);
    const auto some = sim.run(db.query(pets, "where id > $1 order by id", 1)).value();
    ASSERT_EQ(some.size(), 2u);
    EXPECT_EQ(some[0].name, "pet 2");
    EXPECT_EQ(some[1].age, 3);
}

TEST_F(Store, TakesAnyTextForAnArgument) {
    fill(2);
    const std::string      owned = "pet 1";
    const std::string_view view  = owned;
    for (auto got : {sim.run(db.query_one<int>("select age from pets where name = $1", owned)),
                     sim.run(db.query_one<int>("select age from pets where name = $1", view)),
                     sim.run(db.query_one<int>("select age from pets where name = $1", owned.c_str())),
                     sim.run(db.query_one<int>("select age from pets where name = $1", "pet 1"))})
        EXPECT_EQ(got.value(), 1);
}

TEST_F(Store, OwnsItsArgumentsFromTheMomentItIsAsked) {
    fill(2);
    auto ask = [](half::store here) {  // a task of a store and of a text that are gone
        std::string text = "a name that is longer than any small string";
        return here.execute("update pets set name = $1 where id = 1", std::string_view{text});
    };
    EXPECT_EQ(sim.run(ask(db)), 1u);
    EXPECT_EQ(sim.run(db.query_one<std::string>("select name from pets where id = 1")).value(),
              "a name that is longer than any small string");
}

TEST_F(Store, KeepsADatabaseInMemoryForWhoStillAsks) {
    half::store   last{{.url = "memory:"}};
    half::runtime other{half::simulated{}};
    other.start(half::supervisor{.children = {{.id = "db", .start = last}}});
    EXPECT_TRUE(other.run(last.execute("create table notes (id bigint primary key)")));
    EXPECT_EQ(other.run(last.query_one<int>("select count(*) from notes")).value(), 0);
}

TEST_F(Store, HasNoFirstRowWhereThereIsNone) {
    EXPECT_EQ(sim.run(db.query_one<int>("select age from pets")).value(), std::nullopt);
}

TEST_F(Store, ReturnsNoMoreRowsThanItMay) {
    fill(5);
    EXPECT_EQ(sim.run(db.query(pets)).value().size(), 5u);
    fill(6);
    const auto got = sim.run(db.query(pets));
    ASSERT_FALSE(got);
    EXPECT_EQ(got.error(), store_error::too_much);
    EXPECT_EQ(got.error().what, "there are more than 5 rows");
    EXPECT_THAT(got.error().statement, HasSubstr("from \"pets\""));
    EXPECT_EQ(sim.run(db.query_one<int>("select age from pets order by id")).value(), 1);
}

TEST_F(Store, SaysWhenAStructHasOtherFieldsThanAQueryHasColumns) {
    fill(1);
    const auto got = sim.run(db.query<pet>("select id, name from pets"));
    ASSERT_FALSE(got);
    EXPECT_EQ(to_string(got.error()),
              "mismatch: the query has 2 columns, and the struct 3 (in: select id, name from pets)");
}

TEST_F(Store, NamesTheStatementThatIsWrong) {
    const auto got = sim.run(db.execute("update nobody set x = 1"));
    ASSERT_FALSE(got);
    EXPECT_EQ(got.error(), store_error::wrong);
    EXPECT_EQ(got.error().statement, "update nobody set x = 1");
}

TEST_F(Store, SaysThatTheDiskIsFull) {
    disk.fill();
    EXPECT_EQ(sim.run(db.execute("insert into pets values (1, 'Rex', 1)")).error(), store_error::full);
    disk.make_room();
    EXPECT_TRUE(sim.run(db.execute("insert into pets values (1, 'Rex', 1)")));
}

// -- URLs -----------------------------------------------------------------------------------------------------------

TEST(StoreUrl, IsOneOfThree) {
    for (auto url : {"sqlite:pets.db", "postgres://ann@localhost/pets", "postgresql://localhost/pets", "memory:"})
        EXPECT_NO_THROW(half::store{{.url = url}}) << url;
}

TEST(StoreUrl, IsNothingElseAndKeepsItsPasswordToItself) {
    for (auto url : {"", "sqlite:", "sqlite", "mysql://ann:hunter2@localhost/pets", "memory:pets", "hunter2"}) try {
            const half::store none{{.url = url}};
            ADD_FAILURE() << url;
        } catch (const std::invalid_argument& no) {
            EXPECT_THAT(no.what(), HasSubstr("postgres://user:password@host:port/name"));
            EXPECT_THAT(no.what(), testing::Not(HasSubstr("hunter2")));
        }
    EXPECT_THAT(half::store{{.url = "postgres://ann:hunter2@localhost/pets"}}.status().database,
                testing::Not(HasSubstr("hunter2")));
}

// -- threads ----------------------------------------------------------------------------------------------------------

TEST(StoreThreads, IsBusyWhenNoThreadIsLeftThatMayBlock) {
    auto          world = std::make_shared<fake::world>();
    auto          db    = fake::store_on(world, {.connections = 2});
    half::runtime runtime{{.workers = 2, .blocking_threads = 1, .blocking_line = 1}};
    runtime.start(half::supervisor{.children = {{.id = "db", .start = db}}});
    const auto ask = [db]() -> half::task<> { (void)co_await db.query<int>("select 1"); };
    world->takes   = 20ms;
    for (auto who : {runtime.spawn(fake::client{ask}), runtime.spawn(fake::client{ask})}) runtime.run(half::ended(who));
    ASSERT_EQ(world->open, 2);
    world->takes = {};

    runtime.spawn(fake::client{[db]() -> half::task<> { (void)co_await db.execute("hold"); }});
    world->wait_until_held(1);
    runtime.spawn(fake::client{[]() -> half::task<> { co_await half::blocking([] {}); }});
    while (runtime.stats().blocking_waiting == 0) std::this_thread::yield();
    const auto got = runtime.run(db.query<int>("select 1"));
    ASSERT_FALSE(got);
    EXPECT_EQ(got.error(), store_error::busy);
    world->release();
    while (db.status().lent > 0) std::this_thread::yield();
    EXPECT_EQ(world->open, 2);
}

TEST(StoreThreads, GivesUpAStatementThatNobodyWaitsFor) {
    auto          world = std::make_shared<fake::world>();
    auto          db    = fake::store_on(world, {.connections = 1});
    half::runtime runtime{{.workers = 2}};
    runtime.start(half::supervisor{.children = {{.id = "db", .start = db}}});
    const auto waits = runtime.spawn(fake::client{[db]() -> half::task<> { (void)co_await db.execute("hold"); }});
    world->wait_until_held(1);
    half::kill(waits);
    EXPECT_TRUE(runtime.run(db.query<int>("select 1")));  // its seat is free again
    EXPECT_EQ(world->opened, 2);
    EXPECT_EQ(world->open, 1);
}

// Workers, threads that block, connections that break, and borrowers that are killed at random.
TEST(StoreThreads, AllConnectionsComeHome) {
    auto          world = std::make_shared<fake::world>();
    auto          db    = fake::store_on(world, {.connections = 4, .line = 10'000});
    half::runtime runtime{{.workers = 4, .on_report = [](auto&) {}}};
    auto          root = runtime.start(half::supervisor{.children = {{.id = "db", .start = db}}});

    std::mt19937           draw{7};
    std::vector<half::pid> all;
    for (int i = 0; i < 2'000; ++i) {
        all.push_back(runtime.spawn(fake::client{[db, i]() -> half::task<> {
            for (int n = 0; n < 5; ++n) {
                if (i % 3 == 0) (void)co_await db.transact([](half::transaction& t) { t.execute("write 1 x"); });
                else (void)co_await db.query<int>("select 3");
            }
        }}));
        if (draw() % 3 == 0) half::kill(all[draw() % all.size()]);
        if (draw() % 200 == 0) world->break_connections();
    }
    for (auto who : all) runtime.run(half::ended(who));
    for (int i = 0; i < 5 && !runtime.run(db.query<int>("select 1")); ++i) {}
    // Who asks now stands behind every lease that is still on its way, as all seats are asked for.
    while (db.status().lent > 0) std::this_thread::yield();
    EXPECT_EQ(int(db.status().connections), world->open);
    EXPECT_LE(world->most_open, 4 + 4);  // those of an age before are closed while new ones are opened
    EXPECT_EQ(db.status().waiting, 0u);
    root.stop();
    runtime.run(half::ended(root.id()));
    while (world->open > 0) std::this_thread::yield();
    EXPECT_EQ(db.status().now, half::store_status::state::not_running);
}

}  // namespace
