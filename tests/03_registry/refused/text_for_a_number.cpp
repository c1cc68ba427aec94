// refused: is no name here: the names of this registry are of type unsigned long
// A look-up by text where names are numbers.
#include <03_registry/registry.hpp>

struct room {
    void handle(int) {}
};

half::registry<room, unsigned long> rooms;

bool is_there() { return bool(rooms.find("lobby")); }
