// refused: cat is no plain struct: a row has fields, and neither a constructor nor a base
// A row that is half of another.
#include <04_persistence/row.hpp>

struct pet {
    std::int64_t id;
    std::string  name;
};

struct cat : pet {
    bool hunts;
};

constexpr half::table<cat> cats{"cats", {"id", "name", "hunts"}};
