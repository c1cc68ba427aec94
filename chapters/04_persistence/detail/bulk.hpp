// Many rows at once, without those that the database refuses.
//
// A batch that is refused is undone and tried again in two halves, and those in theirs, until the bad rows stand alone:
// k bad rows among n cost about k * log2(n) more attempts. Halves keep their order, so of two rows with the same key the
// last one wins, also where a database refuses to see a key twice in one statement.
#pragma once

#include <04_persistence/detail/driver.hpp>
#include <04_persistence/transaction.hpp>

#include <cstddef>
#include <functional>
#include <string_view>

namespace half::detail {

// Writes the rows from..from+n of some batch.
using write_part = std::function<void(std::size_t from, std::size_t n)>;

// Inside a transaction: what is refused is undone back to a savepoint.
upserted write_in_halves(connection& on, std::size_t n, const write_part& write);

// As a transaction of its own. Most batches are good: the first attempt makes do without savepoints.
upserted write_alone(connection& on, std::size_t n, const write_part& write);

write_part upsert_of(connection& on, table_view into, rows_view rows);
// Deletes the rows with these keys; `keys` are rows of one column.
write_part erase_of(connection& on, table_view from, rows_view keys);

// All of it or nothing.
template <class F>
decltype(auto) as_transaction(connection& on, F f) {
    struct undo {
        connection* on;
        ~undo() {
            if (on) on->rollback();
        }
    };
    on.begin();
    undo otherwise{&on};
    if constexpr (std::is_void_v<decltype(f())>) {
        f();
        on.commit();
        otherwise.on = nullptr;
    } else {
        auto result = f();
        on.commit();
        otherwise.on = nullptr;
        return result;
    }
}

}  // namespace half::detail
