#include <04_persistence/detail/postgres_upsert.hpp>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <charconv>
#include <iterator>
#include <utility>

namespace half::detail {

std::string upsert_statement(const table_view& into, const std::vector<std::string>& types) {
    std::vector<std::string> columns, arrays, parts, updates;
    for (std::size_t i = 0; i < into.columns.size(); ++i) {
        columns.push_back(fmt::format("\"{}\"", into.columns[i]));
        arrays.push_back(fmt::format("${}::{}[]", i + 1, types[i]));
        parts.push_back(fmt::format("c{}", i));
        if (i > 0) updates.push_back(fmt::format("{0} = excluded.{0}", columns[i]));
    }
    const std::string newer = into.newer_by.empty()
                                  ? std::string{}
                                  : fmt::format(" where excluded.\"{0}\" >= \"{1}\".\"{0}\"", into.newer_by, into.name);
    // In the order of the keys, so that two programs that write the same rows do not wait for each other in a circle.
    return fmt::format(
        "insert into \"{}\" ({}) select distinct on (c0) {} from unnest({}) with ordinality as r ({}, n) "
        "order by c0, n desc on conflict ({}) do {}",
        into.name, fmt::join(columns, ", "), fmt::join(parts, ", "), fmt::join(arrays, ", "), fmt::join(parts, ", "),
        columns[0], updates.empty() ? "nothing" : fmt::format("update set {}{}", fmt::join(updates, ", "), newer));
}

std::vector<std::string> array_writer::take() && {
    for (auto& each : columns_) each += '}';
    return std::move(columns_);
}

std::string& array_writer::element() {
    auto& column = columns_.at(at_++);
    if (column.size() > 1) column += ',';
    return column;
}

void array_writer::null() { element() += "NULL"; }
void array_writer::integer(std::int64_t value) { append(element(), value); }
void array_writer::real(double value) { append(element(), value); }
void array_writer::boolean(bool value) { element() += value ? 't' : 'f'; }

void array_writer::text(std::string_view value) {
    check_text(value);
    auto& to = element();
    to += '"';
    for (char c : value) {
        if (c == '"' || c == '\\') to += '\\';
        to += c;
    }
    to += '"';
}

void array_writer::bytes(std::span<const std::byte> value) {
    auto& to = element();
    to += "\"\\";
    append(to, value);
    to += '"';
}

template <class Number>
void append_number(std::string& to, Number value) {
    char text[32];
    to.append(text, std::to_chars(text, std::end(text), value).ptr);
}

void append(std::string& to, std::int64_t value) { append_number(to, value); }
void append(std::string& to, double value) { append_number(to, value); }

void append(std::string& to, std::span<const std::byte> value) {
    to += "\\x";
    for (std::byte each : value)
        for (int digit : {std::to_integer<int>(each >> 4), std::to_integer<int>(each & std::byte{15})})
            to += "0123456789abcdef"[digit];
}

}  // namespace half::detail
