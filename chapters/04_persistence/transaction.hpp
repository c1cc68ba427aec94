// All of it, or nothing.
//
//     auto given = co_await db.transact([=](half::transaction& t) {
//         auto treats = t.query_one<int>("select treats from users where id = $1", from);
//         if (!treats || *treats == 0) return false;
//         t.execute("update users set treats = treats - 1 where id = $1", from);
//         t.execute("update users set treats = treats + 1 where id = $1", to);
//         return true;
//     });                                              // half::stored<bool>
//
// Transactions are as if one ran after the other. When two get in each other's way, one of them is undone and done again: so
// the function may run more than once, and only the last time counts.
// It runs on a thread that may block, with a connection of its own: it does not wait for processes, and owns what it uses.
// Here a statement that fails is thrown, because nothing after it can count: all is undone, and the error is the value out
// there. So it is when the function gives up, or throws something of its own, which then is thrown out there.
#pragma once

#include <04_persistence/detail/reading.hpp>
#include <04_persistence/row.hpp>
#include <04_persistence/statement.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace half {

/// What became of rows that were to be written.
///
/// @snippet 04_persistence/lesson_test.cpp poisoned
struct upserted {
    /// A row that the database refused.
    struct refusal {
        std::size_t row;    ///< Which, from 0.
        store_error error;  ///< Why.
    };
    std::uint64_t        written = 0;   ///< How many are there now.
    std::vector<refusal> refused = {};  ///< The others.

    bool all_written() const { return refused.empty(); }  ///< None was refused.
};

/// A transaction that is under way: what the function of store::transact() is given.
class transaction {
public:
    /// The rows of a query.
    template <row Row, class... Args>
    std::vector<Row> query(statement<Args...> sql, const Args&... args);
    /// The rows of a table, or those that fit: `t.query(pets, "where id > $1", 7)`.
    template <class Table, class... Args>
    std::vector<typename Table::row_type> query(const Table& from, statement<Args...> rest = "", const Args&... args);
    /// The first row, if there is one.
    template <row Row, class... Args>
    std::optional<Row> query_one(statement<Args...> sql, const Args&... args);
    /// Changes rows, and says how many.
    template <class... Args>
    std::uint64_t execute(statement<Args...> sql, const Args&... args);
    /// Inserts rows, or updates those whose key is there already: all of them, or it fails as any other statement does.
    template <class Row>
    void upsert(const table<Row>& into, const std::vector<Row>& rows);

    /// Undoes all of it. The reason is the error out there, with kind `refused`.
    [[noreturn]] void give_up(std::string reason);

    /// For the store.
    transaction(detail::connection& on, std::size_t rows_at_most) : on_{&on}, rows_at_most_{rows_at_most} {}
    transaction(const transaction&)            = delete;
    transaction& operator=(const transaction&) = delete;

    /// For the store: throws what failed, also when the function has swallowed it.
    void or_throw() const;

private:
    template <class F>
    auto attempt(F f);

    detail::connection*        on_;
    std::size_t                rows_at_most_;
    std::optional<store_error> failed_;
};

// -- How it works -------------------------------------------------------------------------------------------------

// After a statement that failed none runs: a database may or may not go on then, and this goes for all of them.
template <class F>
auto transaction::attempt(F f) {
    or_throw();
    try {
        return f();
    } catch (const store_failure& failure) {
        failed_ = failure.error;
        throw;
    }
}

template <row Row, class... Args>
std::vector<Row> transaction::query(statement<Args...> sql, const Args&... args) {
    const detail::owned_arguments<std::decay_t<const Args>...> with{args...};
    return attempt([&] { return detail::read_rows<Row>(*on_, sql.text(), with.view(), rows_at_most_); });
}

template <class Table, class... Args>
std::vector<typename Table::row_type> transaction::query(const Table& from, statement<Args...> rest,
                                                         const Args&... args) {
    return query<typename Table::row_type, Args...>(
        trusted_sql{detail::select_from(detail::view_of(from), rest.text())}, args...);
}

template <row Row, class... Args>
std::optional<Row> transaction::query_one(statement<Args...> sql, const Args&... args) {
    const detail::owned_arguments<std::decay_t<const Args>...> with{args...};
    return attempt([&] { return detail::read_first<Row>(*on_, sql.text(), with.view()); });
}

template <class... Args>
std::uint64_t transaction::execute(statement<Args...> sql, const Args&... args) {
    const detail::owned_arguments<std::decay_t<const Args>...> with{args...};
    return attempt([&] { return detail::change_rows(*on_, sql.text(), with.view()); });
}

template <class Row>
void transaction::upsert(const table<Row>& into, const std::vector<Row>& rows) {
    attempt([&] {
        if (!rows.empty()) on_->upsert(detail::view_of(into), detail::view_of(rows));
    });
}

}  // namespace half
