// A statement is a literal.
//
//     db.query<pet>("select id, name from pets where name = $1", name)       // the name is data, whatever is in it
//     db.query<pet>("select id, name from pets where name = '" + name + "'") // does not compile
//     db.query<pet>("select id, name from pets where name = $1")  // nor this: the argument for $1 is missing
//
// So what a user typed can never become a statement. `$1`, `$2`, ... stand for the arguments that follow, on every
// database. Text that a program puts together from its own parts says so: half::trusted_sql{text}.
#pragma once

#include <04_persistence/detail/sql_text.hpp>

#include <algorithm>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

namespace half {

/// A statement that is not a literal. Who writes this vouches that nothing in it came from outside.
struct trusted_sql {
    std::string text;  ///< The statement.
};

namespace detail {

// How many arguments a statement wants: the highest of its $n. Each of them must be there.
consteval std::size_t arguments_of(std::string_view sql) {
    std::size_t   highest = 0;
    unsigned long seen    = 0;
    for (std::size_t at = 0; at < sql.size();) {
        const std::size_t end = end_of_quoted(sql, at);
        if (end == sql.npos) throw "a quote or a comment is opened and not closed";
        if (end != at) {
            at = end;
        } else if (sql[at++] == '$') {
            std::size_t number = 0;
            for (; at < sql.size() && sql[at] >= '0' && sql[at] <= '9' && number <= 60; ++at)
                number = number * 10 + std::size_t(sql[at] - '0');
            if (number == 0 || number > 60) throw "arguments are called $1, $2, ... up to $60";
            seen |= 1UL << number;
            highest = std::max(number, highest);
        }
    }
    for (std::size_t each = 1; each <= highest; ++each)
        if (!(seen >> each & 1)) throw "arguments are called $1, $2, ...: one of them is left out";
    return highest;
}

// Texts that are no literals.
template <class T>
concept text_at_run_time = std::is_convertible_v<const T&, std::string_view> && !std::is_array_v<T>;

template <class... Args>
class statement_for {
public:
    template <std::size_t N>
    consteval statement_for(const char (&literal)[N]) : text_{literal} {
        const std::size_t wanted = arguments_of(text_);
        if (wanted > sizeof...(Args)) throw "an argument is missing: one for each of $1, $2, ... of the statement";
        if (wanted < sizeof...(Args)) throw "an argument too many: the statement has no such $1, $2, ...";
    }
    /// @cond refused
    template <text_at_run_time T>
    statement_for(const T&) =
        delete("a statement is a literal, and what a user typed is an argument of it; text that a "
               "program made of its own parts is half::trusted_sql");
    /// @endcond
    statement_for(trusted_sql made) : made_{std::move(made.text)} {}

    std::string_view text() const { return made_ ? std::string_view{*made_} : text_; }

private:
    std::string_view           text_;
    std::optional<std::string> made_;  // a std::string alone could not be part of a constant
};

}  // namespace detail

/// A statement for these arguments: a literal, or trusted_sql.
///
/// @snippet 04_persistence/lesson_test.cpp statement
template <class... Args>
using statement = detail::statement_for<std::type_identity_t<Args>...>;

}  // namespace half
