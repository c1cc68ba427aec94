// How the tables came to be: one step after the other, each with its way back.
//
//     const half::migrations schema{
//         {.version = 1, .name = "pets",
//          .up   = {"create table pets (id bigserial primary key, name text not null, hunger int not null)"},
//          .down = {"drop table pets"}},
//         {.version = 2, .name = "when pets were born",
//          .up   = {"alter table pets add column born bigint not null default 0"},
//          .down = {"alter table pets drop column born"}},
//     };
//     half::store db{{.url = url, .schema = schema}};                             // up to date before anybody is served
//     co_await half::migrate(db, schema, 1);                                      // or to a version by hand
//     return half::migrate_command({.url = url, .schema = schema}, {"status"});   // or as a command
//
// The database knows which steps it has taken. A step is a transaction: it is taken whole or not at all, and never twice,
// however many programs start at once. A database that has taken steps this program does not know is left alone, with an
// error: the program is older than its data. So is one whose steps have other names.
#pragma once

#include <01_gen_server/task.hpp>
#include <04_persistence/store_error.hpp>

#include <cstdint>
#include <string>
#include <vector>

namespace half {

class store;
struct store_options;

/// One step.
struct migration {
    std::int64_t             version;    ///< From 1. Steps are taken in the order of their versions.
    std::string              name;       ///< For people, and to tell steps apart: do not rename it.
    std::vector<std::string> up;         ///< The statements that take it,
    std::vector<std::string> down = {};  ///< and those that take it back. Without any, there is no way back.
};

/// All steps a program knows.
///
/// @snippet 04_persistence/demo.cpp schema
using migrations = std::vector<migration>;

/// A step, and whether the database has taken it.
struct migration_step {
    std::int64_t version;  ///< Which.
    std::string  name;     ///< What it is called.
    bool         taken;    ///< The database has taken it.
};

/// As a version: the newest.
inline constexpr std::int64_t newest = INT64_MAX;

/// Takes the database to a version, step by step: those after it are taken back, those up to it are taken. 0 is before all
/// steps. Returns the versions of the steps it took either way, which are none when the database is there already.
task<stored<std::vector<std::int64_t>>> migrate(store db, migrations schema, std::int64_t to = newest);
/// To the newest version of the store's own schema.
task<stored<std::vector<std::int64_t>>> migrate(store db);

/// Which steps the database has taken, of these and of others.
task<stored<std::vector<migration_step>>> migration_steps(store db, migrations schema);

/// The same as a command: `status`, `up`, `down` (one step back), `to VERSION`. Prints what it did, or how it is used, and
/// returns the program's exit code: 0, 1 when it failed, 2 when the words are others. Runs a runtime of its own.
int migrate_command(store_options options, std::vector<std::string> words);

}  // namespace half
