// refused: has a field that is nothing a database keeps: .*, number [0-9]+; for types of your own see half::column
// A row with a vector in it.
#include <04_persistence/row.hpp>

struct pet {
    std::int64_t             id;
    std::vector<std::string> names;
};

constexpr half::table<pet> pets{"pets", {"id", "names"}};
