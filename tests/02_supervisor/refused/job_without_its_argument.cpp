// refused: this cannot be called with these arguments
// A job whose coroutine wants more than it is given.
#include <01_gen_server/gen_server.hpp>
#include <02_supervisor/async.hpp>

half::task<int> count(int to) { co_return to; }

struct cook {
    void init(half::self<cook> self) { auto job = half::async(self, count); }
};

void start(half::runtime& runtime) { runtime.spawn(cook{}); }
