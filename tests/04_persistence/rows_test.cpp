// Rows from end to end, on both databases: none of them and very many, texts that would be statements, one that is refused.
#include "postgres_house.hpp"
#include "program.hpp"

#include <02_supervisor/supervisor.hpp>
#include <04_persistence/persister.hpp>
#include <04_persistence/store.hpp>

#include <fstream>
#include <malloc.h>

namespace {

using namespace faults;
using half::store_error;

struct note {
    std::int64_t id;
    std::string  text;
    int          stars = 0;

    bool operator==(const note&) const = default;
};
constexpr half::table<note> notes{"notes", {"id", "text", "stars"}};

const half::migrations schema{
    {.version = 1,
     .name    = "notes",
     .up = {"create table notes (id bigint primary key, text text not null unique, stars int not null check (stars < "
            "6))"}},
};

struct service {
    explicit service(const std::string& url)
        : db{{.url = url, .schema = schema}},
          rows{{.to = db, .table = notes, .every = 1h}},
          root{runtime.start(half::supervisor{
              .children = {{.id = "db", .start = db}, {.id = "rows", .start = rows, .shutdown = 1min}}})} {}

    std::vector<note> all() { return runtime.run(db.query(notes, "order by id")).or_throw(); }

    std::mutex                  guard;
    std::vector<std::string>    remarks;
    half::store                 db;
    half::persister<note>       rows;
    half::runtime               runtime{{.workers = 2, .on_report = [this](const half::report& r) {
                               const std::lock_guard lock{guard};
                               remarks.push_back(r.remark);
                           }}};
    half::ref<half::supervisor> root;
};

// What people have typed into forms.
std::vector<std::string> hostile_texts() {
    return {"Robert'); drop table notes; --",
            "'; delete from notes; select '",
            "' or '1'='1",
            "\" or \"\"=\"",
            "\\'; drop table notes; --",
            "$1",
            "$2 $$ $tag$ drop table notes $tag$",
            "?",
            ":id",
            "@id",
            "%s%n%d",
            "{}",
            "\\",
            "\\x41",
            "\\N",
            "\\.",
            "/* */ -- ;",
            "null",
            "",
            " ",
            "\t\r\n\v\f",
            "0",
            "1e999",
            "true",
            "{1,2}",
            "(1,2)",
            "\"quoted\", 'quoted'",
            "a\tb\nc",
            "\x01\x1f\x7f",
            "\u202Edrowssap",
            "\uFEFFbom",
            "Zo\u00eb \u732b \U0001F431",
            "<script>alert(1)</script>",
            "%00",
            "../../etc/passwd",
            std::string(100'000, '\'')};
}

// -- what both databases do -----------------------------------------------------------------------------------------

void data_stays_data(const std::string& url) {
    service           s{url};
    std::vector<note> kept;
    for (std::int64_t id = 0; const auto& text : hostile_texts()) kept.push_back({++id, text});

    for (const auto& each : kept) s.rows.keep(each);
    s.runtime.run(s.rows.flush()).or_throw();
    EXPECT_EQ(s.all(), kept);

    for (const auto& each : kept) {
        // As an argument, of all kinds of statements.
        auto found = s.runtime.run(s.db.query(notes, "where text = $1", each.text)).or_throw();
        EXPECT_EQ(found, std::vector{each});
        auto changed =
            s.runtime.run(s.db.execute("update notes set text = $1 where text = $2", each.text + "!", each.text));
        EXPECT_EQ(std::move(changed).or_throw(), 1);
        auto again = s.runtime.run(s.db.transact([each](half::transaction& t) {
            t.execute("delete from notes where text = $1", each.text + "!");
            t.execute("insert into notes (id, text, stars) values ($1, $2, 0)", each.id, each.text);
            return t.query_one<std::string>("select text from notes where id = $1", each.id).value_or("none");
        }));
        EXPECT_EQ(std::move(again).or_throw(), each.text);
    }
    EXPECT_EQ(s.all(), kept);

    // What is no text is refused, and nothing is cut off.
    for (std::string text : {std::string("a\0b", 3), std::string("\xff\xfe"), std::string("\xed\xa0\x80")}) {
        auto done = s.runtime.run(s.db.execute("insert into notes (id, text, stars) values (1000, $1, 0)", text));
        EXPECT_TRUE(!done && (done.error() == store_error::refused || done.error() == store_error::mismatch));
    }
    EXPECT_EQ(s.all(), kept);
}

void poison_fails_alone(const std::string& url) {
    service s{url};
    for (std::int64_t id = 1; id <= 1000; ++id) s.rows.keep({id, fmt::format("note {}", id), int(id % 6)});
    s.rows.keep({77, "too good", 9});          // a check
    s.rows.keep({500, "note 499"});            // not unique
    s.rows.keep({900, std::string("\0", 1)});  // no text

    auto flushed = s.runtime.run(s.rows.flush());
    EXPECT_FALSE(flushed.has_value());
    EXPECT_EQ(s.rows.status().refused, 3);
    EXPECT_EQ(s.rows.status().at_risk, 3);
    auto there = s.all();
    EXPECT_EQ(there.size(), 997);
    for (const auto& each : there) EXPECT_EQ(each, (note{each.id, fmt::format("note {}", each.id), int(each.id % 6)}));
    {
        const std::lock_guard lock{s.guard};
        ASSERT_EQ(s.remarks.size(), 1);
        for (const char* id : {"77", "500", "900"}) EXPECT_NE(s.remarks[0].find(id), std::string::npos) << s.remarks[0];
        fmt::print("{}\n", s.remarks[0]);
    }

    // It is well again when its state is.
    s.rows.keep({77, "good", 5});
    s.rows.keep({500, "another"});
    s.rows.keep({900, "a text"});
    s.runtime.run(s.rows.flush()).or_throw();
    EXPECT_EQ(s.rows.status().refused, 0);
    EXPECT_EQ(s.all().size(), 1000);
}

void none_is_no_case_of_its_own(const std::string& url) {
    service s{url};
    EXPECT_EQ(s.runtime.run(s.rows.load()).or_throw().size(), 0);
    s.runtime.run(s.rows.flush()).or_throw();
    EXPECT_EQ(s.runtime.run(s.db.upsert(notes, {})).or_throw().written, 0);
    EXPECT_EQ(s.runtime.run(s.db.execute("delete from notes")).or_throw(), 0);
    EXPECT_EQ(s.runtime.run(s.db.query_one<int>("select stars from notes")).or_throw(), std::nullopt);
    EXPECT_EQ(s.all().size(), 0);
    s.root.stop();
    s.runtime.run(half::ended(s.root.id()));
    EXPECT_EQ(s.rows.status().batches, 0);
    EXPECT_EQ(s.remarks, std::vector<std::string>{});
}

double megabytes() {
    malloc_trim(0);
    std::ifstream statm{"/proc/self/statm"};
    std::size_t   all = 0, resident = 0;
    statm >> all >> resident;
    return double(resident) * 4096 / 1e6;
}

// Seconds since it was asked last.
class stopwatch {
public:
    double lap() { return double(now() - std::exchange(began_, now())) / 1e6; }

private:
    std::int64_t began_ = now();
};

void very_many(const std::string& url, std::int64_t n) {
    const auto empty   = megabytes();
    const auto note_of = [](std::int64_t id) { return note{id, fmt::format("note {}", id), int(id % 6)}; };
    stopwatch  watch;
    {
        service s{url};
        s.runtime.run(s.rows.flush()).or_throw();
        watch.lap();
        for (std::int64_t id = 1; id <= n; ++id) s.rows.keep(note_of(id));
        fmt::print("{} rows: kept in {:.2f} s, {:.0f} MB; ", n, watch.lap(), megabytes() - empty);
        s.root.stop();
        s.runtime.run(half::ended(s.root.id()));
        fmt::print("stopped, and so written, in {:.2f} s; ", watch.lap());
        EXPECT_EQ(s.rows.status().at_risk, 0);
        EXPECT_EQ(s.rows.status().written, std::uint64_t(n));
    }
    service s{url};
    watch.lap();
    EXPECT_EQ(s.runtime.run(s.rows.load()).or_throw().size(), std::size_t(n));
    fmt::print("loaded in {:.2f} s\n", watch.lap());
    for (std::int64_t id : {std::int64_t{1}, n / 2, n}) EXPECT_EQ(s.rows.at(id), note_of(id));
    EXPECT_EQ(s.rows.status().at_risk, 0);
}

// -- SQLite ---------------------------------------------------------------------------------------------------------

struct SqliteRows : testing::Test {
    const folder      here;
    const std::string url = "sqlite:" + here / "notes.db";
};

TEST_F(SqliteRows, DataStaysData) { data_stays_data(url); }
TEST_F(SqliteRows, PoisonFailsAlone) { poison_fails_alone(url); }
TEST_F(SqliteRows, NoneIsNoCaseOfItsOwn) { none_is_no_case_of_its_own(url); }
TEST_F(SqliteRows, AMillion) { very_many(url, sanitized ? 20'000 : 1'000'000); }

// -- PostgreSQL -----------------------------------------------------------------------------------------------------

struct PostgresRows : testing_postgres::Postgres {};

TEST_F(PostgresRows, DataStaysData) { data_stays_data(url); }
TEST_F(PostgresRows, PoisonFailsAlone) { poison_fails_alone(url); }
TEST_F(PostgresRows, NoneIsNoCaseOfItsOwn) { none_is_no_case_of_its_own(url); }
TEST_F(PostgresRows, AMillion) { very_many(url, std::getenv("CI") || sanitized ? 20'000 : 1'000'000); }

}  // namespace
