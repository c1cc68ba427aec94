// refused: a process can await a task, a call, half::sleep, half::blocking
// A process awaits something that would go on in another thread.
#include <01_gen_server/gen_server.hpp>

#include <coroutine>

struct somewhere_else {
    bool await_ready() { return false; }
    void await_suspend(std::coroutine_handle<>) {}
    void await_resume() {}
};

half::task<> wander() { co_await somewhere_else{}; }
