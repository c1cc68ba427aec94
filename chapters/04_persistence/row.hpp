// A struct is a row.
//
//     struct pet {
//         std::int64_t id;
//         std::string  name;
//         int          hunger = 0;
//     };
//     auto all = co_await db.query<pet>("select id, name, hunger from pets");    // columns and fields, in their order
//
//     constexpr half::table<pet> pets{"pets", {"id", "name", "hunger"}};         // to write: where, and which columns
//     co_await db.upsert(pets, rows);
//
// A field is an integer, a float or double, a bool, a std::string, half::bytes, an enum, a time in milliseconds, or a
// std::optional of these for a column that may be null. Types of your own: specialise half::column.
// A column that does not fit its field (too many, a null, a text for a number, a number too big) is an error, never a guess.
#pragma once

#include <04_persistence/detail/driver.hpp>

#include <boost/pfr.hpp>

#include <array>
#include <chrono>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace half {

/// What a database keeps as it is: `bytea` on PostgreSQL, a blob on SQLite.
using bytes = std::vector<std::byte>;

/// How a value is written to a column and read from it. Specialise it for types of your own.
///
/// @snippet 04_persistence/lesson_test.cpp own_column
template <class T>
struct column;

/// What can be a column.
template <class T>
concept storable = requires(const T& value, detail::values& to, const detail::cursor& from) {
    column<T>::write(to, value);
    { column<T>::read(from, 0) } -> std::same_as<T>;
};

namespace detail {

template <class Row>
inline constexpr std::size_t width = storable<Row> ? 1 : boost::pfr::tuple_size_v<Row>;

template <class Row>
consteval bool all_storable() {
    return []<std::size_t... I>(std::index_sequence<I...>) {
        return (storable<boost::pfr::tuple_element_t<I, Row>> && ...);
    }(std::make_index_sequence<boost::pfr::tuple_size_v<Row>>{});
}

// A name that needs no quotes: then it cannot be anything else than a name.
consteval bool plain_name(std::string_view name) {
    if (name.empty() || name.size() > 63) return false;
    for (char c : name)
        if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_')) return false;
    return name[0] < '0' || name[0] > '9';
}

}  // namespace detail

/// What can be a row: a struct of storable fields, or one storable value.
template <class Row>
concept row = storable<Row> || (std::is_aggregate_v<Row> && detail::all_storable<Row>());

/// Where rows of a type are kept: a table and its columns, in the order of the fields. The first column is the key.
///
/// @snippet 04_persistence/demo.cpp table
template <class Row>
struct table {
    static constexpr std::size_t width = boost::pfr::tuple_size_v<Row>;        ///< How many columns.
    using key_type                     = boost::pfr::tuple_element_t<0, Row>;  ///< What the first field is.

    std::string_view                    name;     ///< The table's name.
    std::array<std::string_view, width> columns;  ///< Its columns, the key first.

    /// Names are lower-case letters, digits and underscores. A column for each field.
    template <std::size_t N>
    consteval table(const char* table_name, const char* const (&column_names)[N]) : name{table_name}, columns{} {
        static_assert(N == width, "a table names a column for each field of its row, in their order");
        static_assert(row<Row>, "a field of this row is nothing that a database keeps: see half::column");
        if (!detail::plain_name(name)) throw "a table's name is lower-case letters, digits and underscores";
        for (std::size_t i = 0; i < N; ++i) {
            columns[i] = column_names[i];
            if (!detail::plain_name(columns[i])) throw "a column's name is lower-case letters, digits and underscores";
        }
    }

    /// The key of a row.
    static const key_type& key(const Row& one) { return boost::pfr::get<0>(one); }
};

// -- The types that are columns -----------------------------------------------------------------------------------

/// Integers, whose range is checked.
template <std::integral T>
    requires(!std::same_as<T, bool>)
struct column<T> {
    /// Writes it.
    static void write(detail::values& to, T value) {
        if (!std::in_range<std::int64_t>(value)) detail::does_not_fit("the number is too big for a database");
        to.integer(static_cast<std::int64_t>(value));
    }
    /// Reads it.
    static T read(const detail::cursor& from, int at) {
        const std::int64_t value = from.integer(at);
        if (!std::in_range<T>(value)) detail::does_not_fit(from, at, "the number is too big for its field");
        return static_cast<T>(value);
    }
};

/// Floating point.
template <std::floating_point T>
struct column<T> {
    static void write(detail::values& to, T value) { to.real(double(value)); }                      ///< Writes it.
    static T    read(const detail::cursor& from, int at) { return static_cast<T>(from.real(at)); }  ///< Reads it.
};

/// Yes or no.
template <>
struct column<bool> {
    static void write(detail::values& to, bool value) { to.boolean(value); }           ///< Writes it.
    static bool read(const detail::cursor& from, int at) { return from.boolean(at); }  ///< Reads it.
};

/// Text, in UTF-8.
template <>
struct column<std::string> {
    static void        write(detail::values& to, const std::string& value) { to.text(value); }          ///< Writes it.
    static std::string read(const detail::cursor& from, int at) { return std::string{from.text(at)}; }  ///< Reads it.
};

/// Bytes.
template <>
struct column<bytes> {
    static void  write(detail::values& to, const bytes& value) { to.bytes(value); }   ///< Writes it.
    static bytes read(const detail::cursor& from, int at) { return from.bytes(at); }  ///< Reads it.
};

/// An enum is its number.
template <class T>
    requires std::is_enum_v<T>
struct column<T> {
    using number = std::underlying_type_t<T>;  ///< What is kept.
    static void write(detail::values& to, T value) {
        column<number>::write(to, std::to_underlying(value));
    }                                                                                                ///< Writes it.
    static T read(const detail::cursor& from, int at) { return T{column<number>::read(from, at)}; }  ///< Reads it.
};

/// A point in time, in milliseconds since 1970.
template <>
struct column<std::chrono::sys_time<std::chrono::milliseconds>> {
    using time = std::chrono::sys_time<std::chrono::milliseconds>;  ///< What it is here.
    static void write(detail::values& to, time value) { to.integer(value.time_since_epoch().count()); }  ///< Writes it.
    /// Reads it.
    static time read(const detail::cursor& from, int at) { return time{std::chrono::milliseconds{from.integer(at)}}; }
};

/// What may be null.
template <storable T>
struct column<std::optional<T>> {
    /// Writes it.
    static void write(detail::values& to, const std::optional<T>& value) {
        if (value) column<T>::write(to, *value);
        else to.null();
    }
    /// Reads it.
    static std::optional<T> read(const detail::cursor& from, int at) {
        if (from.is_null(at)) return {};
        return column<T>::read(from, at);
    }
};

// -- How it works -------------------------------------------------------------------------------------------------

namespace detail {

template <row Row>
Row read_row(const cursor& from) {
    if constexpr (storable<Row>) {
        return column<Row>::read(from, 0);
    } else {
        return [&]<std::size_t... I>(std::index_sequence<I...>) {
            return Row{column<boost::pfr::tuple_element_t<I, Row>>::read(from, int(I))...};
        }(std::make_index_sequence<boost::pfr::tuple_size_v<Row>>{});
    }
}

template <row Row>
void write_row(const void* one, values& to) {
    boost::pfr::for_each_field(*static_cast<const Row*>(one),
                               [&]<class T>(const T& field) { column<T>::write(to, field); });
}

}  // namespace detail
}  // namespace half
