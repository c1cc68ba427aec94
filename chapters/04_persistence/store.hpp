// Start here.
//
// A process dies, and what it knew is gone. What must survive is kept elsewhere: in this chapter in a database.
//
//     half::store db{{.url = "sqlite:var/pets.db"}};                      // or postgres://..., or memory:
//
//     {.id = "db", .start = db}                                           // a child: the process that keeps its connections
//
//     auto hungry = co_await db.query<pet>("select id, name, hunger from pets where hunger > $1", 400);
//     if (!hungry) fmt::print("{}\n", hungry.error());                    // half::stored: the rows, or why not
//
// A store is a handle: copies are the same store. It is also the function that starts the process behind it, so it can be a
// child's `.start`. That process lends its connections, one statement or transaction at a time; the work is done by
// half::blocking (chapter 01), so a slow database holds up nobody but who asked it. Who finds all connections lent waits in
// a bounded line, for a bounded time.
// A database that does not answer does not end anything: once an attempt to reach it has failed, what is asked fails at
// once, as `unavailable`, with its reason and when it will be tried again, and the process behind the store keeps trying.
//
// The same SQL is for all three databases: PostgreSQL's, as far as SQLite knows it too. Where the types of a key differ
// (`bigserial primary key`, `bigint primary key`) write PostgreSQL's; on SQLite they are put into its words.
// SQLite: one transaction writes at a time, others read meanwhile. A file belongs to one running program; a second one is
// refused.
//
// Thread safety: all of it. Read on in this order:
//
//     row.hpp               a struct is a row                                     table, column
//     statement.hpp         a statement is a literal                              $1, trusted_sql
//     transaction.hpp       all of it, or nothing                                 transaction
//     migration.hpp         how the tables came to be                             migrations, migrate_command
//     memory_database.hpp   a database for simulated runs, that fails when told
//     state_guardian.hpp    state outside of the process that may crash           keep, guarded
//     persister.hpp         the same, and on disk a little later                  keep, flush, at risk
#pragma once

#include <01_gen_server/gen_server.hpp>
#include <04_persistence/memory_database.hpp>
#include <04_persistence/migration.hpp>
#include <04_persistence/row.hpp>
#include <04_persistence/statement.hpp>
#include <04_persistence/store_error.hpp>
#include <04_persistence/transaction.hpp>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace half {

namespace detail {
class store_core;       // what the copies of a store share
class connection_pool;  // the process behind it
class lease;            // a connection that is lent
}  // namespace detail

/// Where a store's data are, and how patient it is.
struct store_options {
    /// `sqlite:path`, `postgres://user:password@host:port/name`, or `memory:`, which ends with the last copy of the store.
    std::string url = "sqlite:var/half.db";
    /// Applied before anybody is served.
    migrations schema = {};

    std::size_t connections    = 4;                         ///< At most. On SQLite one of them writes.
    std::size_t line           = 1000;                      ///< How many may wait for one.
    duration    wait           = std::chrono::seconds{5};   ///< How long.
    duration    statement_time = std::chrono::seconds{30};  ///< How long one statement may take, or one transaction.
    std::size_t rows           = 10'000'000;                ///< How many a query may return.
    duration    retry = std::chrono::milliseconds{100};     ///< Until the first new attempt to connect; then doubled,
    duration    retry_at_most = std::chrono::seconds{10};   ///< up to this.
    /// SQLite only. A commit waits until it is on the disk. Without, kill -9 costs no committed row, but a power cut may cost
    /// the last ones (never the others).
    bool safe_from_power_cuts = false;
};

/// How a store does.
struct store_status {
    /// What it is doing.
    enum class state : unsigned char {
        not_running,  ///< Nobody has started the process behind it, or that has ended.
        connecting,   ///< It has not been reached yet.
        up,           ///< It answered the last time.
        down,         ///< It did not answer the last time.
    };
    state         now         = state::not_running;  ///< What it is doing.
    std::string   database    = {};                  ///< Which: the URL, without its password.
    std::size_t   connections = 0;                   ///< That are open.
    std::size_t   lent        = 0;                   ///< Of these, at work.
    std::size_t   waiting     = 0;                   ///< Who waits for one.
    std::uint64_t attempts    = 0;                   ///< To connect, since it answered the last time.
    duration      retry_in    = {};                  ///< How long it waits after one that failed.
    std::string   problem     = {};                  ///< Why the last of them failed.
};

std::string to_string(const store_status& status);  ///< As a line for people.

/// A database.
///
/// @snippet 04_persistence/demo.cpp store
class store {
public:
    /// Opens nothing yet. Throws std::invalid_argument when the URL is none.
    explicit store(store_options options);
    /// On a database in memory that outlives it; the URL is not looked at.
    explicit store(memory_database model, store_options options = {});

    /// The rows of a query, in the order of the database.
    template <row Row, class... Args>
    task<stored<std::vector<Row>>> query(statement<Args...> sql, Args... args) const;
    /// The rows of a table, or those that fit: `db.query(pets, "where id > $1", 7)`.
    template <class Table, class... Args>
    task<stored<std::vector<typename Table::row_type>>> query(Table from, statement<Args...> rest = "",
                                                              Args... args) const;
    /// The first row, if there is one.
    template <row Row, class... Args>
    task<stored<std::optional<Row>>> query_one(statement<Args...> sql, Args... args) const;
    /// Changes rows, and says how many.
    template <class... Args>
    task<stored<std::uint64_t>> execute(statement<Args...> sql, Args... args) const;

    /// Inserts rows, or updates those whose key is there already: many at once, in one transaction. A row that the database
    /// refuses is left out and named; the others are written.
    template <class Row>
    task<stored<upserted>> upsert(table<Row> into, std::vector<Row> rows) const;

    /// Runs `f(transaction&)` where it may block: all of it happens, or nothing. `f` may run more than once.
    ///
    /// @snippet 04_persistence/lesson_test.cpp transaction
    template <class F>
    auto transact(F f) const -> task<stored<std::invoke_result_t<F&, transaction&>>>;

    store_status         status() const;   ///< How it does.
    const store_options& options() const;  ///< What it was made with.

    /// For a child's `.start`: the process behind the store.
    detail::connection_pool operator()() const;

    /// For this chapter.
    const std::shared_ptr<detail::store_core>& core() const { return core_; }
    /// For this chapter: on any database.
    explicit store(std::shared_ptr<detail::store_core> core) : core_{std::move(core)} {}

private:
    std::shared_ptr<detail::store_core> core_;
};

}  // namespace half

#include <04_persistence/detail/asking_store.hpp>  // the bodies of what is declared above
