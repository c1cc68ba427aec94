// Many rows at once, and the bad ones among them.
#include "fake_database.hpp"
#include "postgres_house.hpp"
#include "sqlite_house.hpp"

#include <gmock/gmock.h>

#include <random>

namespace {

using fake::world;
using half::store_error;
using half::upserted;

struct note {
    std::int64_t id;
    std::string  text;
};
constexpr half::table<note> notes{"notes", {"id", "text"}};

// On a connection of the fake.
struct desk {
    std::shared_ptr<world> of = std::make_shared<world>();
    fake::connection       on{of, true};

    upserted put(const std::vector<note>& rows) { return half::detail::write_batch(on, notes, {}, rows).put; }
};

std::vector<note> good(std::int64_t n) {
    std::vector<note> rows;
    for (std::int64_t i = 0; i < n; ++i) rows.push_back({i, "fine"});
    return rows;
}
std::vector<std::size_t> refused_rows(const upserted& done) {
    std::vector<std::size_t> rows;
    for (auto& each : done.refused) rows.push_back(each.row);
    return rows;
}

TEST(Bulk, IsOneStatementWhenAllIsWell) {
    desk       here;
    const auto done = here.put(good(20'000));
    EXPECT_EQ(done.written, 20'000u);
    EXPECT_TRUE(done.all_written());
    EXPECT_EQ(here.of->upserts, 1);
    EXPECT_EQ(here.of->begun, 1);
    EXPECT_EQ(here.of->committed, 1);
    EXPECT_EQ(here.of->last_begun, half::detail::transaction_kind::plain);
}

TEST(Bulk, IsNothingForNoRows) {
    desk       here;
    const auto done = here.put({});
    EXPECT_EQ(done.written, 0u);
    EXPECT_TRUE(done.all_written());
    EXPECT_EQ(here.of->begun, 0);
}

TEST(Bulk, LeavesOutTheBadRowAndNamesIt) {
    desk here;
    here.of->poison = {"cyanide"};
    auto rows       = good(5);
    rows[3].text    = "cyanide";
    const auto done = here.put(rows);
    EXPECT_EQ(done.written, 4u);
    EXPECT_FALSE(done.all_written());
    ASSERT_EQ(done.refused.size(), 1u);
    EXPECT_EQ(done.refused[0].row, 3u);
    EXPECT_EQ(done.refused[0].error, store_error::refused);
    EXPECT_EQ(done.refused[0].error.what, "cyanide is poison");
    EXPECT_EQ(here.of->committed_rows().size(), 4u);
}

TEST(Bulk, FindsOneBadRowAmongManyInFewSteps) {
    for (std::size_t at : {0UZ, 1UZ, 9'999UZ, 10'000UZ, 19'999UZ}) {
        desk here;
        here.of->poison = {"cyanide"};
        auto rows       = good(20'000);
        rows[at].text   = "cyanide";
        const auto done = here.put(rows);
        EXPECT_EQ(done.written, 19'999u);
        EXPECT_THAT(refused_rows(done), testing::ElementsAre(at));
        EXPECT_LE(here.of->upserts, 90) << at;  // two for each of the 9 halvings, and 64
    }
}

TEST(Bulk, WritesTheGoodOnesAmongManyBadOnes) {
    desk here;
    here.of->poison = {"cyanide"};
    auto rows       = good(2'000);
    for (std::size_t i = 0; i < 300; ++i) rows[i * 6].text = "cyanide";
    const auto done = here.put(rows);
    EXPECT_EQ(done.written, 1'700u);
    EXPECT_EQ(done.refused.size(), 300u);
}

// A new rule that no row fits: the batch ends soon, and says of all rows that they are not written.
TEST(Bulk, StopsLookingWhenThereIsNoEnd) {
    desk here;
    here.of->poison = {"cyanide"};
    auto rows       = good(20'000);
    for (std::size_t i = 0; i < 10'000; ++i) rows[i].text = "cyanide";
    const auto done = here.put(rows);
    EXPECT_EQ(done.written, 10'000u);  // a part that is good is written, whatever was before
    EXPECT_EQ(done.refused.size(), 10'000u);
    EXPECT_EQ(here.of->committed_rows().size(), 10'000u);
    EXPECT_LE(here.of->upserts, 1'200);
}

TEST(Bulk, GivesUpOnWhatIsNoRowsFault) {
    for (auto kind : {store_error::unavailable, store_error::full, store_error::too_late, store_error::wrong}) {
        desk here;
        here.of->on_upsert = [kind] { fake::fail(kind, "not your fault"); };
        try {
            here.put(good(100));
            ADD_FAILURE() << "it was written";
        } catch (const half::store_failure& failed) {
            EXPECT_EQ(failed.error, kind);
        }
        EXPECT_EQ(here.of->upserts, 1);
        EXPECT_EQ(here.of->rolled_back, 1);
        EXPECT_TRUE(here.of->committed_rows().empty());
    }
}

TEST(Bulk, UndoesAllWhenTheDatabaseGoesAwayInTheMiddle) {
    desk here;
    here.of->poison    = {"cyanide"};
    auto rows          = good(1000);
    rows[500].text     = "cyanide";
    here.of->on_upsert = [&, n = 0]() mutable {
        if (++n == 30) here.of->break_connections();
    };
    EXPECT_THROW(here.put(rows), half::store_failure);
    EXPECT_TRUE(here.of->committed_rows().empty());
    EXPECT_FALSE(here.on.usable());
}

// -- columns of one's own ---------------------------------------------------------------------------------------------

struct shy {
    int size = 0;
};

}  // namespace

template <>
struct half::column<shy> {
    static void write(half::detail::values& to, shy value) {
        if (value.size > 9) throw std::runtime_error{"it does not want to"};
        to.text(std::string_view{"shy"});
    }
    static shy read(const half::detail::cursor&, int) { return {}; }
};

namespace {

struct shy_note {
    std::int64_t id;
    shy          text;
};
constexpr half::table<shy_note> shy_notes{"notes", {"id", "text"}};

TEST(Bulk, TakesWhatAColumnThrowsForARefusal) {
    desk                  here;
    std::vector<shy_note> rows{{1, {1}}, {2, {100}}, {3, {3}}};
    const auto            done = half::detail::write_batch(here.on, shy_notes, {}, rows).put;
    EXPECT_EQ(done.written, 2u);
    ASSERT_THAT(refused_rows(done), testing::ElementsAre(1u));
    EXPECT_EQ(done.refused[0].error.what, "it does not want to");
}

// -- in a real engine ---------------------------------------------------------------------------------------------------

struct child {
    std::int64_t id;
    std::string  name;
    std::int64_t parent;
};
constexpr half::table<child> children{"children", {"id", "name", "parent"}};
constexpr const char*        make_parents = "create table parents (id bigint primary key)";

using family = std::map<std::int64_t, child>;

// What the rules of a table say to a row.
using rule = std::function<bool(const family&, const child&)>;

bool has_a_parent(const family&, const child& row) { return row.parent < 5; }
bool has_a_name_of_its_own(const family& all, const child& row) {
    return std::ranges::none_of(all,
                                [&](auto& other) { return other.first != row.id && other.second.name == row.name; });
}

// Random batches, with bad rows and the same keys again and again, and what a map of rows makes of them one by one.
enum class keys : bool { again_and_again, once };

void compare_with_a_model(half::detail::connection& on, std::uint64_t seed, const std::vector<rule>& rules,
                          keys in_a_batch) {
    std::mt19937_64 draw{seed};
    family          model;
    for (int round = 0; round < 6; ++round) {
        std::vector<child>       rows(draw() % 200);
        std::vector<std::size_t> refused;
        const auto               bad = 1 + draw() % 40;  // one in so many
        for (std::size_t i = 0; i < rows.size(); ++i) {
            auto& row  = rows[i];
            row.id     = in_a_batch == keys::once ? std::int64_t(i + draw() % 2 * 200) : std::int64_t(draw() % 300);
            row.name   = draw() % bad == 0 ? "" : fmt::format("name {}", draw() % 200);
            row.parent = std::int64_t(draw() % bad == 0 ? 5 + draw() % 5 : draw() % 5);
            const bool fits =
                !row.name.empty() && std::ranges::all_of(rules, [&](auto& fine) { return fine(model, row); });
            if (fits) model[row.id] = row;
            else refused.push_back(i);
        }
        std::vector<std::int64_t> erased;
        for (std::size_t i = draw() % 20; i > 0; --i) erased.push_back(std::int64_t(draw() % 300));

        const auto done = half::detail::write_batch(on, children, {}, rows).put;
        ASSERT_EQ(refused_rows(done), refused) << "round " << round;
        ASSERT_EQ(done.written, rows.size() - refused.size());

        const auto gone = half::detail::write_batch(on, children, erased, std::vector<child>{}).erased;
        ASSERT_EQ(gone.written, erased.size());
        for (auto id : erased) model.erase(id);

        const auto found = testing_sqlite::query<child>(on, "select id, name, parent from children order by id");
        ASSERT_EQ(found.size(), model.size());
        for (auto& row : found) {
            ASSERT_EQ(row.name, model.at(row.id).name);
            ASSERT_EQ(row.parent, model.at(row.id).parent);
        }
    }
}

void make_family(half::detail::connection& on, const std::string& parent, const std::string& name) {
    on.run_once(make_parents);
    on.run_once("insert into parents values (0), (1), (2), (3), (4)");
    on.run_once(fmt::format("create table children (id bigint primary key, name text not null {} check (name <> ''), "
                            "parent bigint not null {})",
                            name, parent));
}

TEST(BulkProperty, IsWhatAMapOfRowsMakesOfIt) {
    for (std::uint64_t seed = 1; seed <= 30 && !testing::Test::HasFailure(); ++seed) {
        SCOPED_TRACE(seed);
        testing_sqlite::in_memory db;
        make_family(*db, "references parents", "unique");
        compare_with_a_model(*db, seed, {has_a_parent, has_a_name_of_its_own}, keys::again_and_again);
    }
}

// A rule that is deferred says no at the commit only: all parts were fine.
TEST(BulkProperty, IsSoWhereARuleIsDeferred) {
    for (std::uint64_t seed = 1; seed <= 30 && !testing::Test::HasFailure(); ++seed) {
        SCOPED_TRACE(seed);
        testing_sqlite::in_memory db;
        make_family(*db, "references parents deferrable initially deferred", "");
        compare_with_a_model(*db, seed, {has_a_parent}, keys::once);
    }
}

struct BulkOnPostgres : testing_postgres::Postgres {};

TEST_F(BulkOnPostgres, IsWhatAMapOfRowsMakesOfIt) {
    for (std::uint64_t seed = 1; seed <= 4 && !HasFailure(); ++seed) {
        SCOPED_TRACE(seed);
        auto on = open();
        on->run_once("drop table if exists children, parents");
        make_family(*on, "references parents", "");
        compare_with_a_model(*on, seed, {has_a_parent}, keys::again_and_again);
    }
}

TEST_F(BulkOnPostgres, IsSoWhereARuleIsDeferred) {
    auto on = open();
    make_family(*on, "references parents deferrable initially deferred", "");
    compare_with_a_model(*on, 1, {has_a_parent}, keys::once);
}

}  // namespace
