// refused: a job is a coroutine: a function that returns half::task
// A plain function as a job: it would hold a worker, and not wait.
#include <01_gen_server/gen_server.hpp>
#include <02_supervisor/async.hpp>

int count(int to) { return to; }

struct cook {
    void init(half::self<cook> self) { auto job = half::async(self, count, 10); }
};

void start(half::runtime& runtime) { runtime.spawn(cook{}); }
