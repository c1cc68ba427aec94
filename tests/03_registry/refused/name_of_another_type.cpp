// refused: int is no name here: the names of this registry are of type std::basic_string<char>
// A look-up with something that is not a name.
#include <03_registry/registry.hpp>

struct room {
    void handle(int) {}
};

half::registry<room> rooms;

bool is_there() { return bool(rooms.find(42)); }
