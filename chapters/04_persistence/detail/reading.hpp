// Between a statement and its types: what goes in is owned, and what comes out becomes rows.
#pragma once

#include <04_persistence/row.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <vector>

namespace half::detail {

// An argument is what a field may be, or any text, which is copied: its owner may be gone when the statement runs.
template <class T>
using owned = std::conditional_t<std::is_convertible_v<const T&, std::string_view>, std::string, T>;

template <class... Args>
class owned_arguments {
    static_assert((storable<owned<Args>> && ...),
                  "an argument of this statement is nothing that a database keeps: see half::column");

public:
    explicit owned_arguments(Args... args) : all_{std::move(args)...} {}

    // Good for as long as this lives.
    arguments view() const {
        return {&all_, [](const void* all, values& to) {
                    std::apply([&](const auto&... each) { (write(each, to), ...); },
                               *static_cast<const std::tuple<owned<Args>...>*>(all));
                }};
    }

private:
    template <class T>
    static void write(const T& value, values& to) {
        column<T>::write(to, value);
    }

    std::tuple<owned<Args>...> all_;
};

void              expect_width(const cursor& from, std::size_t width);  // else it is a mismatch
[[noreturn]] void too_many_rows(std::size_t at_most);

template <row Row>
std::vector<Row> read_rows(connection& on, std::string_view sql, arguments with, std::size_t at_most) {
    std::vector<Row> rows;
    on.run(sql, with, [&](const cursor& from) {
        if (rows.empty()) expect_width(from, width<Row>);
        if (rows.size() == at_most) too_many_rows(at_most);
        rows.push_back(read_row<Row>(from));
        return true;
    });
    return rows;
}

template <row Row>
std::optional<Row> read_first(connection& on, std::string_view sql, arguments with) {
    std::optional<Row> first;
    on.run(sql, with, [&](const cursor& from) {
        expect_width(from, width<Row>);
        first = read_row<Row>(from);
        return false;
    });
    return first;
}

inline std::uint64_t change_rows(connection& on, std::string_view sql, arguments with) {
    return on.run(sql, with, [](const cursor&) { return true; });
}

// `select id, name from pets` and what follows.
std::string select_from(const table_view& from, std::string_view rest);

template <class Row>
table_view view_of(const table<Row>& one) {
    return {one.name, one.columns, one.newer};
}
template <class Row>
rows_view view_of(const std::vector<Row>& rows) {
    return {reinterpret_cast<const std::byte*>(rows.data()), rows.size(), sizeof(Row), [](const void* one, values& to) {
                if constexpr (storable<Row>) column<Row>::write(to, *static_cast<const Row*>(one));
                else write_row<Row>(one, to);
            }};
}

}  // namespace half::detail
