// refused: a job is shut down when its handle goes away
// A job whose handle nobody keeps.
#include <01_gen_server/gen_server.hpp>
#include <02_supervisor/async.hpp>

#pragma clang diagnostic error "-Wunused-result"

half::task<int> count() { co_return 1; }

struct cook {
    void init(half::self<cook> self) { half::async(self, count); }
};

void start(half::runtime& runtime) { runtime.spawn(cook{}); }
