// Many rows in one statement: a column is an array, and unnest() makes rows of them again. It needs no table in between,
// and is as fast as COPY into one: docs/decisions.md has the numbers.
#pragma once

#include <04_persistence/detail/driver.hpp>

#include <string>
#include <vector>

namespace half::detail {

// insert into "pets" ("id", "name") select ... from unnest($1::bigint[], $2::text[]) ... on conflict ("id") do update ...
// Of rows with one key the last counts.
std::string upsert_statement(const table_view& into, const std::vector<std::string>& types);

// The columns of rows, each as the text of an array: {1,2,NULL} or {"Rex","the \"cat\""}.
class array_writer final : public values {
public:
    explicit array_writer(std::size_t columns) : columns_(columns, "{") {}

    void                     next_row() { at_ = 0; }
    std::vector<std::string> take() &&;

    void null() override;
    void integer(std::int64_t value) override;
    void real(double value) override;
    void boolean(bool value) override;
    void text(std::string_view value) override;
    void bytes(std::span<const std::byte> value) override;

private:
    std::string& element();

    std::vector<std::string> columns_;
    std::size_t              at_ = 0;
};

// How a value is written for PostgreSQL, outside of arrays too.
void append(std::string& to, std::int64_t value);
void append(std::string& to, double value);
void append(std::string& to, std::span<const std::byte> value);  // \x0a0b

}  // namespace half::detail
