// refused: room has no handler for room::shout: give it handle\(room::shout\)
// A message that whoever has the name does not handle.
#include <03_registry/via.hpp>

struct room {
    struct say {};
    struct shout {};
    void handle(say) {}
};

half::registry<room> rooms;

void shout() { half::via{rooms, "lobby"}.cast(room::shout{}); }
