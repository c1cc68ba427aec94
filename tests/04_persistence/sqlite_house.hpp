// Connections to SQLite without a store around them.
#pragma once

#include <04_persistence/detail/memory_engine.hpp>
#include <04_persistence/detail/reading.hpp>
#include <04_persistence/memory_database.hpp>
#include <04_persistence/store.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

namespace testing_sqlite {

using half::store_error;
using half::detail::connection;

template <class Row, class... Args>
std::vector<Row> query(connection& on, std::string_view sql, Args... args) {
    return half::detail::read_rows<Row>(on, sql, half::detail::owned_arguments<Args...>{args...}.view(), 10'000'000);
}
template <class... Args>
std::uint64_t execute(connection& on, std::string_view sql, Args... args) {
    const half::detail::owned_arguments<Args...> with{args...};
    return half::detail::change_rows(on, sql, with.view());
}
template <class Row>
void upsert(connection& on, const half::table<Row>& into, const std::vector<Row>& rows) {
    on.begin();
    try {
        on.upsert(half::detail::view_of(into), half::detail::view_of(rows));
        on.commit();
    } catch (...) {
        on.rollback();
        throw;
    }
}

template <class F>
store_error error_of(F f) try {
    f();
    ADD_FAILURE() << "nothing was refused";
    return {};
} catch (const half::store_failure& failed) {
    return failed.error;
}

// As text, with its statement.
template <class F>
std::string said_by(F f) {
    return to_string(error_of(f));
}

// A database of its own in memory.
struct in_memory {
    half::memory_database                   disk;
    std::shared_ptr<half::detail::database> data = half::detail::in_memory(disk.engine(), {});
    std::unique_ptr<connection>             on   = data->open(true);

    connection& operator*() const { return *on; }
    connection* operator->() const { return on.get(); }
};

}  // namespace testing_sqlite
