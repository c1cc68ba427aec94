// refused: an argument is missing: one for each of \$1, \$2, ... of the statement
// A statement with a $1, and nothing for it.
#include <04_persistence/store.hpp>

struct pet {
    std::int64_t id;
    std::string  name;
};

//! [wrong]
half::task<bool> is_a_pet(half::store db, std::string typed) {
    auto found = co_await db.query_one<pet>("select id, name from pets where name = $1");
    co_return found && *found;
}
//! [wrong]
