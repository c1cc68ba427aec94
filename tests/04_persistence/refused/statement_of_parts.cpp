// refused: a statement is a literal, and what a user typed is an argument of it
// A statement with something in it that was typed.
#include <04_persistence/store.hpp>

struct pet {
    std::int64_t id;
    std::string  name;
};

//! [wrong]
half::task<bool> is_a_pet(half::store db, std::string typed) {
    auto sql   = "select * from pets where name = '" + typed + "'";
    auto found = co_await db.query_one<pet>(sql.c_str());
    co_return found && *found;
}
//! [wrong]
