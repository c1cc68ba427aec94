// refused: a table's name is lower-case letters, digits and underscores
// A table whose name is more than a name.
#include <04_persistence/row.hpp>

struct pet {
    std::int64_t id;
    std::string  name;
};

constexpr half::table<pet> pets{"pets; drop table users", {"id", "name"}};
