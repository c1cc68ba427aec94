#include <04_persistence/detail/bulk.hpp>

#include <fmt/format.h>

#include <optional>

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

void write_part_of(connection& on, std::size_t from, std::size_t n, const write_part& write, upserted& so_far) {
    on.savepoint();
    auto refused = refusal_of([&] { write(from, n); });
    if (!refused) {
        on.release();
        so_far.written += n;
        return;
    }
    on.back_to_savepoint();
    if (n == 1) {
        so_far.refused.push_back({from, std::move(*refused)});
        return;
    }
    write_part_of(on, from, n / 2, write, so_far);
    write_part_of(on, from + n / 2, n - n / 2, write, so_far);
}

}  // namespace

upserted write_in_halves(connection& on, std::size_t n, const write_part& write) {
    upserted done;
    if (n > 0) write_part_of(on, 0, n, write, done);
    return done;
}

upserted write_alone(connection& on, std::size_t n, const write_part& write) {
    if (n == 0) return {};
    const auto refused = refusal_of([&] { as_transaction(on, [&] { write(0, n); }); });
    if (!refused) return {.written = n};
    return as_transaction(on, [&] { return write_in_halves(on, n, write); });
}

write_part upsert_of(connection& on, table_view into, rows_view rows) {
    return [&on, into, rows](std::size_t from, std::size_t n) { on.upsert(into, rows.part(from, n)); };
}

write_part erase_of(connection& on, table_view from, rows_view keys) {
    auto sql = fmt::format("delete from {} where {} = $1", from.name, from.columns[0]);
    return [&on, keys, sql = std::move(sql)](std::size_t first, std::size_t n) {
        using one_key = std::pair<const rows_view*, std::size_t>;
        for (std::size_t i = first; i < first + n; ++i) {
            const one_key one{&keys, i};
            const auto    write = [](const void* which, values& to) {
                const auto& [all, at] = *static_cast<const one_key*>(which);
                all->write((*all)[at], to);
            };
            on.run(sql, {&one, write}, [](const cursor&) { return true; });
        }
    };
}

}  // namespace half::detail
