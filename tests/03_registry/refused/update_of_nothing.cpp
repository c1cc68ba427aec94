// refused: this registry keeps no values: there is nothing to update
// A value is changed in a registry without values.
#include <03_registry/duplicate_registry.hpp>

// clang-format off
//! [wrong]
struct viewer {
    half::duplicate_registry<viewer> watching;

    void init(half::self<viewer> self) {
        watching.update(self, "pet", [](auto&) {});
    }
};
//! [wrong]
// clang-format on

half::ref<viewer> on(half::runtime& runtime) { return runtime.start(viewer{}); }
