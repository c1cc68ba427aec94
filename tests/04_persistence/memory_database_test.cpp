// A database in memory that fails when it is told to.
#include "sqlite_house.hpp"

#include <02_supervisor/supervisor.hpp>

namespace {

using namespace testing_sqlite;
using namespace std::chrono_literals;
using testing::ElementsAre;

struct pet {
    std::int64_t id;
    std::string  name;
};
constexpr half::table<pet> pets{"pets", {"id", "name"}};

// -- a connection -----------------------------------------------------------------------------------------------------

struct MemoryDatabase : testing::Test {
    in_memory db;

    MemoryDatabase() {
        db->run_once("create table pets (id bigint primary key, name text not null unique)");
        upsert(*db, pets, {{1, "Rex"}});
    }
    std::int64_t count() { return query<std::int64_t>(*db.data->open(false), "select count(*) from pets").at(0); }
    auto         write() {
        return [this] { execute(*db, "insert into pets values (2, 'Mia')"); };
    }
};

TEST_F(MemoryDatabase, IsOneForAllItsConnectionsAndCopies) {
    const half::memory_database copy = db.disk;
    EXPECT_EQ(count(), 1);
    EXPECT_EQ(query<int>(*half::detail::in_memory(copy.engine(), {})->open(true), "select count(*) from pets").at(0),
              1);

    in_memory another;
    EXPECT_EQ(error_of([&] { query<int>(*another, "select count(*) from pets"); }), store_error::wrong)
        << "no such table";
}

TEST_F(MemoryDatabase, KeepsWhatWasCommittedWithoutAConnection) {
    db.on.reset();
    EXPECT_EQ(count(), 1);
}

TEST_F(MemoryDatabase, GoesAwayAndComesBack) {
    db->begin();
    execute(*db, "insert into pets values (2, 'Mia')");
    db.disk.go_away();
    EXPECT_EQ(error_of([&] { db->commit(); }), store_error::unavailable);
    EXPECT_FALSE(db->usable());
    EXPECT_EQ(error_of([&] { db.data->open(true); }), store_error::unavailable);

    db.disk.come_back();
    EXPECT_FALSE(db->usable()) << "a broken connection stays broken";
    EXPECT_EQ(error_of(write()), store_error::unavailable);
    EXPECT_EQ(count(), 1) << "what was not committed is gone";
    const auto next = db.data->open(true);
    execute(*next, "insert into pets values (2, 'Mia')");
    EXPECT_EQ(count(), 2);
}

TEST_F(MemoryDatabase, BreaksItsConnectionsOnce) {
    db.disk.break_connections();
    EXPECT_EQ(error_of(write()), store_error::unavailable);
    db.on = db.data->open(true);
    write()();
    EXPECT_EQ(count(), 2);
}

TEST_F(MemoryDatabase, MayBeFull) {
    db.disk.fill();
    EXPECT_EQ(error_of(write()), store_error::full);
    EXPECT_EQ(error_of([&] { upsert(*db, pets, {{2, "Mia"}}); }), store_error::full);
    EXPECT_EQ(error_of([&] { db->run_once("create table t (x int)"); }), store_error::full);
    EXPECT_EQ(count(), 1) << "it can be read";
    db.disk.make_room();
    EXPECT_TRUE(db->usable());
    write()();
    EXPECT_EQ(count(), 2);
}

TEST_F(MemoryDatabase, LosesAnAnswerAndNotTheCommit) {
    db.disk.lose_next_answer();
    EXPECT_EQ(error_of([&] { upsert(*db, pets, {{2, "Mia"}}); }), store_error::in_doubt);
    EXPECT_FALSE(db->usable());
    EXPECT_EQ(count(), 2);

    db.on = db.data->open(true);
    db.disk.lose_next_answer();
    EXPECT_EQ(count(), 2) << "who reads is not in doubt";
    EXPECT_EQ(error_of([&] { execute(*db, "delete from pets where id = 2"); }), store_error::in_doubt);
    EXPECT_EQ(count(), 1);
}

TEST_F(MemoryDatabase, CountsCommits) {
    const auto before = db.disk.commits();
    write()();
    upsert(*db, pets, {{3, "Tim"}, {4, "Ann"}});
    count();
    db->begin();
    execute(*db, "delete from pets");
    db->rollback();
    EXPECT_EQ(db.disk.commits() - before, 2u);
}

// -- behind a store, in a simulated runtime ---------------------------------------------------------------------------

struct simulated_house {
    half::memory_database disk;
    half::runtime         sim{half::simulated{.on_report = [](const half::report&) {}}};
    half::store           db{
        disk,
                  {.schema = {
             {.version = 1, .name = "pets", .up = {"create table pets (id bigint primary key, name text not null)"}}}}};
    half::ref<half::supervisor> root = sim.start(half::supervisor{.children = {{.id = "db", .start = db}}});
};

TEST(MemoryDatabaseStore, OutlivesARuntime) {
    half::memory_database disk;
    {
        simulated_house first{.disk = disk};
        first.sim.run(first.db.upsert(pets, {{1, "Rex"}})).or_throw();
    }
    simulated_house second{.disk = disk};
    EXPECT_EQ(second.sim.run(second.db.query_one<std::string>("select name from pets")).or_throw(), "Rex");
}

TEST(MemoryDatabaseStore, AnswersAfterATimeThatPassesForEverybody) {
    simulated_house here;
    here.sim.run(here.db.upsert(pets, {{1, "Rex"}})).or_throw();
    here.disk.answer_after(20ms);
    const auto before = here.sim.now();
    here.sim.run(here.db.query_one<std::string>("select name from pets")).or_throw();
    EXPECT_GE(here.sim.now() - before, 20ms);
}

TEST(MemoryDatabaseStore, ServesAgainWhenItsConnectionsBroke) {
    simulated_house here;
    here.sim.run(here.db.upsert(pets, {{1, "Rex"}})).or_throw();
    here.disk.break_connections();
    for (int i = 0; i < 20; ++i)
        if (here.sim.run(here.db.query_one<std::string>("select name from pets"))) break;
    EXPECT_EQ(here.sim.run(here.db.query_one<std::string>("select name from pets")).or_throw(), "Rex");
}

}  // namespace
