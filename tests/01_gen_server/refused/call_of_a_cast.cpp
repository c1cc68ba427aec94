// refused: counter::add says no reply, so there is nothing to wait for
// A call with a message that has no reply.
#include <01_gen_server/gen_server.hpp>

struct counter {
    struct add {
        int by;
    };
    void handle(add) {}
};

half::task<> ask(half::ref<counter> server) { co_await server.call(counter::add{1}); }
