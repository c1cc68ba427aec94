// refused: this registry keeps no values: there is nothing to update
// A change of a value where there are none.
#include <03_registry/registry.hpp>

struct room {
    half::registry<room> rooms;

    void handle(int, half::self<room> self) {
        rooms.update(self, "lobby", [](half::nothing&) {});
    }
};

void look(half::detail::process& here) { room{}.handle(1, half::self<room>{here}); }
