// The driver of PostgreSQL, against a real server.
#include "postgres_house.hpp"

#include <gmock/gmock.h>

#include <cmath>
#include <limits>
#include <thread>

using namespace std::chrono_literals;
using namespace testing_postgres;
using half::detail::transaction_kind;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;

// libpqxx 6.4 loses a result, of some hundred bytes, with each connection that is lost.
extern "C" const char* __lsan_default_suppressions();  // NOLINT(bugprone-reserved-identifier)
// NOLINTNEXTLINE(bugprone-reserved-identifier)
extern "C" const char* __lsan_default_suppressions() { return "leak:libpqxx-6.4\n"; }

namespace {

// -- Values -----------------------------------------------------------------------------------------------------------

enum class mood : std::uint8_t { calm, wild = 200 };
using moment = std::chrono::sys_time<std::chrono::milliseconds>;

struct all_types {
    std::int64_t               id             = {};
    std::int32_t               medium         = {};
    std::int16_t               small          = {};
    double                     real           = {};
    float                      coarse         = {};
    bool                       yes            = {};
    std::string                text           = {};
    half::bytes                bytes          = {};
    mood                       feeling        = {};
    moment                     born           = {};
    std::optional<std::string> perhaps_text   = {};
    std::optional<int>         perhaps_number = {};
    std::optional<half::bytes> perhaps_bytes  = {};

    bool operator==(const all_types&) const = default;
};

constexpr half::table<all_types> things{"things",
                                        {"id", "medium", "small", "real", "coarse", "yes", "text", "bytes", "feeling",
                                         "born", "perhaps_text", "perhaps_number", "perhaps_bytes"}};
constexpr const char*            make_things =
    "create table things (id bigint primary key, medium int not null, small smallint not null, "
    "\"real\" double precision not null, coarse real not null, yes boolean not null, text text not null, "
    "bytes bytea not null, feeling smallint not null, born bigint not null, perhaps_text text, perhaps_number int, "
    "perhaps_bytes bytea)";

half::bytes every_byte() {
    half::bytes all;
    for (int i = 0; i < 256; ++i) all.push_back(std::byte(i));
    return all;
}

std::vector<std::string> hostile_texts() {
    return {"",
            "Robert'); drop table things; --",
            "$1",
            "\\",
            "\\x00",
            "\"{},\"",
            "{NULL,\"a\"}",
            "NULL",
            "null",
            "two\nlines\r\n\tand a tab",
            "\\N",
            "\\.",
            "'; select pg_sleep(100); '",
            "Jürgen 日本 \U0001f409",
            std::string(100'000, 'x'),
            "\x01\x7f"};
}

std::vector<all_types> many_kinds() {
    using long_limits = std::numeric_limits<std::int64_t>;
    using real_limits = std::numeric_limits<double>;
    std::vector<all_types> all;
    for (double real : {0.0, -0.0, 0.1, 1e308, 5e-324, real_limits::infinity(), -real_limits::infinity(), 1.0 / 3})
        all.push_back({.real = real, .coarse = 0.1F, .text = "real"});
    for (const auto& text : hostile_texts()) all.push_back({.text = text, .perhaps_text = text});
    all.push_back({.medium         = std::numeric_limits<std::int32_t>::max(),
                   .small          = -1,
                   .yes            = true,
                   .text           = "most",
                   .bytes          = every_byte(),
                   .feeling        = mood::wild,
                   .born           = moment{1'700'000'000'123ms},
                   .perhaps_number = std::numeric_limits<int>::min(),
                   .perhaps_bytes  = half::bytes{}});
    for (std::size_t i = 0; i < all.size(); ++i) all[i].id = std::int64_t(i);
    all.front().id = long_limits::min();
    all.back().id  = long_limits::max();
    return all;
}

TEST_F(Postgres, EveryTypeComesBackAsItWas) {
    const auto db = open();
    db->run_once(make_things);
    const auto rows = many_kinds();
    upsert(*db, things, rows);
    EXPECT_EQ(query<all_types>(*db, "select * from things order by id"), rows);

    for (const auto& each : rows) {  // one by one, as arguments
        const auto& [id, medium, small, real, coarse, yes, text, bytes, feeling, born, t, n, b] = each;
        execute(*db, "delete from things where id = $1", id);
        execute(*db, "insert into things values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)", id, medium,
                small, real, coarse, yes, text, bytes, feeling, born, t, n, b);
    }
    EXPECT_EQ(query<all_types>(*db, "select * from things order by id"), rows);
    EXPECT_TRUE(std::signbit(query<double>(*db, "select \"real\" from things where id = 1").at(0)));
}

TEST_F(Postgres, OtherTypesAreTextOrNumbers) {
    const auto db = open();
    db->run_once("create type size as enum ('small', 'big'); create domain age as int check (value >= 0); "
                 "create table t (id bigint primary key, s size, a age, n numeric(10, 2), c char(5), v varchar(3), at "
                 "timestamptz, u uuid, j jsonb)");
    struct row {
        std::int64_t id;
        std::string  s;
        int          a;
        double       n;
        std::string  c, v, at, u, j;
        bool         operator==(const row&) const = default;
    };
    constexpr half::table<row> table{"t", {"id", "s", "a", "n", "c", "v", "at", "u", "j"}};
    const row                  one{
        1,           "big", 3, 1.25, "ab   ", "xyz", "2026-01-02 03:04:05+00", "5a2b6bd8-8ab5-4b60-9c1c-5d4c0f6f7f5a",
        "{\"a\": 1}"};
    db->run_once("set timezone = 'UTC'");
    upsert(*db, table, {one});
    EXPECT_THAT(query<row>(*db, "select * from t"), ElementsAre(one));

    // As an assignment has it, and not a cast: nothing is cut.
    auto long_one      = one;
    long_one.v         = "four";
    const auto refused = error_of([&] { upsert(*db, table, {long_one}); });
    EXPECT_EQ(refused.why, store_error::refused);
    EXPECT_THAT(refused.what, HasSubstr("too long"));
    db->rollback();
    EXPECT_THAT(query<std::string>(*db, "select s from t where s = $1", "big"), ElementsAre("big"));
    EXPECT_THAT(query<std::int64_t>(*db, "select sum(id) from t"), ElementsAre(1));  // numeric, and whole
}

TEST_F(Postgres, TextThatIsNoneNeverLeaves) {
    const auto db = open();
    db->run_once("create table t (name text)");
    for (const auto& bad : {std::string{"a\0b", 3}, std::string{"\xff"}, std::string{"\xc0\x80"}}) {
        const auto error = error_of([&] { execute(*db, "insert into t values ($1)", bad); });
        EXPECT_EQ(error.why, store_error::refused);
        EXPECT_EQ(error.statement, "insert into t values ($1)");
    }
    EXPECT_TRUE(query<std::string>(*db, "select name from t").empty());
}

TEST_F(Postgres, AMismatchNamesTheColumnAndTheStatement) {
    const auto db     = open();
    auto       expect = [&]<class T>(const char* sql, const char* why, T) {
        const auto error = error_of([&] { query<T>(*db, sql); });
        EXPECT_EQ(error.why, store_error::mismatch) << sql;
        EXPECT_THAT(error.what, AllOf(HasSubstr("column c: "), HasSubstr(why))) << sql;
        EXPECT_EQ(error.statement, sql);
    };
    expect("select null::int as c", "is null", 0);
    expect("select null::text as c", "is null", std::string{});
    expect("select 'x'::text as c", "is no integer", 0);
    expect("select '7'::text as c", "is no integer", 0);
    expect("select 1.5::numeric as c", "1.5 is no integer", 0);
    expect("select 1.0::float8 as c", "is no integer", 0);
    expect("select true as c", "is no integer", 0);
    expect("select 300 as c", "too big", std::int8_t{});
    expect("select -1 as c", "too big", 0U);
    expect("select 1 as c", "is no boolean", false);
    expect("select 't'::text as c", "is no boolean", false);
    expect("select 1 as c", "is no text", std::string{});
    expect("select true as c", "is no text", std::string{});
    expect("select '\\x00'::bytea as c", "is no text", std::string{});
    expect("select 'x'::text as c", "is no bytea", half::bytes{});
    expect("select 'x'::text as c", "is no number", 0.0);
    EXPECT_THAT(query<double>(*db, "select 3"), ElementsAre(3.0));
    EXPECT_TRUE(db->usable());
}

// -- Errors -----------------------------------------------------------------------------------------------------------

TEST_F(Postgres, ErrorsHaveKindsAndNameTheStatement) {
    const auto db = open();
    db->run_once("create table p (id int primary key, name varchar(3) not null unique, age int check (age >= 0), "
                 "twice int generated always as (age * 2) stored, parent int references p)");
    db->run_once("insert into p (id, name, age) values (1, 'Rex', 3)");
    const std::vector<std::pair<const char*, store_error::kind>> cases{
        {"insert into p (id, name, age) values (1, 'Mia', 1)", store_error::refused},
        {"insert into p (id, name, age) values (2, 'Rex', 1)", store_error::refused},
        {"insert into p (id, name, age) values (2, null, 1)", store_error::refused},
        {"insert into p (id, name, age) values (2, 'Mia', -1)", store_error::refused},
        {"insert into p (id, name, parent) values (2, 'Mia', 9)", store_error::refused},
        {"insert into p (id, name, twice) values (2, 'Mia', 9)", store_error::refused},
        {"insert into p (id, name) values (2, 'four')", store_error::refused},
        {"insert into p (id, name) values (3000000000, 'Mia')", store_error::refused},
        {"select 1 / (age - age) from p", store_error::refused},
        {"do $$ begin raise exception 'no'; end $$", store_error::refused},
        {"select * from nowhere", store_error::wrong},
        {"select nothing from p", store_error::wrong},
        {"selct 1", store_error::wrong},
        {"", store_error::wrong},
    };
    for (const auto& [sql, kind] : cases) {
        if (!*sql) continue;
        const auto error = error_of([&] { execute(*db, sql); });
        EXPECT_EQ(error.why, kind) << sql << ": " << to_string(error);
        EXPECT_EQ(error.statement, sql);
        EXPECT_TRUE(db->usable());
    }
    const auto twin = error_of([&] { execute(*db, "insert into p (id, name) values (1, $1)", "Mia"); });
    EXPECT_THAT(twin.what, AllOf(HasSubstr("duplicate key"), HasSubstr("(id)=(1)"), testing::Not(HasSubstr("ERROR"))));
    EXPECT_THAT(query<int>(*db, "select count(*) from p"), ElementsAre(1));
}

TEST_F(Postgres, TwoThatReadWhatTheOtherWritesAreAConflict) {
    const auto a = open(), b = open();
    a->run_once("create table t (id int primary key, n int); insert into t values (1, 1), (2, 1)");
    for (auto* each : {a.get(), b.get()}) {
        each->begin(transaction_kind::serializable);
        query<int>(*each, "select sum(n)::int from t");
    }
    execute(*a, "update t set n = 0 where id = 1");
    a->commit();
    const auto error = error_of([&] {
        execute(*b, "update t set n = 0 where id = 2");
        b->commit();
    });
    EXPECT_EQ(error.why, store_error::conflict);
    b->rollback();
    EXPECT_TRUE(b->usable());
}

TEST_F(Postgres, AStatementMayTakeSoLong) {
    const auto db    = open({.statement_time = 50ms});
    const auto error = error_of([&] { query<int>(*db, "select 1 from pg_sleep(100)"); });
    EXPECT_EQ(error.why, store_error::too_late);
    EXPECT_THAT(query<int>(*db, "select 1"), ElementsAre(1));
    db->begin(transaction_kind::migration);  // but a migration may take its time
    EXPECT_THAT(query<int>(*db, "select 1 from pg_sleep(0.1)"), ElementsAre(1));
    db->commit();
    EXPECT_EQ(error_of([&] { query<int>(*db, "select 1 from pg_sleep(100)"); }).why, store_error::too_late);
}

TEST_F(Postgres, TheServersNoticesStayWithTheServer) {
    testing::internal::CaptureStderr();
    testing::internal::CaptureStdout();
    {
        const auto db = open();
        db->run_once("drop table if exists nothing; do $$ begin raise notice 'n'; raise warning 'w'; end $$");
        db->rollback();
    }
    EXPECT_EQ(testing::internal::GetCapturedStderr(), "");
    EXPECT_EQ(testing::internal::GetCapturedStdout(), "");
}

// -- Transactions -------------------------------------------------------------------------------------------------------

TEST_F(Postgres, AllOrNothing) {
    const auto a = open(), b = open();
    a->run_once("create table t (id int primary key)");
    a->begin();
    execute(*a, "insert into t values (1)");
    EXPECT_TRUE(query<int>(*b, "select id from t").empty());
    a->rollback();
    EXPECT_TRUE(query<int>(*a, "select id from t").empty());
    a->begin();
    execute(*a, "insert into t values (2)");
    a->commit();
    EXPECT_THAT(query<int>(*b, "select id from t"), ElementsAre(2));
}

TEST_F(Postgres, ATransactionThatFailedIsNotCommittedWithoutAWord) {
    const auto db = open();
    db->run_once("create table t (id int primary key)");
    db->begin();
    execute(*db, "insert into t values (1)");
    EXPECT_EQ(error_of([&] { execute(*db, "insert into t values (1)"); }).why, store_error::refused);
    EXPECT_EQ(error_of([&] { db->commit(); }).why, store_error::wrong);
    EXPECT_TRUE(query<int>(*db, "select id from t").empty());
    db->begin();
    execute(*db, "insert into t values (2)");
    db->commit();
    EXPECT_THAT(query<int>(*db, "select id from t"), ElementsAre(2));
}

TEST_F(Postgres, APartCanFailAlone) {
    const auto db = open();
    db->run_once("create table t (id int primary key, parent int references t deferrable initially deferred)");
    db->begin();
    execute(*db, "insert into t values (1, null)");
    db->savepoint();
    EXPECT_EQ(error_of([&] { execute(*db, "insert into t values (1, null)"); }).why, store_error::refused);
    db->back_to_savepoint();
    db->savepoint();
    execute(*db, "insert into t values (2, 99)");  // would be refused by the commit, and all with it
    EXPECT_EQ(error_of([&] { db->release(); }).why, store_error::refused);
    db->back_to_savepoint();
    db->savepoint();
    execute(*db, "insert into t values (3, 1)");
    db->release();
    db->commit();
    EXPECT_THAT(query<int>(*db, "select id from t order by id"), ElementsAre(1, 3));
}

// -- Prepared statements --------------------------------------------------------------------------------------------------

TEST_F(Postgres, StatementsAreKeptButNotForEver) {
    const auto db   = open();
    auto       kept = [&] { return query<int>(*db, "select count(*) from pg_prepared_statements").at(0); };
    for (int i = 0; i < 3; ++i) query<int>(*db, "select 1 where 1 = $1", 1);
    EXPECT_EQ(kept(), 2);
    for (int i = 0; i < 500; ++i) query<int>(*db, fmt::format("select {}", i));
    EXPECT_EQ(kept(), 100);
    for (int i = 0; i < 500; ++i) error_of([&] { query<int>(*db, fmt::format("select {} from nowhere", i)); });
    EXPECT_LE(kept(), 100);
}

TEST_F(Postgres, AStatementOutlivesAChangeOfItsTable) {
    const auto a = open(), b = open();
    a->run_once("create table t (id int primary key, name text)");
    const char* const all = "select * from t";
    struct two {
        int         id;
        std::string name;
    };
    struct three {
        int         id;
        std::string name;
        int         age;
    };
    EXPECT_TRUE(query<two>(*a, all).empty());
    b->run_once("alter table t add column age int; insert into t values (1, 'Rex', 3)");
    EXPECT_EQ(query<three>(*a, all).at(0).age, 3);  // prepared anew
    b->run_once("alter table t drop column age");
    a->begin();
    EXPECT_EQ(error_of([&] { query<two>(*a, all); }).why, store_error::conflict);  // here nothing more can be asked
    a->rollback();
    EXPECT_EQ(query<two>(*a, all).at(0).name, "Rex");
}

// -- Many rows ----------------------------------------------------------------------------------------------------------

struct pet_row {
    std::int64_t id;
    std::string  name;
    int          age                              = 0;
    bool         operator==(const pet_row&) const = default;
};
constexpr half::table<pet_row> pets{"pets", {"id", "name", "age"}};
constexpr const char* make_pets = "create table pets (id bigint primary key, name text not null, age int not null)";

std::vector<pet_row> some_pets(int n, int age = 0) {
    std::vector<pet_row> all;
    for (int i = 1; i <= n; ++i) all.push_back({i, fmt::format("pet {}", i), age});
    return all;
}

TEST_F(Postgres, ManyRowsAreInsertedOrUpdated) {
    const auto db = open();
    db->run_once(make_pets);
    for (int n : {0, 1, 4999, 5000, 5001, 200'000}) {
        const auto rows = some_pets(n, n);
        upsert(*db, pets, rows);
        EXPECT_EQ(query<pet_row>(*db, "select id, name, age from pets where age = $1 order by id", n),
                  n ? rows : std::vector<pet_row>{});
    }
}

TEST_F(Postgres, OfRowsWithOneKeyTheLastCounts) {
    const auto db = open();
    db->run_once(make_pets);
    upsert(*db, pets, {{1, "a"}, {2, "b"}, {1, "c"}, {2, "d"}, {1, "e"}});
    EXPECT_THAT(query<pet_row>(*db, "select * from pets order by id"), ElementsAre(pet_row{1, "e"}, pet_row{2, "d"}));
    auto many = some_pets(6000);
    for (auto& each : some_pets(6000, 1)) many.push_back(each);
    upsert(*db, pets, many);
    EXPECT_THAT(query<int>(*db, "select distinct age from pets"), ElementsAre(1));
}

TEST_F(Postgres, ColumnsThatARowDoesNotHaveKeepWhatTheyHad) {
    const auto db = open();
    db->run_once(
        "create table pets (number bigserial unique, born timestamptz not null default now(), id bigint primary "
        "key, color text not null default 'red', name text not null, age int not null)");
    upsert(*db, pets, some_pets(2));
    execute(*db, "update pets set color = 'blue' where id = 1");
    upsert(*db, pets, some_pets(3, 7));
    EXPECT_THAT(query<std::string>(*db, "select color from pets order by id"), ElementsAre("blue", "red", "red"));
    EXPECT_THAT(query<int>(*db, "select age from pets"), ElementsAre(7, 7, 7));
}

TEST_F(Postgres, AnOlderRowDoesNotReplaceANewer) {
    constexpr auto fenced = pets.newer_by("age");
    const auto     db     = open();
    db->run_once(make_pets);
    upsert(*db, pets, {{1, "a", 5}, {2, "b", 5}, {3, "c", 5}});
    upsert(*db, fenced, {{1, "older", 4}, {2, "as old", 5}, {3, "newer", 6}, {4, "new", 0}});
    EXPECT_THAT(query<std::string>(*db, "select name from pets order by id"),
                ElementsAre("a", "as old", "newer", "new"));
}

TEST_F(Postgres, NamesMayBeWordsOfTheLanguage) {
    struct row {
        int key;
        int end;
    };
    constexpr half::table<row> order{"order", {"primary", "end"}};
    const auto                 db = open();
    db->run_once("create table \"order\" (\"primary\" int primary key, \"end\" int)");
    upsert(*db, order, {{1, 2}});
    EXPECT_THAT(query<int>(*db, "select \"end\" from \"order\""), ElementsAre(2));
    struct single {
        std::string word;
    };
    constexpr half::table<single> words{"words", {"word"}};
    db->run_once("create table words (word text primary key)");
    upsert(*db, words, {{"a"}, {"b"}, {"a"}});
    upsert(*db, words, {{"b"}, {"c"}});
    EXPECT_THAT(query<std::string>(*db, "select word from words order by word"), ElementsAre("a", "b", "c"));
}

TEST_F(Postgres, AnUpsertThatFailsSaysWhereAndCanBeTriedAgain) {
    const auto db    = open();
    const auto error = error_of([&] { upsert(*db, pets, some_pets(1)); });
    EXPECT_EQ(error.why, store_error::wrong);
    EXPECT_THAT(error.what, HasSubstr("\"pets\" does not exist"));
    EXPECT_EQ(error.statement, "upsert into pets");
    db->rollback();
    db->run_once("create table pets (id bigint primary key, name text not null)");
    EXPECT_THAT(error_of([&] { upsert(*db, pets, some_pets(1)); }).what, HasSubstr("column \"age\""));
    db->rollback();
    db->run_once("alter table pets add column age smallint not null default 0");
    EXPECT_EQ(error_of([&] { upsert(*db, pets, {{1, "old", 100'000}}); }).why, store_error::refused);
    db->rollback();
    db->run_once("alter table pets alter column age type int");
    upsert(*db, pets, {{1, "old", 100'000}});
    EXPECT_THAT(query<int>(*db, "select age from pets"), ElementsAre(100'000));
}

TEST_F(Postgres, WhoeverWritesTheSameRowsInAnotherOrderDoesNotStandInTheWay) {
    open()->run_once(make_pets);
    std::vector<std::jthread> writers;
    for (int w = 0; w < 4; ++w)
        writers.emplace_back([this, w] {
            const auto db   = open();
            auto       rows = some_pets(2000, w);
            if (w % 2) std::ranges::reverse(rows);
            for (int i = 0; i < 10; ++i) upsert(*db, pets, rows);
        });
    writers.clear();
    EXPECT_EQ(query<int>(*open(), "select count(*) from pets").at(0), 2000);
}

// -- Connections that end ---------------------------------------------------------------------------------------------------

int  pid_of(connection& db) { return query<int>(db, "select pg_backend_pid()").at(0); }
void terminate(connection& by, int pid) { query<bool>(by, "select pg_terminate_backend($1, 5000)", pid); }
void expect_soon(connection& db, const char* sql) {  // true, before long
    for (int i = 0; i < 1000 && !query<bool>(db, sql).at(0); ++i) query<int>(db, "select 1 from pg_sleep(0.01)");
    EXPECT_TRUE(query<bool>(db, sql).at(0)) << sql;
}

TEST_F(Postgres, AConnectionThatWasCutWhileItDidNothingHasDoneNothing) {
    const auto a = open(), b = open();
    a->run_once("create table t (id int)");
    terminate(*b, pid_of(*a));
    EXPECT_FALSE(a->usable());
    const auto error = error_of([&] { execute(*a, "insert into t values (1)"); });
    EXPECT_EQ(error.why, store_error::unavailable);  // and not in doubt
    EXPECT_EQ(error_of([&] { a->begin(); }).why, store_error::unavailable);
    a->rollback();
    EXPECT_FALSE(a->usable());
}

TEST_F(Postgres, AConnectionThatIsCutAtWorkLeavesADoubtOnlyIfItChangesSomething) {
    const auto b   = open();
    auto       cut = [&](const char* sql, bool in_a_transaction) {
        const auto a = open();
        if (in_a_transaction) a->begin();
        const std::jthread other{[&, pid = pid_of(*a)] {
            expect_soon(
                *b,
                "select count(*) > 0 from pg_stat_activity where wait_event = 'PgSleep' and pid != pg_backend_pid()");
            terminate(*b, pid);
        }};
        const auto         error = error_of([&] { execute(*a, sql); });
        EXPECT_FALSE(a->usable());
        EXPECT_THAT(error.what, HasSubstr("the connection was lost"));
        return error.why;
    };
    b->run_once("create table t (id int)");
    EXPECT_EQ(cut("select 1 from pg_sleep(100)", false), store_error::unavailable);
    EXPECT_EQ(cut("insert into t select 1 from pg_sleep(100)", false), store_error::in_doubt);
    EXPECT_EQ(cut("insert into t select 1 from pg_sleep(100)", true), store_error::unavailable);
    EXPECT_TRUE(query<int>(*b, "select id from t").empty());
}

TEST_F(Postgres, ACommitWithoutAnAnswerIsInDoubt) {
    const auto a = open(), b = open();
    a->run_once("create table t (id int); create function slow() returns trigger language plpgsql as "
                "'begin perform pg_sleep(100); return null; end'; create constraint trigger c after insert on t "
                "deferrable initially deferred for each row execute function slow()");
    a->begin();
    execute(*a, "insert into t values (1)");
    const std::jthread other{[&, pid = pid_of(*a)] {
        expect_soon(
            *b, "select count(*) > 0 from pg_stat_activity where wait_event = 'PgSleep' and pid != pg_backend_pid()");
        terminate(*b, pid);
    }};
    EXPECT_EQ(error_of([&] { a->commit(); }).why, store_error::in_doubt);
}

TEST_F(Postgres, WhatNobodyWaitsForIsGivenUp) {
    const auto       a = open(), b = open();
    std::stop_source nobody_waits;
    a->give_up_when(nobody_waits.get_token());
    const std::jthread other{[&] {
        expect_soon(
            *b, "select count(*) > 0 from pg_stat_activity where wait_event = 'PgSleep' and pid != pg_backend_pid()");
        nobody_waits.request_stop();
    }};
    EXPECT_EQ(error_of([&] { query<int>(*a, "select 1 from pg_sleep(100)"); }).why, store_error::too_late);
    EXPECT_FALSE(a->usable());
    // The server gives it up as well, and does not sleep on.
    expect_soon(
        *b, "select count(*) = 0 from pg_stat_activity where query like '%pg_sleep(100)%' and pid != pg_backend_pid()");

    const auto c = open();
    c->begin();
    c->give_up_when(nobody_waits.get_token());
    EXPECT_EQ(error_of([&] { query<int>(*c, "select 1"); }).why, store_error::too_late);  // it is not even begun
    c->rollback();
    EXPECT_TRUE(c->usable());
}

TEST_F(PostgresServer, ThatSaysNothingAnyMoreCanBeAbandoned) {
    postgres::server own;
    const auto       a = half::detail::postgres_server(own.url(), {})->open(true);
    a->begin();
    own.freeze();
    std::jthread other{[&] { a->abandon(); }};
    EXPECT_EQ(error_of([&] {
                  while (true) query<int>(*a, "select 1");
              }).why,
              store_error::too_late);
    EXPECT_FALSE(a->usable());
    own.thaw();
    EXPECT_THAT(query<int>(*half::detail::postgres_server(own.url(), {})->open(true), "select 1"), ElementsAre(1));
}

// -- Opening ------------------------------------------------------------------------------------------------------------

TEST_F(PostgresServer, SaysWhyItCannotBeOpened) {
    postgres::server own;
    auto             open = [](const std::string& url) { return half::detail::postgres_server(url, {})->open(true); };
    open(own.url())->run_once("create role guarded login password 'right'; create role banned login; create role shy");
    auto as = [&](std::string who) { return fmt::format("postgres://{}@127.0.0.1:{}/postgres", who, own.port()); };
    EXPECT_THAT(query<int>(*open(as("guarded:right")), "select 1"), ElementsAre(1));

    for (const auto& [url, why] : std::vector<std::pair<std::string, std::string>>{
             {as("guarded:secret"), "password authentication failed"},
             {as("guarded"), "no password supplied"},
             {as("banned"), "pg_hba.conf rejects connection"},
             {as("shy"), "not permitted to log in"},
             {as("nobody_here"), "does not exist"},
             {own.url("nothing_here"), "does not exist"},
             {own.url() + "?sslmode=require", "SSL"},
             {own.url() + "?no_such_option=1", "no_such_option"},
         }) {
        const auto error = error_of([&] { open(url); });
        EXPECT_EQ(error.why, store_error::wrong) << url << ": " << error.what;
        EXPECT_THAT(error.what, AllOf(HasSubstr(why), testing::Not(HasSubstr("secret")))) << url;
    }

    own.stop();
    EXPECT_EQ(error_of([&] { open(own.url()); }).why, store_error::unavailable);
    own.start();
    EXPECT_TRUE(open(own.url())->usable());
}

TEST(PostgresDatabase, NamesItselfWithoutItsPassword) {
    const auto data = half::detail::postgres_server("postgres://me:secret@localhost/pets", {});
    EXPECT_EQ(data->name(), "postgres://me@localhost/pets");
    EXPECT_FALSE(data->one_writes());
    EXPECT_FALSE(data->simulated());
    EXPECT_THROW(half::detail::postgres_server("postgres://me:se/cret@localhost/pets", {}), std::invalid_argument);
}

// -- A store that stands on it --------------------------------------------------------------------------------------------

// Returns when the store has said it in a remark.
class remarks {
public:
    half::runtime_options options() {
        return {.on_report = [this](const half::report& said) {
            if (said.what != half::report::kind::remark) return;
            const std::scoped_lock lock{mutex_};
            all_.push_back(said.remark);
            new_one_.notify_all();
        }};
    }
    void wait_for(std::string_view words) {
        std::unique_lock lock{mutex_};
        new_one_.wait(lock,
                      [&] { return std::ranges::any_of(all_, [&](auto& each) { return each.contains(words); }); });
    }

private:
    std::mutex               mutex_;
    std::condition_variable  new_one_;
    std::vector<std::string> all_;
};

TEST_F(Postgres, APoisonedRowFailsAlone) {
    const half::store db{{.url = url}};
    half::runtime     runtime;
    runtime.start(db());
    runtime
        .run(db.execute(
            half::trusted_sql{"create table pets (id bigint primary key, name text not null unique, age int not "
                              "null check (age >= 0))"}))
        .or_throw();
    auto rows       = some_pets(1000);
    rows[3].age     = -1;
    rows[500].name  = rows[10].name;
    rows[998].name  = std::string{"\xff"};
    const auto done = runtime.run(db.upsert(pets, rows)).or_throw();
    EXPECT_EQ(done.written, 997u);
    std::vector<std::size_t> refused;
    for (const auto& each : done.refused) refused.push_back(each.row);
    EXPECT_THAT(refused, ElementsAre(3, 500, 998));
    EXPECT_EQ(runtime.run(db.query_one<int>("select count(*) from pets")).or_throw(), 997);
}

TEST_F(PostgresServer, MayFreeze) {
    postgres::server  own;
    const half::store db{{.url = own.url(), .statement_time = 50ms, .retry = 10ms}};
    half::runtime     runtime{{.on_report = [](const half::report&) {}}};
    runtime.start(db());
    runtime.run(db.execute("create table t (id int)")).or_throw();
    own.freeze();
    EXPECT_EQ(runtime.run(db.query_one<int>("select count(*) from t")).error().why, store_error::too_late);
    own.thaw();
    half::stored<std::uint64_t> done;
    do done = runtime.run(db.execute("insert into t values (1)"));
    while (!done);
    EXPECT_EQ(runtime.run(db.query_one<int>("select count(*) from t")).or_throw(), 1);
}

TEST_F(PostgresServer, MayGoAwayAndComeBack) {
    postgres::server  own;
    const half::store db{{.url = own.url(), .retry = 10ms, .retry_at_most = 50ms}};
    remarks           said;
    half::runtime     runtime{said.options()};
    runtime.start(db());
    auto count = [&] { return runtime.run(db.query_one<int>("select count(*) from t")); };
    runtime.run(db.execute("create table t (id int)")).or_throw();
    runtime.run(db.execute("insert into t values ($1)", 1)).or_throw();

    own.stop();
    EXPECT_EQ(count().error().why, store_error::unavailable);
    said.wait_for("down");
    EXPECT_EQ(runtime.run(db.execute("insert into t values ($1)", 2)).error().why, store_error::unavailable);
    own.start();
    said.wait_for("up again");
    EXPECT_EQ(count().or_throw(), 1);
    runtime.run(db.execute("insert into t values ($1)", 3)).or_throw();
    own.crash();
    own.start();
    while (!count()) {}
    EXPECT_EQ(count().or_throw(), 2);  // what was committed is there
}

}  // namespace
