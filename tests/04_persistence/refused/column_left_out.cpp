// refused: a table names a column for each field of its row, in their order
// Two fields, and one column.
#include <04_persistence/row.hpp>

struct pet {
    std::int64_t id;
    std::string  name;
};

constexpr half::table<pet> pets{"pets", {"id"}};
