// 120,000 pets into SQLite and out again, by hand: one connection, one prepared statement, one transaction.
#include "../../pet_row.hpp"
#include "workloads.hpp"

#include <sqlite3.h>

namespace limit {

namespace {

class sqlite {
    sqlite3* database_ = nullptr;

    void expect(bool good, const char* what) const {
        if (good) return;
        std::fprintf(stderr, "sqlite: %s: %s\n", what, sqlite3_errmsg(database_));
        bench::leave(1);
    }

public:
    explicit sqlite(const std::string& file) {
        expect(sqlite3_open(file.c_str(), &database_) == SQLITE_OK, "open");
        run("pragma journal_mode=wal");
        run("pragma synchronous=normal");
        run("create table pets (id integer primary key, name text not null, hunger bigint not null, happy bigint not "
            "null, "
            "energy bigint not null, age bigint not null, alive boolean not null)");
    }
    ~sqlite() { sqlite3_close(database_); }
    sqlite(const sqlite&)            = delete;
    sqlite& operator=(const sqlite&) = delete;

    void run(const char* statement) const {
        expect(sqlite3_exec(database_, statement, nullptr, nullptr, nullptr) == SQLITE_OK, statement);
    }

    void upsert(const std::vector<bench::pet_row>& rows) const {
        sqlite3_stmt* into = nullptr;
        sqlite3_prepare_v2(database_,
                           "insert into pets values (?1,?2,?3,?4,?5,?6,?7) on conflict(id) do update set "
                           "name=excluded.name, hunger=excluded.hunger, happy=excluded.happy, energy=excluded.energy, "
                           "age=excluded.age, alive=excluded.alive",
                           -1, &into, nullptr);
        run("begin immediate");
        for (const auto& each : rows) {
            sqlite3_bind_int64(into, 1, each.id);
            sqlite3_bind_text(into, 2, each.name.data(), int(each.name.size()), SQLITE_STATIC);
            sqlite3_bind_int(into, 3, each.hunger);
            sqlite3_bind_int(into, 4, each.happy);
            sqlite3_bind_int(into, 5, each.energy);
            sqlite3_bind_int(into, 6, each.age);
            sqlite3_bind_int(into, 7, each.alive);
            expect(sqlite3_step(into) == SQLITE_DONE, "upsert");
            sqlite3_reset(into);
        }
        run("commit");
        sqlite3_finalize(into);
    }

    std::vector<bench::pet_row> read() const {
        sqlite3_stmt* from = nullptr;
        sqlite3_prepare_v2(database_, "select id, name, hunger, happy, energy, age, alive from pets", -1, &from,
                           nullptr);
        std::vector<bench::pet_row> rows;
        while (sqlite3_step(from) == SQLITE_ROW) {
            rows.push_back({sqlite3_column_int64(from, 0),
                            {reinterpret_cast<const char*>(sqlite3_column_text(from, 1)),
                             std::size_t(sqlite3_column_bytes(from, 1))},
                            sqlite3_column_int(from, 2),
                            sqlite3_column_int(from, 3),
                            sqlite3_column_int(from, 4),
                            sqlite3_column_int(from, 5),
                            sqlite3_column_int(from, 6) != 0});
        }
        sqlite3_finalize(from);
        return rows;
    }
};

}  // namespace

void run_sqlite() {
    const bench::scratch_folder folder;
    const sqlite                database{folder.file()};
    auto                        rows  = bench::pet_rows();
    const auto                  count = std::ssize(rows);
    {
        const bench::stopwatch watch;
        database.upsert(rows);
        watch.report_rate("sqlite_insert", count, "row");
    }
    bench::grow_older(rows);
    {
        const bench::stopwatch watch;
        database.upsert(rows);
        watch.report_rate("sqlite_upsert", count, "row");
    }
    const bench::stopwatch watch;
    if (std::ssize(database.read()) != count) std::abort();
    watch.report_rate("sqlite_read", count, "row");
}

}  // namespace limit
