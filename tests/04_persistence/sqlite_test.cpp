// SQLite in a file: what it refuses, in which words, and who may have it.
#include "program.hpp"
#include "sqlite_house.hpp"

#include <fcntl.h>
#include <fstream>
#include <sys/stat.h>
#include <thread>

namespace {

using namespace testing_sqlite;
using namespace std::chrono_literals;
using faults::folder;
using half::detail::transaction_kind;
using testing::ElementsAre;
using testing::HasSubstr;

struct pet {
    std::int64_t id;
    std::string  name;
    int          age;

    bool operator==(const pet&) const = default;
};
constexpr half::table<pet> pets{"pets", {"id", "name", "age"}};
constexpr const char*      make_pets =
    "create table pets (id bigint primary key, name text not null unique, age int not null check (age >= 0))";

struct Sqlite : testing::Test {
    folder              here;
    std::string         path = here / "deep/down/pets.db";
    half::store_options options;

    std::shared_ptr<half::detail::database> data = half::detail::sqlite_file(path, options);

    std::unique_ptr<connection> with_pets() {
        auto on = data->open(true);
        on->run_once(make_pets);
        upsert(*on, pets, {{1, "Rex", 3}, {2, "Mia", 4}});
        return on;
    }
    static std::int64_t count(connection& on) { return query<std::int64_t>(on, "select count(*) from pets").at(0); }
};

// -- the file ---------------------------------------------------------------------------------------------------------

TEST_F(Sqlite, AFileIsMadeForItsOwnerAlone) {
    const auto on = data->open(true);
    on->run_once("create table t (x int)");
    for (const char* end : {"", "-wal", "-shm", ".lock"}) {
        struct stat is{};
        ASSERT_EQ(::stat((path + end).c_str(), &is), 0) << end;
        EXPECT_EQ(is.st_mode & 0777, 0600u) << end;
    }
}

TEST_F(Sqlite, AnotherStoreOfTheSameProgramIsRefused) {
    auto       first = data->open(true);
    const auto other = half::detail::sqlite_file(path, options);
    EXPECT_THAT(said_by([&] { other->open(true); }),
                HasSubstr("pets.db is in use: another half::store of this program has it"));
    const auto reader = data->open(false);  // its own may be many
    first.reset();
    EXPECT_EQ(error_of([&] { other->open(true); }), store_error::wrong) << "as long as any connection is open";
}

TEST_F(Sqlite, TheFileIsFreeWhenTheLastConnectionIsClosed) {
    data->open(true).reset();
    EXPECT_TRUE(half::detail::sqlite_file(path, options)->open(true)->usable());
}

TEST_F(Sqlite, WhatIsNoDatabaseIsLeftAlone) {
    std::ofstream{here / "text.db"} << std::string(5000, 'x');
    const auto wrong = error_of([&] { half::detail::sqlite_file(here / "text.db", options)->open(true); });
    EXPECT_EQ(wrong, store_error::wrong);
    EXPECT_THAT(wrong.what, HasSubstr("text.db: file is not a database: name another file, or move this one away"));
    EXPECT_EQ(std::filesystem::file_size(here / "text.db"), 5000u);
}

TEST_F(Sqlite, AFolderIsNoDatabase) {
    std::filesystem::create_directory(here / "folder.db");
    const auto wrong = error_of([&] { half::detail::sqlite_file(here / "folder.db", options)->open(true); });
    EXPECT_EQ(wrong, store_error::wrong);
    EXPECT_THAT(wrong.what, HasSubstr("look whether it is a file, and who may write to its folder"));
}

TEST_F(Sqlite, ADamagedFileSaysSo) {
    with_pets().reset();
    {
        std::fstream file{path, std::ios::in | std::ios::out | std::ios::binary};
        file.seekp(4096);  // behind the first page, which says what is where
        file << std::string(8192, '\xaa');
    }
    const auto on     = data->open(true);
    const auto broken = error_of([&] { query<pet>(*on, "select * from pets"); });
    EXPECT_EQ(broken, store_error::wrong);
    EXPECT_THAT(broken.what, HasSubstr("the file is damaged"));
    EXPECT_FALSE(on->usable());
}

TEST_F(Sqlite, WhatWasCommittedIsThereAfterwards) {
    with_pets().reset();
    EXPECT_THAT(query<pet>(*half::detail::sqlite_file(path, options)->open(false), "select * from pets order by id"),
                ElementsAre(pet{1, "Rex", 3}, pet{2, "Mia", 4}));
}

TEST_F(Sqlite, ACommitCanWaitForTheDisk) {
    const auto synchronous = [&](bool safe) {
        const auto on = half::detail::sqlite_file(path, {.safe_from_power_cuts = safe})->open(true);
        return query<int>(*on, "pragma synchronous").at(0);
    };
    EXPECT_EQ(synchronous(false), 1) << "normal";
    EXPECT_EQ(synchronous(true), 2) << "full";
}

// -- statements -------------------------------------------------------------------------------------------------------

TEST_F(Sqlite, ErrorsHaveKindsAndNameTheStatement) {
    const auto on   = with_pets();
    const auto kind = [&](const char* sql) { return error_of([&] { execute(*on, sql); }).why; };
    EXPECT_EQ(said_by([&] { execute(*on, "insert into pets values (3, 'Rex', 1)"); }),
              "refused: UNIQUE constraint failed: pets.name (in: insert into pets values (3, 'Rex', 1))");
    EXPECT_EQ(kind("insert into pets values (3, null, 1)"), store_error::refused);
    EXPECT_EQ(kind("insert into pets values (3, 'Tim', -1)"), store_error::refused);
    EXPECT_EQ(kind("insert into pets values ('three', 'Tim', 1)"), store_error::refused) << "a key is a number";
    EXPECT_EQ(kind("select * from dogs"), store_error::wrong);
    EXPECT_EQ(kind("selekt 1"), store_error::wrong);
    EXPECT_EQ(kind("select \"Rex\""), store_error::wrong) << "in double quotes stands a name";
    EXPECT_EQ(kind(""), store_error::wrong);
    EXPECT_EQ(kind("  -- nothing"), store_error::wrong);
    EXPECT_EQ(kind("delete from pets; delete from pets"), store_error::wrong);
    EXPECT_EQ(kind("delete from pets where id = ?"), store_error::wrong);
    EXPECT_EQ(kind("delete from pets where id = :id"), store_error::wrong);
    EXPECT_EQ(count(*on), 2);
    EXPECT_TRUE(on->usable());
}

TEST_F(Sqlite, ArgumentsAreCountedAndFoundByTheirNumber) {
    const auto on = data->open(true);
    EXPECT_THAT(query<std::string>(*on, "select $2 || $1 || $2", std::string{"a"}, std::string{"b"}),
                ElementsAre("bab"));
    EXPECT_EQ(said_by([&] { query<int>(*on, "select $2 + $1", 1); }),
              "wrong: the statement wants 2 arguments and is given 1 (in: select $2 + $1)");
    EXPECT_THAT(said_by([&] { query<int>(*on, "select $1", 1, 2); }), HasSubstr("wants 1 arguments and is given 2"));
}

TEST_F(Sqlite, ANumberOfRowsIsThatOfTheStatement) {
    const auto on = with_pets();
    EXPECT_EQ(execute(*on, "update pets set age = age + 1"), 2u);
    EXPECT_EQ(execute(*on, "update pets set age = 1 where id = 7"), 0u);
    EXPECT_EQ(execute(*on, "create table other (x int)"), 0u);
    EXPECT_EQ(execute(*on, "select * from pets"), 0u);
    EXPECT_EQ(execute(*on, "delete from pets"), 2u);
}

TEST_F(Sqlite, AReaderOnlyReads) {
    with_pets();
    const auto reader = data->open(false);
    EXPECT_EQ(count(*reader), 2);
    EXPECT_EQ(error_of([&] { execute(*reader, "delete from pets"); }), store_error::wrong);
    EXPECT_EQ(count(*reader), 2);
}

TEST_F(Sqlite, AReaderThatThrowsLeavesNothingOpen) {
    const auto on = with_pets(), reader = data->open(false);
    EXPECT_THROW(
        reader->run("select id from pets", {}, [](const auto&) -> bool { throw std::runtime_error{"enough"}; }),
        std::runtime_error);
    execute(*on, "delete from pets");
    EXPECT_EQ(count(*reader), 0) << "no old snapshot";
}

TEST_F(Sqlite, ManyStatementsAreNotKeptForEver) {
    const auto on = data->open(true);
    for (int i = 0; i < 1000; ++i) EXPECT_THAT(query<int>(*on, fmt::format("select {}", i)), ElementsAre(i));
}

TEST_F(Sqlite, KeysThatNumberThemselvesAreNotGivenTwice) {
    const auto on = data->open(true);
    on->run_once("create table t (id bigserial primary key, x int)");
    execute(*on, "insert into t (x) values (1), (2)");
    execute(*on, "delete from t");
    execute(*on, "insert into t (x) values (3)");
    EXPECT_THAT(query<int>(*on, "select id from t"), ElementsAre(3));
}

// -- upsert -----------------------------------------------------------------------------------------------------------

TEST_F(Sqlite, RowsAreInsertedOrUpdated) {
    const auto on = with_pets();
    upsert(*on, pets, {{2, "Mia", 5}, {3, "Tim", 1}, {3, "Tim", 2}});
    EXPECT_THAT(query<pet>(*on, "select * from pets order by id"),
                ElementsAre(pet{1, "Rex", 3}, pet{2, "Mia", 5}, pet{3, "Tim", 2}));
    upsert(*on, pets, {});
    EXPECT_EQ(count(*on), 3);
}

TEST_F(Sqlite, ATableMayBeAKeyAndNamesMayBeWordsOfTheLanguage) {
    struct key {
        std::string order;
    };
    static constexpr half::table<key> groups{"group", {"order"}};
    const auto                        on = data->open(true);
    on->run_once("create table \"group\" (\"order\" text primary key)");
    upsert(*on, groups, {{"a"}, {"b"}, {"a"}});
    EXPECT_THAT(query<std::string>(*on, "select \"order\" from \"group\" order by 1"), ElementsAre("a", "b"));
}

TEST_F(Sqlite, AnOlderRowDoesNotReplaceANewer) {
    const auto on     = with_pets();
    const auto fenced = pets.newer_by("age");
    upsert(*on, fenced, {{1, "an older one", 2}, {2, "a newer one", 5}, {3, "a new one", 0}});
    EXPECT_THAT(query<std::string>(*on, "select name from pets order by id"),
                ElementsAre("Rex", "a newer one", "a new one"));
    upsert(*on, fenced, {{1, "the same age", 3}});
    EXPECT_THAT(query<std::string>(*on, "select name from pets where id = 1"), ElementsAre("the same age"));
}

// -- transactions -----------------------------------------------------------------------------------------------------

TEST_F(Sqlite, APartCanFailAlone) {
    const auto on = with_pets();
    on->begin(transaction_kind::plain);
    on->savepoint();
    execute(*on, "insert into pets values (3, 'Tim', 1)");
    on->release();
    on->savepoint();
    execute(*on, "delete from pets");
    on->back_to_savepoint();
    on->savepoint();
    execute(*on, "insert into pets values (4, 'Ann', 1)");
    on->release();
    on->commit();
    EXPECT_EQ(count(*on), 4);
}

TEST_F(Sqlite, WhatIsUndoneIsUndone) {
    const auto on = with_pets();
    on->begin(transaction_kind::plain);
    execute(*on, "delete from pets");
    on->rollback();
    on->rollback();  // nothing to undo is no error
    EXPECT_EQ(count(*on), 2);
    EXPECT_TRUE(on->usable());
}

TEST_F(Sqlite, ATransactionThatSqliteUndidDoesNotGoOnAsSingleStatements) {
    const auto on = with_pets();
    on->begin(transaction_kind::plain);
    execute(*on, "insert into pets values (3, 'Tim', 1)");
    EXPECT_EQ(error_of([&] { execute(*on, "insert or rollback into pets values (4, 'Rex', 1)"); }),
              store_error::refused);
    EXPECT_THAT(said_by([&] { execute(*on, "delete from pets"); }),
                HasSubstr("conflict: this transaction has been undone already"));
    EXPECT_EQ(error_of([&] { on->commit(); }), store_error::conflict);
    on->rollback();
    EXPECT_EQ(count(*on), 2);
    EXPECT_TRUE(on->usable());
}

TEST_F(Sqlite, ReadersSeeWhatWasCommittedWhileSomebodyWrites) {
    const auto on = with_pets(), reader = data->open(false);
    on->begin(transaction_kind::plain);
    execute(*on, "delete from pets");
    EXPECT_EQ(count(*reader), 2);
    on->commit();
    EXPECT_EQ(count(*reader), 0);
}

TEST_F(Sqlite, ATableIsRebuiltWithoutItsChildrenNoticing) {
    const auto on = with_pets();
    on->run_once("create table toys (pet bigint not null references pets (id) on delete cascade, name text)");
    execute(*on, "insert into toys values (1, 'ball')");
    const auto rebuild = [&](const char* which) {
        on->begin(transaction_kind::migration);
        on->run_once("create table new_pets (id bigint primary key, name text not null)");
        on->run_once(std::string{"insert into new_pets select id, name from pets where "} + which);
        on->run_once("drop table pets");
        on->run_once("alter table new_pets rename to pets");
    };
    rebuild("true");
    on->commit();
    EXPECT_THAT(query<std::string>(*on, "select name from toys"), ElementsAre("ball"));

    rebuild("id > 1");  // the toy's owner is gone
    EXPECT_THAT(said_by([&] { on->commit(); }),
                HasSubstr("refused: a row of toys refers to a row of pets that is not there"));
    on->rollback();
    EXPECT_EQ(count(*on), 2);

    EXPECT_EQ(error_of([&] { execute(*on, "insert into toys values (9, 'bone')"); }), store_error::refused)
        << "keys count again";
}

// -- time -------------------------------------------------------------------------------------------------------------

constexpr const char* for_ever =
    "with recursive n(i) as (select 1 union all select i + 1 from n) select count(*) from n";

TEST_F(Sqlite, AStatementMayTakeSoLong) {
    const auto on = half::detail::sqlite_file(path, {.statement_time = 20ms})->open(true);
    EXPECT_EQ(error_of([&] { query<int>(*on, for_ever); }), store_error::too_late);
    EXPECT_THAT(said_by([&] { query<int>(*on, for_ever); }), HasSubstr("it took longer than 20 ms"));
    EXPECT_TRUE(on->usable());
    EXPECT_THAT(query<int>(*on, "select 1"), ElementsAre(1));
}

TEST_F(Sqlite, WhatNobodyWaitsForIsGivenUp) {
    const auto       on = data->open(true);
    std::stop_source nobody;
    on->give_up_when(nobody.get_token());
    nobody.request_stop();
    EXPECT_THAT(said_by([&] { query<int>(*on, for_ever); }), HasSubstr("too late: nobody waits for it any more"));
    on->give_up_when({});
    EXPECT_THAT(query<int>(*on, "select 1"), ElementsAre(1));
}

TEST_F(Sqlite, AnAbandonedConnectionEndsWhatItDoes) {
    const auto        on = data->open(true);
    std::atomic<bool> running{false};
    std::jthread      other{[&] {
        running.wait(false);
        on->abandon();
    }};
    EXPECT_EQ(error_of([&] {
                  on->run("with recursive n(i) as (select 1 union all select i + 1 from n) select i from n", {},
                          [&](const auto&) {
                              running = true;
                              running.notify_one();
                              return true;
                          });
              }),
              store_error::too_late);
    EXPECT_FALSE(on->usable());
}

TEST_F(Sqlite, WhoFindsTheFileLockedWaitsAndThenItIsAConflict) {
    const auto one = half::detail::sqlite_file(path, {.statement_time = 20ms});
    const auto on = one->open(true), other = one->open(true);
    on->begin(transaction_kind::plain);
    EXPECT_EQ(error_of([&] { other->begin(transaction_kind::plain); }), store_error::conflict);
    on->commit();
    other->begin(transaction_kind::plain);
    other->commit();
}

}  // namespace
