// refused: the name may be taken
// Nobody looks whether the name was free.
#include <03_registry/registry.hpp>

#pragma clang diagnostic error "-Wunused-result"

struct room {
    half::registry<room> rooms;

    void init(half::self<room> self) { rooms.add(self, "lobby"); }
    void handle(int) {}
};
