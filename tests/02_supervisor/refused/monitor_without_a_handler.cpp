// refused: waiter has no handler for half::down: give it handle\(half::down\)
// A monitor set by a server that does not handle half::down.
#include <01_gen_server/gen_server.hpp>
#include <02_supervisor/monitor.hpp>

struct waiter {
    half::pid kitchen;

    void init(half::self<waiter> self) { half::monitor(self, kitchen); }
};

void start(half::runtime& runtime, half::pid kitchen) { runtime.spawn(waiter{kitchen}); }
