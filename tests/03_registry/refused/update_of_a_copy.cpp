// refused: update\(\) wants a function that changes the value it is given
// A change that returns what it should have changed.
#include <03_registry/registry.hpp>

struct room;
half::registry<room, std::string, int> rooms;

struct room {
    void init(half::self<room> self) {
        rooms.add(self, "lobby", 1).or_throw();
        rooms.update(self, "lobby", [](int guests) { return guests + 1; });
    }
    void handle(int) {}
};

void open(half::runtime& runtime) { runtime.spawn(room{}); }
