// refused: node has no handler for node::resume: give it handle\(node::resume\)
// A group is told what its members do not handle.
#include <03_registry/groups.hpp>

// clang-format off
//! [wrong]
struct node {
    struct pause {};
    struct resume {};

    void handle(pause) {}
};

half::groups<node> nodes;

void go_on() {
    nodes.publish("workers", node::resume{});
}
//! [wrong]
// clang-format on
