// A PostgreSQL server for the tests of this program, and a database of its own for each of them.
//
// HALF_POSTGRES_URL names a server to use instead, where databases may be made. Where there is neither that nor the
// programs of PostgreSQL, the tests are skipped; but not where CI is set.
#pragma once

#include "../postgres/private_postgres.hpp"

#include <04_persistence/detail/database.hpp>
#include <04_persistence/detail/reading.hpp>
#include <04_persistence/store.hpp>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <optional>

namespace testing_postgres {

using half::store_error;
using half::store_failure;
using half::detail::connection;

// The name of the database in a URL replaced by another.
inline std::string with_database(std::string url, const std::string& name) {
    const auto from = url.find('/', url.find("//") + 2);
    const auto to   = std::min(url.find('?'), url.size());
    return from == url.npos ? url + "/" + name : url.replace(from, to - from, "/" + name);
}

// Null when there is none.
inline const std::string* any_server() {
    static std::optional<postgres::server> own;
    static const auto                      url = []() -> std::optional<std::string> {
        if (const char* given = std::getenv("HALF_POSTGRES_URL")) return given;
        if (!postgres::installed()) return {};
        return own.emplace().url();
    }();
    return url ? &*url : nullptr;
}

class NeedsPostgres : public testing::Test {
protected:
    // Call it in SetUp(). The test is skipped, or fails where CI is set.
    static void need(bool there) {
        constexpr const char* why =
            "there is no PostgreSQL here: ./workbook install postgres, or name a server with HALF_POSTGRES_URL";
        if (there) return;
        if (std::getenv("CI")) FAIL() << why;
        GTEST_SKIP() << why;
    }
};

// With a server that it may stop.
class PostgresServer : public NeedsPostgres {
protected:
    void SetUp() override { need(postgres::installed()); }
};

// With a database of its own.
class Postgres : public NeedsPostgres {
protected:
    void SetUp() override {
        const auto* server = any_server();
        need(server);
        if (!server) return;
        static int count = 0;
        name_            = fmt::format("half_{}_{}", ::getpid(), ++count);
        url              = with_database(*server, name_);
        half::detail::postgres_server(*server, {})->open(true)->run_once("create database " + name_);
    }
    void TearDown() override {
        if (const auto* server = any_server(); server && !url.empty())
            half::detail::postgres_server(*server, {})
                ->open(true)
                ->run_once("drop database " + name_ + " with (force)");
    }

    std::unique_ptr<connection> open(half::store_options options = {}) const {
        return half::detail::postgres_server(url, options)->open(true);
    }

    std::string url;

private:
    std::string name_;
};

template <class Row, class... Args>
std::vector<Row> query(connection& on, std::string_view sql, Args... args) {
    const half::detail::owned_arguments<Args...> with{std::move(args)...};
    return half::detail::read_rows<Row>(on, sql, with.view(), SIZE_MAX);
}

template <class... Args>
std::uint64_t execute(connection& on, std::string_view sql, Args... args) {
    const half::detail::owned_arguments<Args...> with{std::move(args)...};
    return half::detail::change_rows(on, sql, with.view());
}

template <class Row>
void upsert(connection& on, const half::table<Row>& into, const std::vector<Row>& rows) {
    on.begin();
    on.upsert(half::detail::view_of(into), half::detail::view_of(rows));
    on.commit();
}

// The error that f ends with.
template <class F>
store_error error_of(F f) try {
    f();
    ADD_FAILURE() << "no error";
    return {store_error::wrong, "no error", {}};
} catch (const store_failure& failed) {
    return failed.error;
}

}  // namespace testing_postgres
