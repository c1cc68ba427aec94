// refused: a task does nothing until it is awaited
// A task that nobody awaits.
#include <01_gen_server/gen_server.hpp>

#pragma clang diagnostic error "-Wunused-result"

half::task<> wait() { co_await half::sleep(std::chrono::seconds{1}); }

half::task<> forget() {
    wait();
    co_return;
}
