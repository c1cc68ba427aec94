// refused: node::pause says no reply, so there is nothing to wait for
// Everybody is asked something that has no answer.
#include <03_registry/groups.hpp>

// clang-format off
//! [wrong]
struct node {
    struct pause {};

    void handle(pause) {}
};

half::groups<node> nodes;

half::task<> ask() {
    co_await nodes.multi_call("workers", node::pause{});
}
//! [wrong]
// clang-format on
