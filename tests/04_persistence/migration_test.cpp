// Steps: each once, in order, whole or not at all; on every database.
#include "postgres_house.hpp"

#include <04_persistence/detail/migrating.hpp>
#include <04_persistence/memory_database.hpp>

#include <gmock/gmock.h>

#include <filesystem>
#include <thread>

using namespace std::chrono_literals;
using namespace testing_postgres;
using half::migrations;
using half::detail::migrate_on;
using half::detail::steps_on;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

namespace {

using versions = std::vector<std::int64_t>;

migrations three_steps() {
    return {
        {.version = 1,
         .name    = "pets",
         .up      = {"create table pets (id bigserial primary key, name text not null)",
                     "insert into pets (name) values ('Rex')"},
         .down    = {"drop table pets"}},
        {.version = 2,
         .name    = "age",
         .up      = {"alter table pets add column age bigint not null default 1"},
         .down    = {"alter table pets drop column age"}},
        {.version = 5,
         .name    = "Mia",
         .up      = {"insert into pets (name) values ('Mia')"},
         .down    = {"delete from pets where name = 'Mia'"}},
    };
}

// -- On a connection, of each kind ----------------------------------------------------------------------------------------

enum class kind : std::uint8_t { memory, file, server };

class Migrations : public Postgres, public testing::WithParamInterface<kind> {
protected:
    void SetUp() override {
        if (GetParam() == kind::server) Postgres::SetUp();
        if (GetParam() == kind::file) folder_ = fmt::format("{}/half_{}", testing::TempDir(), ::getpid());
        if (!IsSkipped() && !HasFailure()) on_ = data()->open(true);
    }
    void TearDown() override {
        on_.reset();
        Postgres::TearDown();
        if (!folder_.empty()) std::filesystem::remove_all(folder_);
    }
    std::shared_ptr<half::detail::database> data() {
        switch (GetParam()) {
        case kind::memory: return half::detail::in_memory(memory_.engine(), {});
        case kind::file: return half::detail::sqlite_file(folder_ + "/pets.db", {});
        case kind::server: return half::detail::postgres_server(url, {});
        }
        std::unreachable();
    }

    versions migrate(const migrations& schema, std::int64_t to = half::newest) { return migrate_on(*on_, schema, to); }
    store_error refused(const migrations& schema, std::int64_t to = half::newest) {
        return error_of([&] { migrate(schema, to); });
    }
    versions taken(const migrations& schema) {
        versions all;
        for (const auto& each : steps_on(*on_, schema))
            if (each.taken) all.push_back(each.version);
        return all;
    }
    std::vector<std::string> names() { return query<std::string>(*on_, "select name from pets order by id"); }

    std::unique_ptr<connection> on_;

private:
    half::memory_database memory_;
    std::string           folder_;
};

std::string name_of(const testing::TestParamInfo<kind>& info) {
    constexpr std::array all{"Memory", "SQLite", "PostgreSQL"};
    return all[std::size_t(info.param)];
}
INSTANTIATE_TEST_SUITE_P(On, Migrations, testing::Values(kind::memory, kind::file, kind::server), name_of);

TEST_P(Migrations, AreTakenOnceAndInOrder) {
    auto schema = three_steps();
    std::ranges::reverse(schema);
    EXPECT_THAT(migrate(schema), ElementsAre(1, 2, 5));
    EXPECT_THAT(names(), ElementsAre("Rex", "Mia"));
    EXPECT_THAT(migrate(schema), IsEmpty());
    EXPECT_THAT(names(), ElementsAre("Rex", "Mia"));
    EXPECT_THAT(taken(schema), ElementsAre(1, 2, 5));
}

TEST_P(Migrations, GoBackAndForth) {
    const auto schema = three_steps();
    EXPECT_THAT(migrate(schema, 0), IsEmpty());
    EXPECT_THAT(migrate(schema, 2), ElementsAre(1, 2));
    EXPECT_THAT(migrate(schema, 5), ElementsAre(5));
    EXPECT_THAT(migrate(schema, 1), ElementsAre(5, 2));
    EXPECT_THAT(names(), ElementsAre("Rex"));
    EXPECT_EQ(error_of([&] { query<int>(*on_, "select age from pets"); }).why, store_error::wrong);
    EXPECT_THAT(migrate(schema), ElementsAre(2, 5));
    EXPECT_THAT(migrate(schema, 0), ElementsAre(5, 2, 1));
    EXPECT_EQ(error_of([&] { names(); }).why, store_error::wrong);
    EXPECT_THAT(taken(schema), IsEmpty());
    EXPECT_THAT(migrate(schema), ElementsAre(1, 2, 5));
}

TEST_P(Migrations, AStepThatFailsLeavesNothingBehind) {
    auto schema = three_steps();
    schema[1].up.emplace_back("insert into pets (name) values ('Tom')");
    schema[1].up.emplace_back("insert into nowhere values (1)");
    for (int i = 0; i < 2; ++i) {
        const auto error = refused(schema);
        EXPECT_EQ(error.why, store_error::wrong);
        EXPECT_THAT(error.what, AllOf(HasSubstr("step 2 (age): "), HasSubstr("nowhere")));
        EXPECT_EQ(error.statement, "insert into nowhere values (1)");
        EXPECT_THAT(taken(schema), ElementsAre(1));  // the step before it stays
        EXPECT_THAT(names(), ElementsAre("Rex"));
    }
    EXPECT_THAT(migrate(three_steps()), ElementsAre(2, 5));  // mended
    auto no_way = three_steps();
    no_way[2].down.emplace_back("drop table nowhere");
    EXPECT_THAT(refused(no_way, 0).what, HasSubstr("step 5 (Mia): "));
    EXPECT_THAT(names(), ElementsAre("Rex", "Mia"));
    EXPECT_THAT(taken(no_way), ElementsAre(1, 2, 5));
}

TEST_P(Migrations, AStepThatCameLateIsTakenToo) {
    auto schema = three_steps();
    migrate(schema);
    schema.push_back({.version = 3, .name = "late", .up = {"update pets set name = 'Rex I' where name = 'Rex'"}});
    EXPECT_THAT(migrate(schema), ElementsAre(3));
    EXPECT_THAT(names(), ElementsAre("Rex I", "Mia"));
}

TEST_P(Migrations, AProgramThatIsOlderThanItsDataLeavesThemAlone) {
    migrate(three_steps());
    auto older = three_steps();
    older.pop_back();
    for (std::int64_t to : {half::newest, std::int64_t{1}, std::int64_t{0}}) {
        const auto error = refused(older, to);
        EXPECT_EQ(error.why, store_error::wrong);
        EXPECT_THAT(error.what, AllOf(HasSubstr("step 5 (Mia)"), HasSubstr("older than its data")));
    }
    EXPECT_THAT(names(), ElementsAre("Rex", "Mia"));
    EXPECT_THAT(taken(older), ElementsAre(1, 2, 5));  // those it does not know are shown

    auto renamed    = three_steps();
    renamed[1].name = "ages";
    EXPECT_THAT(refused(renamed).what, AllOf(HasSubstr("step 2"), HasSubstr("ages here, and age in the database")));
}

TEST_P(Migrations, WithoutAWayBackNothingIsTakenBack) {
    auto schema = three_steps();
    schema[1].down.clear();
    migrate(schema);
    EXPECT_THAT(refused(schema, 0).what, HasSubstr("step 2 (age) has no way back"));
    EXPECT_THAT(taken(schema), ElementsAre(1, 2, 5));  // not even the step after it
    EXPECT_THAT(migrate(schema, 2), ElementsAre(5));
}

TEST_P(Migrations, AreRefusedWhenTheyAreNone) {
    auto twice = three_steps();
    twice.push_back(twice[0]);
    EXPECT_THAT(refused(twice).what, HasSubstr("two steps 1"));
    EXPECT_THAT(refused({{.version = 0, .name = "nothing", .up = {}}}).what, HasSubstr("begin with 1"));
    EXPECT_THAT(refused({{.version = -1, .name = "less", .up = {}}}).what, HasSubstr("begin with 1"));
    EXPECT_THAT(refused(three_steps(), 3).what, HasSubstr("there is no step 3"));
    EXPECT_THAT(refused(three_steps(), -1).what, HasSubstr("there is no step -1"));
    EXPECT_THAT(migrate({}), IsEmpty());
}

TEST_F(Postgres, ProgramsThatStartAtOnceTakeEachStepOnce) {
    migrations schema{{.version = 1, .name = "table", .up = {"create table t (n int)"}}};
    for (int i = 2; i <= 20; ++i)
        schema.push_back({.version = i, .name = "row", .up = {fmt::format("insert into t values ({})", i)}});
    std::vector<versions> took(6);
    {
        std::vector<std::jthread> programs;
        for (auto& mine : took) programs.emplace_back([&] { mine = migrate_on(*open(), schema, half::newest); });
    }
    versions all;
    for (const auto& each : took) all.insert(all.end(), each.begin(), each.end());
    std::ranges::sort(all);
    EXPECT_EQ(all.size(), 20u);
    EXPECT_EQ(std::ranges::unique(all).size(), 0u);
    EXPECT_EQ(query<int>(*open(), "select count(*) from t").at(0), 19);
}

TEST_F(Postgres, AStepMayTakeItsTimeButTheWaitForAnotherProgramIsBounded) {
    const migrations slow{{.version = 1, .name = "slow", .up = {"do $$ begin perform pg_sleep(0.3); end $$"}}};
    const auto       in_a_hurry = open({.statement_time = 50ms});
    EXPECT_THAT(migrate_on(*in_a_hurry, slow, half::newest), ElementsAre(1));
    const auto other = open();
    other->begin(half::detail::transaction_kind::migration);
    const auto error = error_of([&] { migrate_on(*in_a_hurry, slow, half::newest); });
    EXPECT_EQ(error.why, store_error::too_late);
    EXPECT_THAT(error.statement, HasSubstr("another program that migrates"));
    other->rollback();
    EXPECT_THAT(migrate_on(*in_a_hurry, slow, half::newest), IsEmpty());
}

// -- Through a store ------------------------------------------------------------------------------------------------------

TEST(MigrationsOfAStore, AreTakenBeforeAnybodyIsServed) {
    const half::memory_database disk;
    half::runtime               sim{half::simulated{}};
    const half::store           db{disk, {.schema = three_steps()}};
    sim.start(db());
    EXPECT_EQ(sim.run(db.query_one<int>("select count(*) from pets")).or_throw(), 2);
    EXPECT_THAT(sim.run(half::migrate(db)).or_throw(), IsEmpty());
    EXPECT_THAT(sim.run(half::migrate(db, three_steps(), 1)).or_throw(), ElementsAre(5, 2));
    const auto steps = sim.run(half::migration_steps(db, three_steps())).or_throw();
    ASSERT_EQ(steps.size(), 3u);
    EXPECT_TRUE(steps[0].taken);
    EXPECT_EQ(steps[1].name, "age");
    EXPECT_FALSE(steps[1].taken);
    EXPECT_THAT(sim.run(half::migrate(db)).or_throw(), ElementsAre(2, 5));
    auto older = three_steps();
    older.pop_back();
    EXPECT_EQ(sim.run(half::migrate(db, older)).error().why, store_error::wrong);
}

TEST(MigrationsOfAStore, AStepThatIsCutOffIsTakenLater) {
    const half::memory_database disk;
    half::runtime               sim{half::simulated{.on_report = [](const half::report&) {}}};
    const half::store           db{disk};
    sim.start(db());
    disk.go_away();
    EXPECT_EQ(sim.run(half::migrate(db, three_steps())).error().why, store_error::unavailable);
    disk.come_back();
    sim.advance(1min);
    EXPECT_THAT(sim.run(half::migrate(db, three_steps())).or_throw(), ElementsAre(1, 2, 5));
}

// -- As a command ---------------------------------------------------------------------------------------------------------

struct command {
    int         code;
    std::string out, err;
};

struct MigrateCommand : testing::Test {
    std::string folder = fmt::format("{}/half_{}", testing::TempDir(), ::getpid());
    std::string url    = "sqlite:" + folder + "/pets.db";
    ~MigrateCommand() override { std::filesystem::remove_all(folder); }

    command run(std::vector<std::string> words, migrations schema = three_steps()) const {
        return run(url, words, schema);
    }
    static command run(const std::string& where, std::vector<std::string> words, migrations schema = three_steps()) {
        testing::internal::CaptureStdout();
        testing::internal::CaptureStderr();
        const int code = half::migrate_command({.url = where, .schema = std::move(schema)}, std::move(words));
        std::fflush(stdout);
        return {code, testing::internal::GetCapturedStdout(), testing::internal::GetCapturedStderr()};
    }
};

TEST_F(MigrateCommand, SaysWhatItDid) {
    EXPECT_EQ(run({"status"}).out, "     1  -        pets\n     2  -        age\n     5  -        Mia\n");
    EXPECT_EQ(run({"to", "2"}).out, "took 1 (pets)\ntook 2 (age)\n");
    EXPECT_EQ(run({"status"}).out, "     1  taken    pets\n     2  taken    age\n     5  -        Mia\n");
    EXPECT_EQ(run({"up"}).out, "took 5 (Mia)\n");
    EXPECT_EQ(run({"up"}).out, "nothing to do\n");
    EXPECT_EQ(run({"down"}).out, "took back 5 (Mia)\n");
    EXPECT_EQ(run({"down"}).out, "took back 2 (age)\n");
    EXPECT_EQ(run({"down"}).out, "took back 1 (pets)\n");
    EXPECT_EQ(run({"down"}).out, "nothing to do\n");
    for (const auto& words : std::vector<std::vector<std::string>>{{"up"}, {"status"}, {"to", "0"}}) {
        const auto done = run(words);
        EXPECT_EQ(done.code, 0);
        EXPECT_EQ(done.err, "");
    }
}

TEST_F(MigrateCommand, SaysWhatItCouldNotDo) {
    run({"up"});
    auto older = three_steps();
    older.pop_back();
    const auto refused = run({"up"}, older);
    EXPECT_EQ(refused.code, 1);
    EXPECT_THAT(refused.err, HasSubstr("older than its data"));
    EXPECT_EQ(run({"status"}, older).out, "     1  taken    pets\n     2  taken    age\n     5  taken    Mia\n");
    EXPECT_EQ(run({"to", "4"}).code, 1);

    const auto nobody = run("postgres://me:secret@127.0.0.1:1/pets", {"status"});
    EXPECT_EQ(nobody.code, 1);
    EXPECT_THAT(nobody.err, AllOf(HasSubstr("unavailable: "), testing::Not(HasSubstr("secret"))));
}

TEST_F(MigrateCommand, SaysHowItIsUsed) {
    using words = std::vector<std::string>;
    for (const auto& wrong :
         {words{}, words{"sideways"}, words{"to"}, words{"to", "x"}, words{"to", "1x"}, words{"to", "-1"},
          words{"up", "1"}, words{"to", "1", "2"}, words{"to", "99999999999999999999"}}) {
        const auto done = run(wrong);
        EXPECT_EQ(done.code, 2);
        EXPECT_THAT(done.err, testing::StartsWith("usage: status | up | down | to VERSION\n"));
    }
    EXPECT_FALSE(std::filesystem::exists(folder));  // it has not even looked
    EXPECT_EQ(run("no:such", {"status"}).code, 2);
}

}  // namespace
