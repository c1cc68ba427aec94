// A service that a test kills: a store, a persister, pets that change and are kept all the time, tellers whose
// transactions change two tables, and a clerk of single statements. It notes what was kept and what was acknowledged where the
// test can read it; aftermath.hpp compares that with what is in the database when the service is gone.
#pragma once

#include "program.hpp"

#include <02_supervisor/application.hpp>
#include <02_supervisor/dynamic_supervisor.hpp>
#include <04_persistence/persister.hpp>
#include <04_persistence/store.hpp>

#include <algorithm>
#include <array>
#include <atomic>

namespace faults {

inline constexpr std::int64_t pets = 200, tellers = 3;

// What a service notes while it runs. Each number has one writer.
struct notes {
    struct pet {
        std::atomic<std::int64_t>                   begun, kept;  // the version that it was about to keep, and has kept
        std::atomic<std::int64_t>                   flushed;      // that was kept when a flush() that succeeded began
        std::array<std::atomic<std::int64_t>, 1024> when;         // a version was kept, by its last digits
    };
    struct teller {
        std::atomic<std::int64_t> tries, committed;
    };

    std::atomic<bool>                      started;  // the pets live
    std::array<pet, pets + 1>              pet;
    std::array<teller, tellers + 1>        teller;
    std::atomic<std::int64_t>              clerk_tries, clerk_done;
    std::array<std::atomic<int>, 16>       errors;               // of tellers and clerk, by kind
    std::array<char, 400>                  heard;                // the words of the first, when it is over
    std::array<std::atomic<bool>, 16>      seen;                 // states of the store
    std::atomic<std::int64_t>              passes, pass_before;  // how many, and when the one before the last was over
    std::atomic<std::int64_t>              last_pass, longest_pass;
    std::atomic<std::int64_t>              at_risk, oldest, refused;  // as the status says, the age in microseconds
    std::atomic<half::store_status::state> store;
    std::atomic<std::uint64_t>             looks;  // at the status

    int all_errors() const {
        int all = 0;
        for (auto& each : errors) all += each;
        return all;
    }
    bool all_pets(auto holds) {
        return std::all_of(pet.begin() + 1, pet.end(), [&](auto& each) { return holds(each); });
    }
};

struct pet_row {
    std::int64_t id;
    std::int64_t version = 0;
    std::string  note    = {};

    // Of each version another, so that a row can be told from a mixture of two.
    static std::string note_of(std::int64_t id, std::int64_t version) {
        return fmt::format("{}/{}/{}", id, version, std::string(std::size_t(version * 7 % 60), '.'));
    }
};
inline constexpr half::table<pet_row> pet_table{"pets", {"id", "version", "note"}};

inline half::migrations schema() {
    half::migration first{
        .version = 1,
        .name    = "all of it",
        .up      = {"create table pets (id bigint primary key, version bigint not null, note text not null)",
                    "create table counters (teller bigint primary key, n bigint not null)",
                    "create table ledger (teller bigint not null, n bigint not null, unique (teller, n))",
                    "create table moments (n bigint primary key)"}};
    for (std::int64_t id = 1; id <= tellers; ++id)
        first.up.push_back(fmt::format("insert into counters values ({}, 0)", id));
    return {first};
}

// -- the processes of the service -----------------------------------------------------------------------------------

struct service_options {
    std::string    url;
    half::duration every          = 20ms;
    std::size_t    batch          = 20'000;
    bool           flushes        = false;  // somebody asks for flush() again and again
    half::duration statement_time = 30s;
    half::duration last_attempt   = 3s;
    std::string    spill          = {};
};

struct pet {
    struct tick {};

    half::persister<pet_row> rows;
    notes&                   log;
    pet_row                  me;

    void init(half::self<pet> self) { self.send_every(3ms, tick{}); }
    void handle(tick) {
        auto& mine = log.pet[std::size_t(me.id)];
        mine.begun = ++me.version;
        me.note    = pet_row::note_of(me.id, me.version);
        rows.keep(me);
        mine.when[std::size_t(me.version) % mine.when.size()] = now();
        mine.kept                                             = me.version;
    }
};

// Adds to a counter, and writes the number down: both or neither.
struct teller {
    struct next {};

    half::store  db;
    notes&       log;
    std::int64_t id;

    void         init(half::self<teller> self) { self.cast(next{}); }
    half::task<> handle(next, half::self<teller> self) {
        auto& mine = log.teller[std::size_t(id)];
        ++mine.tries;
        auto done = co_await db.transact([teller = id](half::transaction& t) {
            t.execute("update counters set n = n + 1 where teller = $1", teller);
            const auto n = t.query_one<std::int64_t>("select n from counters where teller = $1", teller).value();
            t.execute("insert into ledger (teller, n) values ($1, $2)", teller, n);
            return n;
        });
        if (done) mine.committed = *done;
        else {
            if (id == 1 && log.heard[0] == 0) to_string(done.error()).copy(log.heard.data(), log.heard.size() - 1);
            ++log.errors[done.error().why];
            co_await half::sleep(5ms);
        }
        self.cast(next{});
    }
};

struct clerk {
    struct next {};

    half::store db;
    notes&      log;

    void         init(half::self<clerk> self) { self.cast(next{}); }
    half::task<> handle(next, half::self<clerk> self) {
        const std::int64_t n = ++log.clerk_tries;
        if (auto done = co_await db.execute("insert into moments (n) values ($1)", n)) log.clerk_done = n;
        else ++log.errors[done.error().why], co_await half::sleep(5ms);
        self.cast(next{});
    }
};

// Asks for flush() again and again, and notes what that covers.
struct careful {
    struct next {};

    half::persister<pet_row> rows;
    notes&                   log;

    void         init(half::self<careful> self) { self.cast(next{}); }
    half::task<> handle(next, half::self<careful> self) {
        std::array<std::int64_t, pets + 1> kept{};
        for (std::size_t i = 0; i < kept.size(); ++i) kept[i] = log.pet[i].kept;
        if (co_await rows.flush())
            for (std::size_t i = 0; i < kept.size(); ++i) log.pet[i].flushed = kept[i];
        self.cast(next{});
    }
};

// Makes the status visible from outside.
struct watcher {
    struct look {};

    half::store              db;
    half::persister<pet_row> rows;
    notes&                   log;

    void init(half::self<watcher> self) { self.send_every(2ms, look{}); }
    void handle(look) {
        const auto how                          = rows.status();
        log.at_risk                             = std::int64_t(how.at_risk);
        log.oldest                              = how.oldest / 1us;
        log.refused                             = std::int64_t(how.refused);
        log.store                               = db.status().now;
        log.seen[std::size_t(log.store.load())] = true;
        ++log.looks;
    }
};

using nursery = half::dynamic_supervisor<pet, std::int64_t>;

// Lets the pets begin from their rows as soon as these can be read.
inline half::task<> open(half::persister<pet_row> rows, half::ref<half::supervisor> root, notes& log) {
    while (!co_await rows.load()) co_await half::sleep(5ms);
    auto where = co_await half::find_child<nursery>(root, "pets");
    for (std::int64_t id = 1; id <= pets; ++id) co_await where.call(nursery::start_child{id});
    log.started = true;
}
struct opener {
    half::task<> body;
    half::task<> init() { return std::move(body); }
};

inline half::application service(service_options how, notes& log) {
    half::store              db{{.url            = how.url,
                                 .schema         = schema(),
                                 .statement_time = how.statement_time,
                                 .retry          = 5ms,
                                 .retry_at_most  = 20ms}};
    half::persister<pet_row> rows{{.to           = db,
                                   .table        = pet_table,
                                   .every        = how.every,
                                   .batch        = how.batch,
                                   .last_attempt = how.last_attempt,
                                   .spill        = how.spill,
                                   .on_batch     = [&log](std::size_t, std::size_t, half::duration took) {
                                       log.longest_pass = std::max(log.longest_pass.load(), std::int64_t(took / 1us));
                                       log.pass_before  = log.last_pass.load();
                                       log.last_pass    = now();
                                       ++log.passes;
                                   }}};

    auto from_its_row = [rows, &log](std::int64_t id) {
        return pet{rows, log, rows.find(id).value_or(pet_row{.id = id})};
    };
    std::vector<half::child> children{{.id = "database", .start = db},
                                      {.id = "rows", .start = rows, .shutdown = 30s},
                                      {.id = "watcher", .start = watcher{db, rows, log}},
                                      {.id = "pets", .start = nursery{.start = from_its_row}},
                                      {.id = "clerk", .start = clerk{db, log}}};
    for (std::int64_t id = 1; id <= tellers; ++id)
        children.push_back({.id = fmt::format("teller {}", id), .start = teller{db, log, id}});
    if (how.flushes) children.push_back({.id = "careful", .start = careful{rows, log}});
    return {.root        = {.children = std::move(children)},
            .runtime     = {.workers = 2},
            .stop_within = 40s,
            .started     = [rows, &log](half::runtime& r, auto root) { r.spawn(opener{open(rows, root, log)}); }};
}

}  // namespace faults
