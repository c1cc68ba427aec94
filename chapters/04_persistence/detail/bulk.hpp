// Many rows at once, without those that the database refuses.
//
// Most batches are good: they are one transaction, and no more. One that is refused is undone, and done again in parts that
// can fail alone: halves, and their halves, until the bad rows are found. What is refused only at the commit (a rule that is
// `deferred`) is done again as transactions of their own.
// Parts keep their order, so of two rows with the same key the last one wins, also where a database refuses to see a key
// twice in one statement.
#pragma once

#include <04_persistence/detail/driver.hpp>
#include <04_persistence/detail/reading.hpp>
#include <04_persistence/transaction.hpp>

#include <cstddef>
#include <functional>
#include <vector>

namespace half::detail {

// n rows, and how those from..from+count of them are written.
struct bulk {
    std::size_t                                              n;
    std::function<void(std::size_t from, std::size_t count)> write;
};

inline constexpr std::size_t not_worth_halving = 64;  // so many are tried one by one
inline constexpr std::size_t enough_refusals =
    1000;  // after so many, a part that is refused is not looked into any more

bulk upsert_of(connection& on, table_view into, rows_view rows);
bulk erase_of(connection& on, table_view from, rows_view keys);  // `keys` are rows of one column

// What became of each of them. Throws what is nobody's fault among the rows.
std::vector<upserted> write_all(connection& on, const std::vector<bulk>& all);

struct batch_written {
    upserted erased, put;
};

// Deletes come first: a name that one row gives up may be the new name of another.
template <class Row>
batch_written write_batch(connection& on, const table<Row>& where,
                          const std::vector<typename table<Row>::key_type>& erases, const std::vector<Row>& puts) {
    auto done =
        write_all(on, {erase_of(on, view_of(where), view_of(erases)), upsert_of(on, view_of(where), view_of(puts))});
    return {std::move(done[0]), std::move(done[1])};
}

// All of it or nothing.
template <class F>
auto as_transaction(connection& on, transaction_kind how, F f) {
    struct undo {
        connection* on;
        ~undo() {
            if (on) on->rollback();
        }
    };
    on.begin(how);
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
