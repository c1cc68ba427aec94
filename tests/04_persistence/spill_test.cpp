// A persister that is stopped while its database is away, and the program that comes after it.
#include <02_supervisor/monitor.hpp>
#include <02_supervisor/supervisor.hpp>
#include <04_persistence/persister.hpp>

#include <gmock/gmock.h>

#include <filesystem>
#include <mutex>
#include <string>
#include <unistd.h>
#include <vector>

namespace {

using namespace std::chrono_literals;
using half::store_error;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

struct pet_row {
    std::int64_t         id;
    std::string          name;
    int                  age    = 0;
    bool                 alive  = true;
    std::optional<float> weight = {};

    bool operator==(const pet_row&) const = default;
};
constexpr half::table<pet_row> pet_table{"pets", {"id", "name", "age", "alive", "weight"}};

const half::migrations schema{
    {.version = 1,
     .name    = "pets",
     .up      = {"create table pets (id bigint primary key, name text not null, age bigint not null check (age >= 0), "
                      "alive boolean not null, weight real)"}},
};

class Spill : public testing::Test {
protected:
    half::memory_database disk;
    std::string           folder = testing::TempDir() + "half-spill-" + std::to_string(getpid());
    std::string           file   = folder + "/unsaved.db";
    std::mutex            guard;
    std::string           remarks;  // of the last run

    ~Spill() override { std::filesystem::remove_all(folder); }

    // One run of a program, from its start to its orderly stop.
    void run(std::function<void(half::runtime&, half::store&, half::persister<pet_row>&)> work) {
        remarks.clear();
        half::store              db{disk, {.schema = schema}};
        half::persister<pet_row> rows{{.to = db, .table = pet_table, .every = 1h, .last_attempt = 50ms, .spill = file}};
        half::runtime            runtime{{.workers = 2, .on_report = [this](const half::report& r) {
                                   const std::lock_guard lock{guard};
                                   if (r.server == "persister") remarks += r.remark + "\n";
                               }}};
        auto                     root = runtime.start(
            half::supervisor{.children = {{.id = "db", .start = db}, {.id = "rows", .start = rows, .shutdown = 1min}}});
        work(runtime, db, rows);
        root.stop();
        runtime.run(half::ended(root.id()));
    }
    std::vector<pet_row> on_disk() {
        std::vector<pet_row> all;
        run([&](auto& runtime, auto& db, auto&) { all = runtime.run(db.query(pet_table, "order by id")).or_throw(); });
        return all;
    }
};

const pet_row rex{1, "Rex", 3, true, 1.5F}, mia{2, "Mia", 5, false, {}}, old_rex{1, "Rex", 4, true, 1.5F};

TEST_F(Spill, WhatCouldNotBeWrittenIsWrittenByTheNextRun) {
    run([&](auto&, auto&, auto& rows) {
        disk.go_away();
        rows.keep(rex);
        rows.keep(mia);
    });
    EXPECT_THAT(remarks, HasSubstr("rows of pets that could not be written: 2; they are in " + file));
    EXPECT_THAT(remarks, testing::Not(HasSubstr("not written:")));
    disk.come_back();
    run([&](auto& runtime, auto&, auto& rows) {
        EXPECT_THAT(runtime.run(rows.load()).or_throw(), ElementsAre(1, 2));
        EXPECT_EQ(rows.at(1), rex);
        EXPECT_EQ(rows.at(2), mia);
        rows.keep(old_rex);
    });
    EXPECT_EQ(remarks, "");
    EXPECT_THAT(on_disk(), ElementsAre(old_rex, mia));  // and the file's are not written again
}

TEST_F(Spill, NothingIsLoadedOrWrittenBeforeIt) {
    run([&](auto&, auto&, auto& rows) {
        rows.keep(rex);
        disk.go_away();
    });
    run([&](auto& runtime, auto&, auto& rows) {
        EXPECT_EQ(runtime.run(rows.load()).error(), store_error::unavailable);
        rows.keep(old_rex);
        EXPECT_EQ(runtime.run(rows.flush()).error(), store_error::unavailable);
        disk.come_back();
        while (!runtime.run(rows.flush())) {}  // as soon as it has connected again
        EXPECT_EQ(runtime.run(rows.load()).or_throw(), std::vector<std::int64_t>{1});
    });
    EXPECT_THAT(on_disk(), ElementsAre(old_rex));
}

TEST_F(Spill, ASecondRunWithoutADatabaseAddsToTheFile) {
    run([&](auto&, auto&, auto& rows) {
        disk.go_away();
        rows.keep(rex);
        rows.keep(mia);
    });
    run([&](auto&, auto&, auto& rows) {
        rows.keep(old_rex);
        rows.erase(2);
    });
    disk.come_back();
    EXPECT_THAT(on_disk(), ElementsAre(old_rex));
}

TEST_F(Spill, WhatWasErasedIsErasedByTheNextRun) {
    run([&](auto&, auto&, auto& rows) {
        rows.keep(rex);
        rows.keep(mia);
    });
    run([&](auto&, auto&, auto& rows) {
        disk.go_away();
        rows.erase(1);
    });
    disk.come_back();
    EXPECT_THAT(on_disk(), ElementsAre(mia));
}

TEST_F(Spill, WhatTheDatabaseRefusesStaysInTheFileAndStopsNobody) {
    const pet_row bad{3, "Tom", -1};
    run([&](auto&, auto&, auto& rows) {
        disk.go_away();
        rows.keep(rex);
        rows.keep(bad);
    });
    disk.come_back();
    EXPECT_THAT(on_disk(), ElementsAre(rex));
    EXPECT_THAT(remarks, HasSubstr("refuses: 1; rows are kept in " + file + ", in the table pets_refused"));

    half::store   kept{{.url = "sqlite:" + file}};
    half::runtime runtime;
    runtime.start(kept());
    const auto refused = runtime.run(kept.query<pet_row>("select id, name, age, alive, weight from pets_refused"));
    EXPECT_THAT(refused.value(), ElementsAre(bad));
}

TEST_F(Spill, WithoutAFileTheLossIsReported) {
    file.clear();
    run([&](auto&, auto&, auto& rows) {
        disk.go_away();
        rows.keep(rex);
    });
    EXPECT_THAT(remarks, HasSubstr("rows of pets that are not written: 1"));
    EXPECT_FALSE(std::filesystem::exists(folder));
}

}  // namespace
