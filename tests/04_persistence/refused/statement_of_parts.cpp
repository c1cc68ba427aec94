// refused: call to consteval function 'half::detail::statement_for<>::statement_for' is not a constant expression
// A statement with something in it that was typed.
#include <04_persistence/store.hpp>

struct pet {
    std::int64_t id;
    std::string  name;
};

//! [wrong]
half::task<bool> is_a_pet(half::store db, std::string typed) {
    auto sql   = "select id, name from pets where name = '" + typed + "'";
    auto found = co_await db.query_one<pet>(sql.c_str());
    co_return found && *found;
}
//! [wrong]
