// refused: half::as<&encode> wants a function that takes the message of this pubsub
// A form that is made of something else.
#include <03_registry/pubsub.hpp>

// clang-format off
//! [wrong]
struct goal { std::string score; };
struct foul { std::string by; };

std::string to_text(const foul& f) { return f.by; }

half::pubsub<goal> football;

struct ticker {
    void init(half::self<ticker> self) { football.subscribe(self, "final", half::as<&to_text>); }
    void handle(half::shared<std::string>) {}
};
//! [wrong]
// clang-format on

half::ref<ticker> on(half::runtime& runtime) { return runtime.start(ticker{}); }
