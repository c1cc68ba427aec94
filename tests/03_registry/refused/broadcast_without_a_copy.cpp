// refused: each receiver gets a copy of this message, and it cannot be copied: let it hold a half::shared
// One message to many, of which there is only one.
#include <03_registry/pubsub.hpp>

#include <memory>

struct goal {
    std::unique_ptr<int> score;
};

half::pubsub<goal> football;

struct fan {
    void init(half::self<fan> self) { football.subscribe(self, "final"); }
    void handle(goal) {}
};

void play(half::runtime& runtime) {
    runtime.spawn(fan{});
    football.broadcast("final", goal{});
}
