// A statement is a literal.
//
//     db.query<pet>("select id, name from pets where name = $1", name)       // the name is data, whatever is in it
//     db.query<pet>("select id, name from pets where name = '" + name + "'") // does not compile
//     db.query<pet>("select id, name from pets where name = $1")  // nor this: the argument for $1 is missing
//
// So what a user typed can never become a statement. `$1`, `$2`, ... stand for the arguments that follow, on every
// database. Text that a program puts together from its own parts says so: half::trusted_sql{text}.
#pragma once

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
    char          quote   = 0;
    for (std::size_t at = 0; at < sql.size(); ++at) {
        if (quote) {
            if (sql[at] == quote) quote = 0;
        } else if (sql[at] == '\'' || sql[at] == '"') {
            quote = sql[at];
        } else if (sql[at] == '$') {
            std::size_t number = 0;
            while (at + 1 < sql.size() && sql[at + 1] >= '0' && sql[at + 1] <= '9')
                number = number * 10 + std::size_t(sql[++at] - '0');
            if (number == 0 || number > 60) throw "arguments are called $1, $2, ... up to $60";
            seen |= 1UL << number;
            highest = number > highest ? number : highest;
        }
    }
    if (quote) throw "a quote is opened and not closed";
    for (std::size_t each = 1; each <= highest; ++each)
        if (!(seen >> each & 1)) throw "arguments are called $1, $2, ...: one of them is left out";
    return highest;
}

template <class... Args>
class statement_for {
public:
    consteval statement_for(const char* literal) : text_{literal} {
        if (arguments_of(literal) != sizeof...(Args)) throw "as many arguments as the statement has $1, $2, ...";
    }
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
