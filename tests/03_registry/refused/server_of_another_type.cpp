// refused: no viable conversion from 'self<guest>' to 'const self<room>'
// A name that leads to a room cannot be given to a guest: who finds it would send it what it does not handle.
#include <03_registry/registry.hpp>

struct room {
    void handle(int) {}
};

half::registry<room> rooms;

struct guest {
    void init(half::self<guest> self) { rooms.add(self, "lobby").or_throw(); }
};
