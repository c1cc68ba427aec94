// refused: a plain handler cannot wait for an answer: let it return half::task
// A handler that is no task uses the answer to a call.
#include <01_gen_server/gen_server.hpp>

struct counter {
    struct get {
        using reply = int;
    };
    int handle(get) { return 1; }
};

struct reader {
    struct read {
        using reply = int;
    };
    half::ref<counter> server;

    int handle(read) { return server.call(counter::get{}); }
};

int main() {
    half::runtime runtime;
    return runtime.call(runtime.start(reader{runtime.start(counter{})}), reader::read{});
}
