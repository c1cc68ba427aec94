// refused: a name needs std::hash<Key> and ==
// Names that a table cannot hold.
#include <03_registry/registry.hpp>

struct room {
    void handle(int) {}
};
struct address {
    int  number;
    bool operator==(const address&) const = default;
};

half::registry<room, address> rooms;
