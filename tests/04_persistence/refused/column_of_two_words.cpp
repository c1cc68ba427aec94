// refused: a column's name is lower-case letters, digits and underscores
// A name that would need quotes.
#include <04_persistence/row.hpp>

struct pet {
    std::int64_t id;
    std::string  name;
};

constexpr half::table<pet> pets{"pets", {"id", "full name"}};
