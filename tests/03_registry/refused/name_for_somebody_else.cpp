// refused: no viable conversion from 'half::ref<room>' to 'const self<room>'
// A process gives itself a name; nobody else can.
#include <03_registry/registry.hpp>

struct room {
    void handle(int) {}
};

half::registry<room> rooms;

void name(half::ref<room> lobby) { rooms.add(lobby, "lobby").or_throw(); }
