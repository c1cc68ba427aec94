// refused: a key needs std::hash<Key> and ==
// Groups under a key that cannot be hashed.
#include <03_registry/groups.hpp>

struct table {
    int  number;
    bool operator==(const table&) const = default;
};

struct guest {
    void handle(int) {}
};

half::groups<guest, table> guests;
