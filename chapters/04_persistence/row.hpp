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
// std::optional of these for a column that may be null. Types of your own: specialise half::column. The struct is a plain
// one: no constructor, no base, no array of C's.
// A column that does not fit its field (too many, a null, a text for a number, a number too big) is an error, never a guess.
#pragma once

#include <01_gen_server/messages.hpp>
#include <04_persistence/detail/driver.hpp>

#include <boost/pfr.hpp>

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <limits>
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

// Not bool, and not what stands for a character.
template <class T>
concept number = std::integral<T> && !std::same_as<T, bool>
                 && (std::same_as<T, std::make_signed_t<T>> || std::same_as<T, std::make_unsigned_t<T>>);

// A struct whose fields can be counted. What could be made of a base of Row, and begins its list of values, is a base.
template <class Row>
struct its_base {
    template <class Base>
        requires(std::is_base_of_v<Base, Row> && !std::is_same_v<Base, Row>)
    operator Base() const;
};
template <class Row>
concept plain_struct =
    std::is_class_v<Row> && std::is_aggregate_v<Row> && !std::is_empty_v<Row> && !requires { Row{its_base<Row>{}}; };

template <class Row>
consteval std::size_t count_fields() {
    if constexpr (storable<Row>) return 1;
    else if constexpr (plain_struct<Row>) return boost::pfr::tuple_size_v<Row>;
    else return 0;
}
template <class Row>
inline constexpr std::size_t width = count_fields<Row>();

// Which field is no column, from 1; 0: they all are.
template <class Row>
consteval std::size_t not_storable() {
    return []<std::size_t... I>(std::index_sequence<I...>) {
        std::size_t which = 0;
        ((which = which == 0 && !storable<boost::pfr::tuple_element_t<I, Row>> ? I + 1 : which), ...);
        return which;
    }(std::make_index_sequence<width<Row>>{});
}

template <class Row>
struct first_field {
    using type = void;
};
template <plain_struct Row>
struct first_field<Row> {
    using type = boost::pfr::tuple_element_t<0, Row>;
};

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
concept row = storable<Row> || (detail::plain_struct<Row> && detail::not_storable<Row>() == 0);

namespace detail {

// Why this is no row.
template <class Row>
constexpr complaint no_row() {
    complaint c;
    c += type_name<Row>();
    if constexpr (!plain_struct<Row>) {
        c += " is no plain struct: a row has fields, and neither a constructor nor a base";
    } else if constexpr (constexpr std::size_t at = not_storable<Row>()) {
        c += " has a field that is nothing a database keeps: ";
        c += type_name<boost::pfr::tuple_element_t<at - 1, Row>>();
        c += ", number ";
        if (at >= 10) c += std::string_view{"0123456789"}.substr(at / 10 % 10, 1);
        c += std::string_view{"0123456789"}.substr(at % 10, 1);
        c += "; for types of your own see half::column";
    }
    return c;
}

}  // namespace detail

/// Where rows of a type are kept: a table and its columns, in the order of the fields. The first column is the key.
///
/// @snippet 04_persistence/demo.cpp table
template <class Row>
struct table {
    static_assert(row<Row>, detail::no_row<Row>());

    static constexpr std::size_t width = detail::width<Row>;              ///< How many columns.
    using row_type                     = Row;                             ///< What is kept there.
    using key_type                     = detail::first_field<Row>::type;  ///< What the first field is.

    std::string_view                    name;        ///< The table's name.
    std::array<std::string_view, width> columns;     ///< Its columns, the key first.
    std::string_view                    newer = {};  ///< See newer_by().

    /// Names are lower-case letters, digits and underscores. A column for each field.
    template <std::size_t N>
    consteval table(const char* table_name, const char* const (&column_names)[N]) : name{table_name}, columns{} {
        static_assert(N == width, "a table names a column for each field of its row, in their order");
        if (!detail::plain_name(name)) throw "a table's name is lower-case letters, digits and underscores";
        for (std::size_t i = 0; i < std::min(N, width); ++i) {
            columns[i] = column_names[i];
            if (!detail::plain_name(columns[i])) throw "a column's name is lower-case letters, digits and underscores";
        }
    }

    /// The same table, where a row is updated only by one whose value in this column is not lower than the one there: what
    /// an older writer comes too late with is left out.
    consteval table newer_by(const char* column_name) const {
        table fenced = *this;
        fenced.newer = column_name;
        if (std::ranges::find(columns, fenced.newer) == columns.end())
            throw "newer_by() wants one of the table's columns";
        return fenced;
    }

    /// The key of a row.
    static const key_type& key(const Row& one) { return boost::pfr::get<0>(one); }
};

// -- The types that are columns -----------------------------------------------------------------------------------

// Doxygen takes constrained templates of one name for one.
/// @cond templates
/// Integers, whose range is checked.
template <detail::number T>
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

/// Floating point. Not a number is nothing that every database keeps.
template <class T>
    requires(std::same_as<T, float> || std::same_as<T, double>)
struct column<T> {
    /// Writes it.
    static void write(detail::values& to, T value) {
        if (std::isnan(value)) detail::does_not_fit("it is not a number");
        to.real(value);
    }
    /// Reads it.
    static T read(const detail::cursor& from, int at) {
        const double value = from.real(at);
        if (std::isfinite(value) && std::abs(value) > std::numeric_limits<T>::max())
            detail::does_not_fit(from, at, "the number is too big for its field");
        return static_cast<T>(value);
    }
};
/// @endcond

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

/// @cond templates
/// An enum is its number, also one that has no name.
template <class T>
    requires(std::is_enum_v<T> && storable<std::underlying_type_t<T>>)
struct column<T> {
    using number = std::underlying_type_t<T>;  ///< What is kept.
    /// Writes it.
    static void write(detail::values& to, T value) { column<number>::write(to, std::to_underlying(value)); }
    /// Reads it.
    static T read(const detail::cursor& from, int at) { return static_cast<T>(column<number>::read(from, at)); }
};
/// @endcond

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
