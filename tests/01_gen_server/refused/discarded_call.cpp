// refused: nothing is asked until the call is awaited
// A call that nobody awaits.
#include <01_gen_server/gen_server.hpp>

#pragma clang diagnostic error "-Wunused-result"

struct counter {
    struct get {
        using reply = int;
    };
    int handle(get) { return 1; }
};

void ask(half::ref<counter> server) { server.call(counter::get{}); }
