// refused: page has no handler for half::shared<half::presence_changes<std::basic_string<char>>>: give it handle
// A process wants to hear who comes and goes, and does not handle it.
#include <03_registry/presence.hpp>

// clang-format off
//! [wrong]
half::presence<std::string> online;

struct page {
    struct click {};

    void init(half::self<page> self) { online.subscribe(self, "lobby"); }
    void handle(click) {}
};
//! [wrong]
// clang-format on

half::ref<page> on(half::runtime& runtime) { return runtime.start(page{}); }
