// A struct is a row: every type of column, there and back, and what does not fit.
#include "sqlite_house.hpp"

#include <cmath>
#include <limits>
#include <random>

namespace {

using namespace testing_sqlite;
using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::HasSubstr;

enum class mood : std::uint8_t { calm, wild = 200 };
enum class answer : bool { no, yes };
using moment = std::chrono::sys_time<std::chrono::milliseconds>;

// A type of the test's own, which makes its text on the way.
struct point {
    int  x = 0, y = 0;
    bool operator==(const point&) const = default;
};

}  // namespace

template <>
struct half::column<point> {
    static void  write(auto& to, const point& p) { to.text(fmt::format("a point that is far away: {} {}", p.x, p.y)); }
    static point read(const auto& from, int at) {
        point p;
        if (std::sscanf(std::string{from.text(at)}.c_str(), "a point that is far away: %d %d", &p.x, &p.y) != 2)
            throw std::runtime_error{"no point"};
        return p;
    }
};

namespace {

struct all_types {
    std::int64_t               id             = {};
    std::int32_t               medium         = {};
    std::int16_t               small          = {};
    std::uint8_t               tiny           = {};
    std::uint64_t              large          = {};
    double                     real           = {};
    float                      coarse         = {};
    bool                       yes            = {};
    std::string                text           = {};
    half::bytes                blob           = {};
    mood                       feeling        = {};
    answer                     said           = {};
    moment                     born           = {};
    point                      where          = {};
    std::optional<std::string> perhaps_text   = {};
    std::optional<double>      perhaps_number = {};
    std::optional<half::bytes> perhaps_bytes  = {};
    std::optional<point>       perhaps_where  = {};

    bool operator==(const all_types&) const = default;
};

constexpr half::table<all_types> things{"things",
                                        {"id", "medium", "small", "tiny", "large", "real", "coarse", "yes", "text",
                                         "blob", "feeling", "said", "born", "where", "perhaps_text", "perhaps_number",
                                         "perhaps_bytes", "perhaps_where"}};
constexpr const char*            make_things =
    "create table things (id bigint primary key, medium int not null, small smallint not null, tiny smallint not null, "
    "large bigint not null, \"real\" double precision not null, coarse real not null, yes boolean not null, "
    "text text not null, blob bytea not null, feeling smallint not null, said boolean not null, born bigint not null, "
    "\"where\" text not null, perhaps_text text, perhaps_number double precision, perhaps_bytes bytea, perhaps_where "
    "text)";

// A seed is a row.
struct dice {
    std::mt19937_64 source;

    template <class T>
    T number() {
        switch (source() % 5) {
        case 0: return std::numeric_limits<T>::max();
        case 1: return std::numeric_limits<T>::min();
        case 2: return T(source() % 100);
        default: return static_cast<T>(source());
        }
    }
    double real() {
        const double all[] = {0.0, 1.0 / 3, -1e308, 5e-324, std::numeric_limits<double>::infinity(), 9007199254740993.0,
                              -7.0};
        return source() % 2 ? all[source() % std::size(all)] : double(std::int64_t(source())) / 1e6;
    }
    std::string text() {
        static const std::string parts[] = {"'",  "\"", "\\",         "$1", "--",   ";",    "'); drop table things; --",
                                            "é",  "日", "\U0001f409", "\n", "\x01", "null", "NULL",
                                            "{}", "%",  "a",          " ",  "0",    "x'00'"};
        std::string              made;
        for (auto n = source() % 12; n > 0; --n) made += parts[source() % std::size(parts)];
        return made;
    }
    half::bytes blob() {
        half::bytes made(source() % 40);
        for (auto& each : made) each = std::byte(source());
        return made;
    }
    bool coin() { return source() % 2 == 0; }

    all_types row(std::int64_t id) {
        all_types r{.id      = id,
                    .medium  = number<std::int32_t>(),
                    .small   = number<std::int16_t>(),
                    .tiny    = number<std::uint8_t>(),
                    .large   = number<std::uint64_t>() >> 1,
                    .real    = real(),
                    .coarse  = float(source() % 1000) / 7,
                    .yes     = coin(),
                    .text    = text(),
                    .blob    = blob(),
                    .feeling = coin() ? mood::calm : mood::wild,
                    .said    = answer{coin()},
                    .born    = moment{std::chrono::milliseconds{number<std::int64_t>()}},
                    .where   = {number<int>(), number<int>()}};
        if (coin()) r.perhaps_text = text();
        if (coin()) r.perhaps_number = real();
        if (coin()) r.perhaps_bytes = blob();
        if (coin()) r.perhaps_where = point{1, number<int>()};
        return r;
    }
};

TEST(Row, WhatGoesInComesOut) {
    for (std::uint64_t seed = 0; seed < 20; ++seed) {
        in_memory db;
        db->run_once(make_things);
        dice                   random{std::mt19937_64{seed}};
        std::vector<all_types> rows;
        for (int i = 0; i < 100; ++i) rows.push_back(random.row(i));
        upsert(*db, things, rows);
        for (auto& each : rows)
            if (random.coin()) each = random.row(each.id);
        upsert(*db, things, rows);
        ASSERT_EQ(query<all_types>(*db, "select * from things order by id"), rows) << "seed " << seed;

        const auto& one = rows[seed];  // as arguments
        ASSERT_EQ(query<std::int64_t>(
                      *db, "select id from things where text = $1 and blob = $2 and yes = $3 and \"where\" = $4",
                      one.text, one.blob, one.yes, one.where)
                      .size(),
                  1)
            << "seed " << seed;
    }
}

TEST(Row, ATextMayBeAMegabyte) {
    in_memory db;
    db->run_once(make_things);
    std::string large;
    while (large.size() < 1'000'000) large += "'); drop table things; -- \U0001f409 \"";
    upsert(*db, things, {{.text = large, .perhaps_bytes = half::bytes(1'000'000)}});
    const auto back = query<all_types>(*db, "select * from things");
    ASSERT_EQ(back.size(), 1);
    EXPECT_EQ(back[0].text, large);
    EXPECT_EQ(back[0].perhaps_bytes->size(), 1'000'000);
}

TEST(Row, IsOneValueToo) {
    in_memory db;
    EXPECT_THAT(query<std::string>(*db, "select 'Rex'"), ElementsAre("Rex"));
    EXPECT_THAT(query<bool>(*db, "select 1 = 1"), ElementsAre(true));
    EXPECT_THAT(query<std::optional<int>>(*db, "select null union all select 3"), ElementsAre(std::nullopt, 3));
    EXPECT_THAT(query<point>(*db, "select $1", point{3, 4}), ElementsAre(point{3, 4}));
    EXPECT_THAT(query<double>(*db, "select 3"), ElementsAre(3.0)) << "an integer is a number";
    EXPECT_THAT(query<half::bytes>(*db, "select x''"), ElementsAre(half::bytes{}));
}

TEST(Row, EmptyIsNotNull) {
    in_memory db;
    EXPECT_THAT(query<std::optional<std::string>>(*db, "select $1", std::string{}), ElementsAre(""));
    EXPECT_THAT(query<std::optional<half::bytes>>(*db, "select $1", half::bytes{}), ElementsAre(half::bytes{}));
    EXPECT_THAT(query<std::optional<int>>(*db, "select $1", std::optional<int>{}), ElementsAre(std::nullopt));
}

TEST(Row, WhatDoesNotFitIsAMismatchAndSaysWhere) {
    in_memory db;
    struct two {
        int         number;
        std::string text;
    };
    const auto two_from = [&](const char* sql) { return said_by([&] { query<two>(*db, sql); }); };
    EXPECT_EQ(two_from("select 'x' as age, 'y'"),
              "mismatch: column age: it is a text, not an integer (in: select 'x' as age, 'y')");
    EXPECT_THAT(two_from("select null as age, 'y'"), HasSubstr("column age: it is null, not an integer"));
    EXPECT_THAT(two_from("select 1.5 as age, 'y'"),
                HasSubstr("column age: it is a number with a fraction, not an integer"));
    EXPECT_THAT(two_from("select 3000000000 as age, 'y'"),
                HasSubstr("column age: the number is too big for its field"));
    EXPECT_THAT(two_from("select 1, 2 as name"), HasSubstr("column name: it is an integer, not a text"));
    EXPECT_THAT(two_from("select 1, x'00' as name"), HasSubstr("column name: it is bytes, not a text"));
    EXPECT_THAT(two_from("select 1"), HasSubstr("mismatch: the query has 1 columns, and the struct 2"));
    EXPECT_THAT(two_from("select 1, '2', 3"), HasSubstr("mismatch: the query has 3 columns, and the struct 2"));

    EXPECT_THAT(said_by([&] { query<bool>(*db, "select 2 as yes"); }),
                HasSubstr("column yes: 2 is neither yes (1) nor no (0)"));
    EXPECT_THAT(said_by([&] { query<bool>(*db, "select 'true' as yes"); }), HasSubstr("it is a text, not an integer"));
    EXPECT_THAT(said_by([&] { query<unsigned>(*db, "select -1 as n"); }),
                HasSubstr("mismatch: column n: the number is too big"));
    EXPECT_THAT(said_by([&] { query<float>(*db, "select 1e300 as n"); }),
                HasSubstr("mismatch: column n: the number is too big"));
    EXPECT_THAT(said_by([&] { query<double>(*db, "select 9007199254740993 as n"); }), HasSubstr("mismatch: column n"));
    EXPECT_THAT(said_by([&] { query<half::bytes>(*db, "select 'x' as b"); }), HasSubstr("it is a text, not bytes"));
}

TEST(Row, WhatADatabaseDoesNotKeepIsRefused) {
    in_memory  db;
    const auto said = [&](auto value) { return said_by([&] { query<std::string>(*db, "select $1", value); }); };
    EXPECT_EQ(said(~std::uint64_t{}), "refused: $1: the number is too big for a database (in: select $1)");
    EXPECT_THAT(said(std::nan("")), HasSubstr("refused: $1: it is not a number"));
    EXPECT_THAT(said(std::string{"caf\xe9"}), HasSubstr("refused: $1: the text is not UTF-8"));
    EXPECT_THAT(said(std::string{"a\0b", 3}), HasSubstr("refused: $1: the text has a NUL character in it"));

    db->run_once(make_things);
    EXPECT_THAT(said_by([&] { upsert(*db, things, {{.id = 1}, {.id = 2, .text = "\xff"}}); }),
                HasSubstr("refused: column text: the text is not UTF-8"));
    EXPECT_THAT(query<int>(*db, "select count(*) from things"), ElementsAre(0));
}

static_assert(half::row<all_types> && half::row<int> && half::row<std::optional<point>>);
static_assert(!half::storable<char> && !half::storable<char8_t> && !half::storable<long double>);
static_assert(!half::storable<int*> && !half::storable<std::vector<int>>);

enum class letter : char { a };
static_assert(!half::storable<letter>);

struct nothing_at_all {};
struct with_a_base : point {
    int z;
};
struct with_a_constructor {
    with_a_constructor(int);
    int x;
};
static_assert(!half::row<nothing_at_all> && !half::row<with_a_base> && !half::row<with_a_constructor>);

static_assert(things.newer_by("born").newer == "born" && things.newer.empty());
static_assert(std::same_as<half::table<all_types>::key_type, std::int64_t>);

}  // namespace
