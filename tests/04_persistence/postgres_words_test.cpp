// What is read and written around PostgreSQL: URLs, errors, arrays.
#include <04_persistence/detail/postgres_error.hpp>
#include <04_persistence/detail/postgres_upsert.hpp>
#include <04_persistence/detail/postgres_url.hpp>

#include <gmock/gmock.h>

#include <array>
#include <limits>

using half::store_error;
using half::detail::postgres_url;
using testing::HasSubstr;
using testing::Not;

namespace {

TEST(PostgresUrl, ShowsEverythingButThePassword) {
    const std::vector<std::pair<std::string, std::string>> cases{
        {"postgres://localhost/pets", "postgres://localhost/pets"},
        {"postgresql://localhost", "postgresql://localhost"},
        {"postgres://", "postgres://"},
        {"postgres://me@localhost/pets", "postgres://me@localhost/pets"},
        {"postgres://me:secret@localhost:5432/pets", "postgres://me@localhost:5432/pets"},
        {"postgres://me:sec%40ret@localhost/pets", "postgres://me@localhost/pets"},
        {"postgres://me:sec:ret@localhost/pets", "postgres://me@localhost/pets"},
        {"postgres://:secret@localhost/pets", "postgres://@localhost/pets"},
        {"postgres://me:secret@one:1,two:2/pets", "postgres://me@one:1,two:2/pets"},
        {"postgres://me:secret@[::1]:5432/pets", "postgres://me@[::1]:5432/pets"},
        {"postgres://localhost/pets?password=secret", "postgres://localhost/pets"},
        {"postgres://localhost/pets?user=me&password=secret&sslmode=require",
         "postgres://localhost/pets?user=me&sslmode=require"},
        {"postgres://localhost?sslpassword=secret&user=me", "postgres://localhost?user=me"},
        {"postgres://localhost/pets?p%61ssword=secret", "postgres://localhost/pets"},
    };
    for (const auto& [url, shown] : cases) {
        const postgres_url read{url};
        EXPECT_EQ(read.shown, shown);
        EXPECT_EQ(read.full, url);
    }
}

TEST(PostgresUrl, RefusesWhatLibpqWouldReadInAnotherWayAndDoesNotRepeatIt) {
    for (const std::string url : {
             "http://localhost/secret",
             "secret",
             "",
             "postgres://me:secret@secret@localhost/pets",
             "postgres://me:secret/secret@localhost/pets",
             "postgres://me:5432/secret@localhost/pets",
             "postgres://me:secret?secret@localhost/pets",
             "postgres://me:5432?secret@localhost/pets",
             "postgres://localhost:secret/pets",
             "postgres://local host/secret",
         }) {
        try {
            const postgres_url read{url};
            ADD_FAILURE() << url << " became " << read.shown;
        } catch (const std::invalid_argument& refused) {
            EXPECT_THAT(refused.what(), HasSubstr("postgres://user:password@host:port/name"));
            EXPECT_THAT(refused.what(), Not(HasSubstr("secret")));
        }
    }
}

TEST(PostgresUrl, SetsOnlyWhatItDoesNotSetItself) {
    postgres_url url{"postgres://localhost/pets?connect_timeout=9"};
    url.by_default("connect_timeout", "5");
    url.by_default("keepalives_idle", "30");
    EXPECT_EQ(url.full, "postgres://localhost/pets?connect_timeout=9&keepalives_idle=30");
    EXPECT_EQ(url.shown, "postgres://localhost/pets?connect_timeout=9");
    postgres_url plain{"postgres://localhost"};
    plain.by_default("connect_timeout", "5");
    EXPECT_EQ(plain.full, "postgres://localhost?connect_timeout=5");
}

TEST(PostgresError, StatesHaveKinds) {
    const std::vector<std::pair<std::string, store_error::kind>> cases{
        {"23505", store_error::refused},     {"23502", store_error::refused},     {"22003", store_error::refused},
        {"22P02", store_error::refused},     {"428C9", store_error::refused},     {"P0001", store_error::refused},
        {"40001", store_error::conflict},    {"40P01", store_error::conflict},    {"55P03", store_error::conflict},
        {"53100", store_error::full},        {"53300", store_error::unavailable}, {"57014", store_error::too_late},
        {"57P01", store_error::unavailable}, {"08006", store_error::unavailable}, {"25006", store_error::unavailable},
        {"42P01", store_error::wrong},       {"42601", store_error::wrong},       {"", store_error::wrong},
    };
    for (const auto& [state, kind] : cases) EXPECT_EQ(half::detail::kind_of_state(state), kind) << state;
}

TEST(PostgresError, SaysInOneLineWhatTheServerSaidInFour) {
    EXPECT_EQ(
        half::detail::one_line("ERROR:  no such thing\nLINE 1: select thing\n               ^\nHINT:  Try another.\n"),
        "no such thing; HINT:  Try another.");
    EXPECT_EQ(half::detail::one_line("connection to server at \"::1\", port 1 failed: FATAL:  too bad\n"),
              "connection to server at \"::1\", port 1 failed: too bad");
    EXPECT_EQ(half::detail::one_line(""), "");
}

// What is written by the next row never gets into the one before.
TEST(PostgresUpsert, ColumnsBecomeArrays) {
    half::detail::array_writer to{7};
    for (int row = 0; row < 2; ++row) {
        to.next_row();
        to.integer(row ? std::numeric_limits<std::int64_t>::min() : 7);
        to.real(row ? -std::numeric_limits<double>::infinity() : 0.1);
        to.boolean(row == 0);
        to.text(row ? "" : "the \"cat\", {a\\b}");
        const std::array some{std::byte{0}, std::byte{0xab}};
        to.bytes(std::span<const std::byte>{some.data(), row ? 0u : 2u});
        if (row) to.null();
        else to.text(std::string_view{"NULL"});
        if (row) to.integer(1);
        else to.null();
    }
    EXPECT_THAT(std::move(to).take(),
                testing::ElementsAre("{7,-9223372036854775808}", "{0.1,-inf}", "{t,f}", R"({"the \"cat\", {a\\b}",""})",
                                     R"({"\\x00ab","\\x"})", R"({"NULL",NULL})", "{NULL,1}"));
}

TEST(PostgresUpsert, OneStatementForAll) {
    constexpr std::string_view columns[] = {"id", "name"};
    EXPECT_EQ(half::detail::upsert_statement({.name = "pets", .columns = columns}, {"bigint", "text"}),
              "insert into \"pets\" (\"id\", \"name\") select distinct on (c0) c0, c1 "
              "from unnest($1::bigint[], $2::text[]) with ordinality as r (c0, c1, n) order by c0, n desc "
              "on conflict (\"id\") do update set \"name\" = excluded.\"name\"");
    EXPECT_THAT(
        half::detail::upsert_statement({.name = "pets", .columns = columns, .newer_by = "name"}, {"bigint", "text"}),
        testing::EndsWith("do update set \"name\" = excluded.\"name\" where excluded.\"name\" >= \"pets\".\"name\""));
}

}  // namespace
