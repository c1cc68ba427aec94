// The last good state of many processes, in memory at once and on disk a little later.
//
//     half::persister<pet_row> rows{{.to = db, .table = pet_table, .every = 5s}};
//
//     {.id = "rows", .start = rows, .shutdown = 1min}          // a child: the process that writes
//
//     struct pet {
//         half::persister<pet_row> rows;
//         pet_row                  me;
//         void handle(tick) {
//             ++me.age;
//             rows.keep(me);                                   // never waits for the database
//         }
//     };
//     {.start = [rows](std::int64_t id) { return pet{rows, rows.at(id)}; }}    // of a dynamic supervisor: each life
//
// Of each key only the latest state is kept, so a thousand changes between two writes are one row. Rows are written every
// `every`, or as soon as `batch` of them wait; those that have waited longest come first. What is kept and not yet written is
// *at risk*: while the database answers, kill -9 costs at most what was kept in the last `every`, plus the time it takes to
// write all that waits. While it does not answer there is no such bound: status().oldest says how much it would be.
// Stopped in order (list it before the children that use it: then they stop first) and with a `.shutdown` that is long enough,
// it costs nothing. Stopped while the database is away, it puts what is at risk into a file, if it may (`.spill`).
// A row that the database refuses is named in a report, and its batch is written without it. It is tried again when it changes,
// and now and then, for the reason may lie in another row.
// What a persister keeps is its own: a statement that changes the same rows is overwritten by the next batch.
// The table belongs to the handle, not to the process that writes: that one may crash, too. It has no rule of lives, as the
// guardian has: what was kept is on its way to the disk, and is handed out again.
//
// Copies are the same persister. Thread safety: all of it.
#pragma once

#include <04_persistence/state_guardian.hpp>
#include <04_persistence/store.hpp>

#include <cstddef>
#include <cstdint>
#include <expected>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace half {

namespace detail {
template <class Row>
class dirty_table;  // what the copies of a persister share
template <class Row>
class flusher;  // the process behind it
}  // namespace detail

/// What a persister writes, where, and how often.
template <class Row>
struct persister_options {
    store            to;                                      ///< The database.
    half::table<Row> table;                                   ///< Where in it. One process at a time changes a row.
    duration         every        = std::chrono::seconds{5};  ///< A state waits so long, and then for its turn.
    std::size_t      batch        = 20'000;                   ///< Rows of one transaction; so many are written at once.
    std::size_t      at_most      = 4'000'000;                ///< States. One more key is refused.
    duration         last_attempt = std::chrono::seconds{3};  ///< Stopped while the database is away, it tries so long.
    /// A file, say "var/unsaved.db", for what could not be written until then; the next persister writes it before anything
    /// else. Empty: there is none, and a report says how many rows are lost. In a simulated runtime there is no file.
    std::string spill = {};

    /// Called after each batch, in the process that writes: how many rows, how many of them were refused, how long it took.
    std::function<void(std::size_t rows, std::size_t refused, duration took)> on_batch = {};
};

/// How a persister does.
struct persister_status {
    std::size_t   known   = 0;   ///< States that are kept.
    std::size_t   at_risk = 0;   ///< Of these, not yet on disk.
    duration      oldest  = {};  ///< How long the oldest of them has been.
    std::size_t   refused = 0;   ///< Rows that the database refused when they were last tried.
    std::uint64_t written = 0;   ///< Rows, so far.
    std::uint64_t batches = 0;   ///< Transactions, so far.
    std::string   problem = {};  ///< Why the last attempt failed; empty when it did not.
};

std::string to_string(const persister_status& status);  ///< As a line for people.

/// Keeps rows, and writes them behind.
///
/// @snippet 04_persistence/demo.cpp zoo
template <class Row>
class persister {
public:
    using row_type = Row;                            ///< What is kept.
    using key_type = typename table<Row>::key_type;  ///< What it is found by: the first field.

    explicit persister(persister_options<Row> options);  ///< Empty.

    /// From now on this is the row. Throws too_many_states.
    void keep(Row row) const;
    /// The same, where one too many is to be expected.
    std::expected<void, overloaded> try_keep(Row row) const;
    /// The row as it was kept or loaded last, if it was.
    std::optional<Row> find(const key_type& key) const;
    /// The same, where it must be there; throws std::out_of_range, which names the key.
    Row at(const key_type& key) const;

    /// This process is the one that changes the row: when it ends, for whatever reason, the row is written at once; when it
    /// ends because its work is done (reason `normal`), it is then forgotten here.
    template <class Server>
    void own(const self<Server>& me, const key_type& key) const;
    /// Drops the row here. What is not written yet is written first.
    void forget(const key_type& key) const;
    /// Drops the row here, and deletes it from the database when the next rows are written. Whoever keeps it after that
    /// makes it anew, so end its process first. Throws too_many_states: until then the key is kept.
    void erase(const key_type& key) const;

    /// Reads the table, or what of it fits the condition ("where alive = $1"), into memory, and returns the keys that are known
    /// then. Rows that are known already stay as they are.
    template <class... Args>
    task<stored<std::vector<key_type>>> load(statement<Args...> condition, Args... args) const;
    /// The whole table.
    task<stored<std::vector<key_type>>> load() const;

    /// Writes what is at risk now, and returns when it is written. What the database has refused is tried again.
    task<stored<>> flush() const;

    persister_status status() const;  ///< How it does.

    /// For a child's `.start`: the process that writes.
    detail::flusher<Row> operator()() const;

private:
    std::shared_ptr<detail::dirty_table<Row>> table_;
};

}  // namespace half

#include <04_persistence/detail/flusher.hpp>  // the bodies of what is declared above
