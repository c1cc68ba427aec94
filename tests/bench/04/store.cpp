// store sqlite|postgres: 120,000 pets into a database and out again.
#include "../../postgres/private_postgres.hpp"
#include "../pet_row.hpp"

#include <04_persistence/store.hpp>

#include <fmt/format.h>

namespace {

using bench::pet_row;

constexpr half::table<pet_row> pets{"pets", {"id", "name", "hunger", "happy", "energy", "age", "alive"}};

half::migrations schema() {
    return {{.version = 1,
             .name    = "pets",
             .up      = {"create table pets (id bigint primary key, name text not null, hunger bigint not null, "
                              "happy bigint not null, energy bigint not null, age bigint not null, alive boolean not null)"},
             .down    = {"drop table pets"}}};
}

template <class T>
T expect(half::stored<T> got) {
    if (got) return *std::move(got);
    fmt::print(stderr, "{}\n", got.error());
    bench::leave(1);
}

void write_and_read(const std::string& database, const std::string& url) {
    half::runtime runtime;
    half::store   db{{.url = url}};
    runtime.start(db());
    expect(runtime.run(half::migrate(db, schema(), 0)));
    expect(runtime.run(half::migrate(db, schema())));

    auto       rows  = bench::pet_rows();
    const auto count = std::ssize(rows);
    const auto write = [&](const std::string& name) {
        const bench::stopwatch watch;
        expect(runtime.run(db.upsert(pets, rows)));
        watch.report_rate(database + name, count, "row");
    };
    write("_insert");
    if (database == "postgres") {
        expect(runtime.run(db.execute("vacuum analyze pets")));
        expect(runtime.run(db.execute("checkpoint")));
    }
    bench::grow_older(rows);
    write("_upsert");

    const bench::stopwatch watch;
    const auto             all =
        expect(runtime.run(db.query<pet_row>("select id, name, hunger, happy, energy, age, alive from pets")));
    if (std::ssize(all) != count) std::abort();
    watch.report_rate(database + "_read", count, "row");
    expect(runtime.run(half::migrate(db, schema(), 0)));
}

}  // namespace

int main(int argc, char** argv) {
    const std::string database = argc > 1 ? argv[1] : "";
    if (database == "sqlite") {
        const bench::scratch_folder folder;
        write_and_read(database, "sqlite:" + folder.file());
    } else if (database == "postgres") {
        const postgres::server server{{.durable = true, .folder = "/var/tmp"}};
        write_and_read(database, server.url());
    } else {
        fmt::print(stderr, "usage: {} sqlite|postgres\n", argv[0]);
        return 2;
    }
    std::fflush(stdout);
}
