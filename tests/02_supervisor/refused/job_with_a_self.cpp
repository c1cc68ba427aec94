// refused: a self is good in its own process only: give the job a ref
// A job that would do in another process what only this one may do.
#include <01_gen_server/gen_server.hpp>
#include <02_supervisor/async.hpp>

struct cook;
half::task<> rest(half::self<cook> self);

struct cook {
    void init(half::self<cook> self) { auto job = half::async(self, rest, self); }
};

half::task<> rest(half::self<cook> self) {
    self.stop();
    co_return;
}

void start(half::runtime& runtime) { runtime.spawn(cook{}); }
