// refused: counter has no handler for counter::sub: give it handle\(counter::sub\)
// A message that the server does not handle.
#include <01_gen_server/gen_server.hpp>

// clang-format off
//! [wrong]
struct counter {
    struct add { int by; };
    struct sub { int by; };

    int count = 0;

    void handle(add m) { count += m.by; }
};

void pay(half::ref<counter> purse) {
    purse.cast(counter::sub{.by = 1});
}
//! [wrong]
// clang-format on
