// refused: door has no handler for open
// A message that the server does not handle.
#include <01_gen_server/gen_server.hpp>

struct open {};
struct close {};

struct door {
    void handle(close) {}
};

void knock(half::ref<door> server) { server.cast(open{}); }
