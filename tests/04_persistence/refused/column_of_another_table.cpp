// refused: newer_by\(\) wants one of the table's columns
// A fence that is not there.
#include <04_persistence/row.hpp>

struct pet {
    std::int64_t id;
    std::string  name;
};

constexpr auto pets = half::table<pet>{"pets", {"id", "name"}}.newer_by("token");
