// 120,000 pets into PostgreSQL and out again, by hand: one connection, a binary COPY into a temporary table, one merge.
#include "../../pet_row.hpp"
#include "workloads.hpp"

#include <cstring>
#include <libpq-fe.h>

namespace limit {

namespace {

class postgres {
    PGconn* server_;

    [[noreturn]] void fail(const char* what) const {
        std::fprintf(stderr, "postgres: %s: %s\n", what, PQerrorMessage(server_));
        bench::leave(1);
    }
    PGresult* expect(PGresult* result, ExecStatusType wanted, const char* what) const {
        if (PQresultStatus(result) != wanted) fail(what);
        return result;
    }

    // COPY's binary format: a count of fields for each row, a length before each field, the biggest byte first.
    class copy_text {
        std::string text_;

        template <class T>
        void number(T value) {
            for (int byte = sizeof(T) - 1; byte >= 0; --byte) text_.push_back(char(std::uint64_t(value) >> (8 * byte)));
        }
        template <class T>
        void field(T value) {
            number(std::int32_t(sizeof(T)));
            number(value);
        }

    public:
        copy_text() : text_("PGCOPY\n\377\r\n\0", 11) { number(std::int64_t{0}); }

        void row(const bench::pet_row& pet) {
            number(std::int16_t{7});
            field(pet.id);
            number(std::int32_t(pet.name.size()));
            text_ += pet.name;
            for (auto each : {pet.hunger, pet.happy, pet.energy, pet.age}) field(std::int64_t{each});
            field(static_cast<std::int8_t>(pet.alive ? 1 : 0));
        }
        void end() { number(std::int16_t{-1}); }
        void send(PGconn* to) {
            PQputCopyData(to, text_.data(), int(text_.size()));
            text_.clear();
        }
        bool much() const { return text_.size() > 60'000; }
    };

public:
    explicit postgres(const std::string& url) : server_(PQconnectdb(url.c_str())) {
        if (PQstatus(server_) != CONNECTION_OK) fail("connect");
        run("set client_min_messages = warning");
        run("drop table if exists pets");
        run("create table pets (id bigint primary key, name text not null, hunger bigint not null, happy bigint not "
            "null, "
            "energy bigint not null, age bigint not null, alive boolean not null)");
    }
    ~postgres() {
        run("drop table pets");
        PQfinish(server_);
    }
    postgres(const postgres&)            = delete;
    postgres& operator=(const postgres&) = delete;

    void run(const char* statement) const { PQclear(expect(PQexec(server_, statement), PGRES_COMMAND_OK, statement)); }

    void upsert(const std::vector<bench::pet_row>& rows) const {
        run("begin");
        run("create temporary table incoming (like pets) on commit drop");
        PQclear(expect(PQexec(server_, "copy incoming from stdin (format binary)"), PGRES_COPY_IN, "copy"));
        copy_text text;
        for (const auto& each : rows) {
            text.row(each);
            if (text.much()) text.send(server_);
        }
        text.end();
        text.send(server_);
        if (PQputCopyEnd(server_, nullptr) != 1) fail("copy");
        PQclear(expect(PQgetResult(server_), PGRES_COMMAND_OK, "copy"));
        while (PGresult* rest = PQgetResult(server_)) PQclear(rest);
        run("insert into pets select * from incoming on conflict(id) do update set name=excluded.name, "
            "hunger=excluded.hunger, happy=excluded.happy, energy=excluded.energy, age=excluded.age, "
            "alive=excluded.alive");
        run("commit");
    }

    std::vector<bench::pet_row> read() const {
        PGresult* all = expect(PQexecParams(server_, "select id, name, hunger, happy, energy, age, alive from pets", 0,
                                            nullptr, nullptr, nullptr, nullptr, 0),
                               PGRES_TUPLES_OK, "select");
        std::vector<bench::pet_row> rows;
        for (int i = 0; i < PQntuples(all); ++i) {
            auto number = [&](int column) { return std::atoi(PQgetvalue(all, i, column)); };
            rows.push_back({std::atoll(PQgetvalue(all, i, 0)), PQgetvalue(all, i, 1), number(2), number(3), number(4),
                            number(5), *PQgetvalue(all, i, 6) == 't'});
        }
        PQclear(all);
        return rows;
    }
};

}  // namespace

void run_postgres(const std::string& url) {
    const postgres server{url};
    auto           rows  = bench::pet_rows();
    const auto     count = std::ssize(rows);
    {
        const bench::stopwatch watch;
        server.upsert(rows);
        watch.report_rate("postgres_insert", count, "row");
    }
    server.run("vacuum analyze pets");
    server.run("checkpoint");
    bench::grow_older(rows);
    {
        const bench::stopwatch watch;
        server.upsert(rows);
        watch.report_rate("postgres_upsert", count, "row");
    }
    const bench::stopwatch watch;
    if (std::ssize(server.read()) != count) std::abort();
    watch.report_rate("postgres_read", count, "row");
}

}  // namespace limit
