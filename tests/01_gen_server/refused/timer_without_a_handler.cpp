// refused: door has no handler for open
// A timer for a message that the server does not handle.
#include <01_gen_server/gen_server.hpp>

struct open {};

struct door {
    void init(half::self<door> self) { self.send_after(std::chrono::seconds{1}, open{}); }
};

void start(half::runtime& runtime) { runtime.spawn(door{}); }
