// refused: browser has no handler for half::shared<frame>: give it handle\(half::shared<frame>\)
// A process wants frames, and handles the message that they are made of.
#include <03_registry/pubsub.hpp>

// clang-format off
//! [wrong]
struct goal  { std::string score; };
struct frame { std::string bytes; };

frame to_frame(const goal& g) { return {g.score}; }

half::pubsub<goal> football;

struct browser {
    void init(half::self<browser> self) { football.subscribe(self, "final", half::as<&to_frame>); }
    void handle(goal) {}
};
//! [wrong]
// clang-format on

half::ref<browser> on(half::runtime& runtime) { return runtime.start(browser{}); }
