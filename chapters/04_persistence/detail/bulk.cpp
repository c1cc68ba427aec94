#include <04_persistence/detail/bulk.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <new>
#include <optional>
#include <utility>

namespace half::detail {

namespace {

// What the rows are to blame for: the error. What a column of the user's own throws counts as well. Any other is thrown on.
template <class F>
std::optional<store_error> refusal_of(F f) {
    try {
        f();
        return {};
    } catch (const store_failure& failed) {
        if (failed.error.why != store_error::refused && failed.error.why != store_error::mismatch) throw;
        return failed.error;
    } catch (const std::bad_alloc&) {
        throw;
    } catch (const std::exception& failed) {
        return store_error{store_error::refused, failed.what(), {}};
    }
}

// Tries a part of the rows by `attempt`, and when it is refused its parts.
template <class Attempt>
void write_parts(std::size_t from, std::size_t n, upserted& so_far, const Attempt& attempt) {
    const auto refused = refusal_of([&] { attempt(from, n); });
    if (!refused) {
        so_far.written += n;
    } else if (n == 1 || so_far.refused.size() >= enough_refusals) {
        for (std::size_t i = 0; i < n; ++i) so_far.refused.push_back({from + i, *refused});
    } else {
        const auto part = n <= not_worth_halving ? 1 : (n + 1) / 2;
        for (std::size_t at = 0; at < n; at += part) write_parts(from + at, std::min(part, n - at), so_far, attempt);
    }
}

template <class Attempt>
std::vector<upserted> in_parts(const std::vector<bulk>& all, const Attempt& attempt) {
    std::vector<upserted> done(all.size());
    for (std::size_t i = 0; i < all.size(); ++i)
        if (all[i].n > 0)
            write_parts(0, all[i].n, done[i], [&](std::size_t from, std::size_t n) { attempt(all[i], from, n); });
    return done;
}

void as_savepoint(connection& on, const bulk& what, std::size_t from, std::size_t n) {
    on.savepoint();
    try {
        what.write(from, n);
        on.release();
    } catch (...) {
        on.back_to_savepoint();
        throw;
    }
}

}  // namespace

std::vector<upserted> write_all(connection& on, const std::vector<bulk>& all) {
    constexpr auto plain = transaction_kind::plain;
    // Three ways, each for what the one before could not do.
    std::vector<upserted> done(all.size());
    const auto            at_once = [&] {
        for (std::size_t i = 0; i < all.size(); ++i) {
            if (all[i].n > 0) all[i].write(0, all[i].n);
            done[i].written = all[i].n;
        }
    };
    const auto with_savepoints = [&] {
        done = in_parts(all, [&](const bulk& what, auto from, auto n) { as_savepoint(on, what, from, n); });
    };
    const auto one_by_one = [&](const bulk& what, auto from, auto n) {
        as_transaction(on, plain, [&] { what.write(from, n); });
    };
    if (std::ranges::all_of(all, [](auto& what) { return what.n == 0; })) return done;
    if (!refusal_of([&] { as_transaction(on, plain, at_once); })) return done;
    if (!refusal_of([&] { as_transaction(on, plain, with_savepoints); })) return done;
    return in_parts(all, one_by_one);
}

bulk upsert_of(connection& on, table_view into, rows_view rows) {
    return {rows.count, [&on, into, rows](std::size_t from, std::size_t n) { on.upsert(into, rows.part(from, n)); }};
}

bulk erase_of(connection& on, table_view from, rows_view keys) {
    auto sql = fmt::format(R"(delete from "{}" where "{}" = $1)", from.name, from.columns[0]);
    return {keys.count, [&on, keys, sql = std::move(sql)](std::size_t first, std::size_t n) {
                for (std::size_t i = first; i < first + n; ++i) {
                    const auto      key = keys.part(i, 1);
                    const arguments with{&key, [](const void* one, values& to) {
                                             const auto& row = *static_cast<const rows_view*>(one);
                                             row.write(row[0], to);
                                         }};
                    on.run(sql, with, [](const cursor&) { return true; });
                }
            }};
}

}  // namespace half::detail
