// refused: a field of this row is nothing that a database keeps: see half::column
// A row with a vector in it.
#include <04_persistence/row.hpp>

struct pet {
    std::int64_t             id;
    std::vector<std::string> names;
};

constexpr half::table<pet> pets{"pets", {"id", "names"}};
