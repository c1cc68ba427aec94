// How a store is asked: borrow a connection, use it where that may block, and let it go home.
#pragma once

#include <04_persistence/detail/bulk.hpp>
#include <04_persistence/detail/connection_pool.hpp>
#include <04_persistence/detail/reading.hpp>
#include <04_persistence/store.hpp>

#include <type_traits>
#include <utility>

namespace half::detail {

// What is handed to the threads that may block. It owns the connection and the work, and when it goes both go: after it
// has run, or when nobody waits for it any more before it could.
template <class F>
struct work_with {
    using result = std::invoke_result_t<F&, connection&>;

    lease lent;
    F     f;

    stored<result> operator()(std::stop_token stop) {
        lease mine = std::move(lent);  // at home again before the answer is sent
        F     work = std::move(f);     // and this is gone before that
        auto& on   = mine.use(std::move(stop));
        try {
            if constexpr (std::is_void_v<result>) return work(on), stored<result>{};
            else return stored<result>{std::in_place, work(on)};
        } catch (const store_failure& failed) {
            return std::unexpected{failed.error};
        }
    }
};

store_error cannot_run(const std::exception& why, store_error::kind kind);

// Runs f(connection&) where it may block. A store_failure that it throws is the error; all else is thrown here.
template <class F>
auto on_connection(std::shared_ptr<store_core> core, access how, F f, term how_long = term::usual)
    -> task<stored<std::invoke_result_t<F&, connection&>>> {
    auto lent = co_await borrow_from(core, how, how_long);
    if (!lent) co_return std::unexpected{std::move(lent.error())};

    try {
        co_return co_await blocking(work_with<F>{std::move(*lent), std::move(f)});
    } catch (const blocking_pool_full& full) {
        co_return std::unexpected{cannot_run(full, store_error::busy)};
    } catch (const call_failed& failed) {
        if (failed.server) throw;  // not the pool of threads, which closes: something in f
        co_return std::unexpected{cannot_run(failed, store_error::unavailable)};
    }
}

// Does it again when it was in conflict: soon, but not at once, as the other one may do the same.
inline constexpr int conflicts_at_most = 5;
void                 pause_after(int conflicts, const store_core& core);

template <class F>
auto unless_in_conflict(const store_core& core, F f) {
    for (int conflicts = 1;; ++conflicts) {
        try {
            return f();
        } catch (const store_failure& failed) {
            if (failed.error.why != store_error::conflict || conflicts == conflicts_at_most) throw;
        }
        pause_after(conflicts, core);
    }
}

// A transaction's function, which may have swallowed what failed.
template <class F>
auto all_of(F& f, connection& on, std::size_t rows_at_most) {
    transaction all{on, rows_at_most};
    if constexpr (std::is_void_v<std::invoke_result_t<F&, transaction&>>) {
        f(all);
        all.or_throw();
    } else {
        auto result = f(all);
        all.or_throw();
        return result;
    }
}

inline access access_of(std::string_view sql) { return only_reads(sql) ? access::reads : access::writes; }

}  // namespace half::detail

namespace half {

template <row Row, class... Args>
task<stored<std::vector<Row>>> store::query(statement<Args...> sql, Args... args) const {
    const auto how = detail::access_of(sql.text());
    return detail::on_connection(core_, how,
                                 [sql = std::move(sql), with = detail::owned_arguments<Args...>{std::move(args)...},
                                  rows = options().rows](detail::connection& on) {
                                     return detail::read_rows<Row>(on, sql.text(), with.view(), rows);
                                 });
}

template <class Table, class... Args>
task<stored<std::vector<typename Table::row_type>>> store::query(Table from, statement<Args...> rest,
                                                                 Args... args) const {
    return query<typename Table::row_type, Args...>(
        trusted_sql{detail::select_from(detail::view_of(from), rest.text())}, std::move(args)...);
}

template <row Row, class... Args>
task<stored<std::optional<Row>>> store::query_one(statement<Args...> sql, Args... args) const {
    const auto how = detail::access_of(sql.text());
    return detail::on_connection(
        core_, how,
        [sql = std::move(sql), with = detail::owned_arguments<Args...>{std::move(args)...}](detail::connection& on) {
            return detail::read_first<Row>(on, sql.text(), with.view());
        });
}

template <class... Args>
task<stored<std::uint64_t>> store::execute(statement<Args...> sql, Args... args) const {
    const auto how = detail::access_of(sql.text());
    return detail::on_connection(
        core_, how,
        [sql = std::move(sql), with = detail::owned_arguments<Args...>{std::move(args)...}](detail::connection& on) {
            return detail::change_rows(on, sql.text(), with.view());
        });
}

template <class Row>
task<stored<upserted>> store::upsert(table<Row> into, std::vector<Row> rows) const {
    return detail::on_connection(core_, detail::access::writes, [into, rows = std::move(rows)](detail::connection& on) {
        return detail::write_all(on, {detail::upsert_of(on, detail::view_of(into), detail::view_of(rows))})[0];
    });
}

template <class F>
auto store::transact(F f) const -> task<stored<std::invoke_result_t<F&, transaction&>>> {
    return detail::on_connection(
        core_, detail::access::writes,
        [core = core_, rows = options().rows, f = std::move(f)](detail::connection& on) mutable {
            return detail::unless_in_conflict(*core, [&] {
                return detail::as_transaction(on, detail::transaction_kind::serializable,
                                              [&] { return detail::all_of(f, on, rows); });
            });
        });
}

}  // namespace half
