// refused: nothing is started until it is awaited
// A linked start that nobody awaits.
#include <01_gen_server/gen_server.hpp>
#include <02_supervisor/link.hpp>

#pragma clang diagnostic error "-Wunused-result"

struct stove {
    void init() {}
};

struct cook {
    void init(half::self<cook> self) { half::start_link(self, stove{}); }
};

void start(half::runtime& runtime) { runtime.spawn(cook{}); }
