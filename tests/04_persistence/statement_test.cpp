// A statement is a literal, and what is in it.
#include <04_persistence/detail/sqlite_dialect.hpp>
#include <04_persistence/detail/utf8.hpp>
#include <04_persistence/statement.hpp>

#include <gtest/gtest.h>

#include <string>

namespace {

using half::detail::arguments_of;
using half::detail::in_sqlite;
using half::detail::is_utf8;

static_assert(arguments_of("select 1") == 0);
static_assert(arguments_of("select $1") == 1);
static_assert(arguments_of("select $2, $1, $2") == 2);
static_assert(arguments_of("select $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11") == 11);
static_assert(arguments_of("select '$5', \"$6\", $1") == 1, "not in quotes");
static_assert(arguments_of("select 'it''s $5', $1") == 1);
static_assert(arguments_of("select $1 -- and it's not $2\n") == 1, "nor in a comment");
static_assert(arguments_of("select $1 -- it's the end") == 1);
static_assert(arguments_of("select /* $2 isn't */ $1") == 1);
static_assert(arguments_of("select 3 - 2, 6 / 3") == 0);

template <class... Args>
std::string text_of(const half::statement<Args...>& sql, const Args&...) {
    return std::string{sql.text()};
}

TEST(Statement, IsALiteralOrAConstant) {
    static constexpr char by_id[] = "select name from pets where id = $1";
    EXPECT_EQ(text_of("select 1"), "select 1");
    EXPECT_EQ(text_of(by_id, 7), by_id);
}

TEST(Statement, OrIsVouchedFor) {
    std::string table = "pets";
    EXPECT_EQ(text_of(half::trusted_sql{"select * from " + table}), "select * from pets");
    EXPECT_EQ(text_of(half::trusted_sql{""}), "");

    half::statement<> made{half::trusted_sql{"select a text that is long enough to live on the heap"}};
    auto              moved = std::move(made);
    EXPECT_EQ(moved.text(), "select a text that is long enough to live on the heap");
}

TEST(Statement, KeysThatAreNumbersHaveSqlitesOwnWords) {
    EXPECT_EQ(in_sqlite("create table a (id bigserial primary key, n bigint)"),
              "create table a (id integer primary key autoincrement, n bigint)");
    EXPECT_EQ(in_sqlite("create table a (id BIGINT\n  Primary  KEY, n int)"),
              "create table a (id integer primary key, n int)");
    EXPECT_EQ(in_sqlite("bigserial primary key"), "integer primary key autoincrement");
}

TEST(Statement, NothingElseIsRewritten) {
    for (const char* same :
         {"", "select 1", "insert into a values ('bigserial primary key')", "select \"bigint primary key\" from a",
          "-- bigserial primary key\nselect 1", "/* bigserial primary key */ select 1", "mybigserial primary key",
          "bigserial primary keys", "bigserial", "bigserial primary", "bigserialprimary key",
          "select 'open bigserial primary key"})
        EXPECT_EQ(in_sqlite(same), same);
}

TEST(Utf8, IsWhatUnicodeSays) {
    for (const char* text : {"", "plain", "Jürgen", "日本", "\U0001f409", "\x7f", "\xed\x9f\xbf", "\xee\x80\x80",
                             "\xef\xbf\xbf", "\xf4\x8f\xbf\xbf", "long enough for eight at once \u00e9 and more of it"})
        EXPECT_TRUE(is_utf8(text)) << text;
    EXPECT_TRUE(is_utf8(std::string_view{"a\0b", 3}));
}

TEST(Utf8, AndNothingElse) {
    for (const char* bytes :
         {"\x80", "\xff", "\xc0\x80", "\xc1\xbf", "\xc3", "\xe0\x80\x80", "\xe0\x9f\xbf", "\xed\xa0\x80",
          "\xed\xbf\xbf", "\xe2\x82", "\xf0\x8f\xbf\xbf", "\xf4\x90\x80\x80", "\xf5\x80\x80\x80", "\xf0\x9f\x90",
          "eight of them and \x80 then", "cut off at the end \xc3"})
        EXPECT_FALSE(is_utf8(bytes)) << bytes;
}

}  // namespace
