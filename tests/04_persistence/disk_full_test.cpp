// A disk without room: a small one in memory, which only the program sees that mounts it, and which is gone with it.
#include "aftermath.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <sched.h>
#include <sys/mount.h>

namespace {

using namespace faults;
using half::store_error;

// -- the disk -------------------------------------------------------------------------------------------------------

constexpr int not_allowed = 77;  // an exit code

// Who is not root may have a world of its own, where that is allowed, and is itself in there.
bool leave_the_world() {
    const auto user = geteuid(), group = getegid();
    if (unshare(CLONE_NEWNS) == 0) return true;
    if (unshare(CLONE_NEWUSER | CLONE_NEWNS) != 0) return false;
    std::ofstream{"/proc/self/setgroups"} << "deny";
    std::ofstream{"/proc/self/uid_map"} << fmt::format("{0} {0} 1", user);
    std::ofstream{"/proc/self/gid_map"} << fmt::format("{0} {0} 1", group);
    return true;
}

bool mount_small_disk(const std::string& at) {
    return leave_the_world() && mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0
           && mount("none", at.c_str(), "tmpfs", 0, "size=3m") == 0;
}

// Takes what is in the way, and gives it back.
class ballast {
public:
    explicit ballast(std::string at) : at_{std::move(at)} { std::ofstream{at_} << std::string(1 << 20, 'x'); }
    ~ballast() { std::filesystem::remove(at_); }
    ballast(const ballast&)            = delete;
    ballast& operator=(const ballast&) = delete;

private:
    std::string at_;
};

// Runs what expects things, on a small disk, in a program of its own.
void on_a_small_disk(auto body) {
    const folder here;
    program      p{[&] {
        if (!mount_small_disk(here.path())) return not_allowed;
        body(here);
        return testing::Test::HasFailure() ? 1 : 0;
    }};
    const int    code = p.ended();
    if (code == not_allowed) GTEST_SKIP() << "this needs a small disk, and mounting one is not allowed here";
    EXPECT_EQ(code, 0) << p.errors();
}

// -- the service ----------------------------------------------------------------------------------------------------

struct page {
    std::int64_t id;
    std::string  text;
};
constexpr half::table<page> pages{"pages", {"id", "text"}};

const half::migrations two_tables{
    {.version = 1,
     .name    = "pages",
     .up      = {"create table pages (id bigint primary key, text text not null)",
                 "create table log (page bigint not null)"}},
};

std::string long_text(std::int64_t id) { return std::string(20'000, char('a' + id % 26)); }

half::task<half::stored<>> add_page(half::store db, std::int64_t id) {
    auto done = co_await db.transact([id](half::transaction& t) {
        t.execute("insert into log (page) values ($1)", id);
        t.execute("insert into pages (id, text) values ($1, $2)", id, long_text(id));
    });
    if (!done) co_return std::unexpected{done.error()};
    co_return half::stored<>{};
}

struct service_on_disk {
    explicit service_on_disk(std::string at)
        : db{{.url = "sqlite:" + std::move(at), .schema = two_tables}},
          rows{{.to = db, .table = pages, .every = 1h}},
          root{runtime.start(half::supervisor{
              .children = {{.id = "db", .start = db}, {.id = "rows", .start = rows, .shutdown = 30s}}})} {}

    // Adds pages until there is no room, and returns the last one that was committed.
    std::int64_t fill(std::int64_t from) {
        for (;; ++from) {
            auto done = runtime.run(add_page(db, from));
            if (done) continue;
            EXPECT_EQ(done.error(), store_error::full) << to_string(done.error());
            return from - 1;
        }
    }
    std::int64_t count(const char* what) {
        auto found =
            runtime.run(db.query_one<std::int64_t>(half::trusted_sql{fmt::format("select count(*) from {}", what)}));
        return std::move(found).or_throw().value();
    }

    half::runtime_options quiet{.workers = 2, .on_report = [](const half::report&) {}};

    half::store                 db;
    half::persister<page>       rows;
    half::runtime               runtime{quiet};
    half::ref<half::supervisor> root;
};

TEST(DiskFull, FailsAsFullLosesNothingAndGoesOnWhenThereIsRoom) {
    on_a_small_disk([](const folder& disk) {
        std::optional<ballast> weight{disk / "ballast"};
        std::int64_t           last = 0;
        {
            service_on_disk s{disk / "pages.db"};
            last = s.fill(1);
            EXPECT_GT(last, 10);

            // Single statements, too; and what is small may still fit.
            const std::string too_long(3'000'000, 'x');
            auto one = s.runtime.run(s.db.execute("insert into pages (id, text) values ($1, $2)", 1'000'000, too_long));
            EXPECT_TRUE(!one && one.error() == store_error::full);

            // Nothing of what failed is there, and everything else is: reading goes on.
            EXPECT_EQ(s.count("pages"), last);
            EXPECT_EQ(s.count("log"), last);

            // What a persister cannot write stays with it.
            for (std::int64_t id = 2'000'000; id < 2'000'020; ++id) s.rows.keep({id, long_text(id)});
            auto flushed = s.runtime.run(s.rows.flush());
            EXPECT_TRUE(!flushed && flushed.error() == store_error::full);
            EXPECT_EQ(s.rows.status().at_risk, 20);
            EXPECT_EQ(s.rows.status().refused, 0);
            EXPECT_NE(s.rows.status().problem, "");
            EXPECT_EQ(s.db.status().now, half::store_status::state::up);
            EXPECT_EQ(s.count("pages where id >= 2000000"), 0);

            weight.reset();
            EXPECT_TRUE(s.runtime.run(s.rows.flush()).has_value());
            EXPECT_EQ(s.rows.status().at_risk, 0);
            EXPECT_EQ(s.rows.status().problem, "");
            EXPECT_TRUE(s.runtime.run(add_page(s.db, ++last)).has_value());
        }
        const contents now{"sqlite:" + disk / "pages.db"};
        EXPECT_EQ(now.rows<std::string>("pragma integrity_check"), std::vector<std::string>{"ok"});
        EXPECT_EQ(now.number("select count(*) from log"), last);
        EXPECT_EQ(now.number("select count(*) from pages where id >= 2000000"), 20);
        for (auto& [id, text] : now.rows<page>("select id, text from pages")) EXPECT_EQ(text, long_text(id));
    });
}

TEST(DiskFull, AndThenAKill) {
    on_a_small_disk([](const folder& disk) {
        std::optional<ballast>            weight{disk / "ballast"};
        shared<std::atomic<std::int64_t>> last;
        program                           p{[&] {
            service_on_disk s{disk / "pages.db"};
            *last = s.fill(1);
            return pause();
        }};
        ASSERT_TRUE(p.wait_until([&] { return *last > 0; })) << p.errors();
        p.kill();

        // There is no room yet: it can be read.
        service_on_disk s{disk / "pages.db"};
        EXPECT_EQ(s.count("pages"), last->load());
        weight.reset();
        EXPECT_TRUE(s.runtime.run(add_page(s.db, *last + 1)).has_value());
        EXPECT_EQ(s.count("log"), *last + 1);
    });
}

}  // namespace
