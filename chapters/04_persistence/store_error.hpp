// What a database said no to. An error is a value, and names the statement:
//
//     auto rows = co_await db.query<pet>("select id, name from pets where id = $1", id);
//     if (!rows) fmt::print("{}\n", rows.error());
//     // wrong: no such table: pets (in: select id, name from pets where id = $1)
//
//     auto rows = (co_await db.query<pet>("select id, name from pets where id = $1", id)).or_throw();   // or: crash
//
// What to do depends on the kind, so kinds are few and the same for all databases; the words are the database's own.
#pragma once

#include <fmt/format.h>

#include <exception>
#include <expected>
#include <string>
#include <type_traits>
#include <utility>

namespace half {

/// Why a statement did not do what it should.
///
/// @snippet 04_persistence/lesson_test.cpp refused
struct store_error {
    /// The kinds, by what can be done about it.
    enum kind : unsigned char {
        unavailable,  ///< The database does not answer, or the store does not run. Later, perhaps.
        in_doubt,     ///< It was sent, and no answer came: it may have happened or not. Look before it is done again.
        busy,         ///< All connections are lent and enough others wait, or the wait took too long.
        conflict,     ///< Another transaction was in the way; the same again may well succeed.
        refused,      ///< The data breaks a rule: unique, not null, check, foreign key, no valid text.
        full,         ///< There is no room on the disk.
        too_late,     ///< The statement took longer than statements may.
        too_much,     ///< More rows than a query may return.
        mismatch,     ///< The rows do not fit the struct they were to become.
        wrong,        ///< The statement itself: a slip of the pen, no such table, a file that is no database.
    };

    kind        why;        ///< Which of them.
    std::string what;       ///< In the database's words.
    std::string statement;  ///< Which statement; empty when it came to none.

    /// `rows.error() == half::store_error::refused`
    bool operator==(kind k) const { return why == k; }
};

std::string to_string(store_error::kind kind);    ///< One word.
std::string to_string(const store_error& error);  ///< As a sentence for people.

/// A store_error on its way up: what stored::or_throw() throws, and a statement that fails inside a transaction.
struct store_failure : std::exception {
    store_error error;  ///< What went wrong.

    explicit store_failure(store_error e);                                ///< Goes into what() whole.
    const char* what() const noexcept override { return text_.c_str(); }  ///< As a sentence for people.

private:
    std::string text_;
};

/// What comes out of a database: a T, or why not.
///
/// @snippet 04_persistence/demo.cpp store
template <class T = void>
struct [[nodiscard("the database may have said no")]] stored : std::expected<T, store_error> {
    using std::expected<T, store_error>::expected;
    stored(std::expected<T, store_error> other) : std::expected<T, store_error>{std::move(other)} {}  ///< The same.

    /// For whom an error is the end: the T, or store_failure is thrown.
    T or_throw() && {
        if (!*this) throw store_failure{std::move(this->error())};
        if constexpr (!std::is_void_v<T>) return std::move(**this);
    }
};

}  // namespace half

template <>
struct fmt::formatter<half::store_error> : fmt::formatter<std::string> {
    auto format(const half::store_error& e, format_context& out) const {
        return formatter<std::string>::format(half::to_string(e), out);
    }
};
