// refused: radio has no handler for goal: give it handle\(goal\)
// A process subscribes to messages that it does not handle.
#include <03_registry/pubsub.hpp>

// clang-format off
//! [wrong]
struct goal { std::string score; };

half::pubsub<goal> football;

struct radio {
    struct volume { int percent; };

    void init(half::self<radio> self) { football.subscribe(self, "final"); }
    void handle(volume) {}
};
//! [wrong]
// clang-format on

half::ref<radio> on(half::runtime& runtime) { return runtime.start(radio{}); }
