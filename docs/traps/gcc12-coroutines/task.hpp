// The smallest task that can be awaited, and a counter of what is alive: nothing but the compiler is on trial.
#pragma once

#include <coroutine>
#include <cstdio>
#include <exception>
#include <utility>

template <class T>
struct task {
    struct promise_type {
        T                       value{};
        std::coroutine_handle<> caller = std::noop_coroutine();

        struct resume_caller {
            bool                    await_ready() noexcept { return false; }
            std::coroutine_handle<> await_suspend(std::coroutine_handle<promise_type> h) noexcept {
                return h.promise().caller;
            }
            void await_resume() noexcept {}
        };

        task get_return_object() { return task{std::coroutine_handle<promise_type>::from_promise(*this)}; }
        std::suspend_always initial_suspend() noexcept { return {}; }
        resume_caller       final_suspend() noexcept { return {}; }
        void                return_value(T v) { value = std::move(v); }
        void                unhandled_exception() { std::terminate(); }
    };

    std::coroutine_handle<promise_type> handle;

    explicit task(std::coroutine_handle<promise_type> h) : handle{h} {}
    task(task&& other) noexcept : handle{std::exchange(other.handle, {})} {}
    ~task() {
        if (handle) handle.destroy();
    }

    bool                    await_ready() { return false; }
    std::coroutine_handle<> await_suspend(std::coroutine_handle<> caller) {
        handle.promise().caller = caller;
        return handle;
    }
    T await_resume() { return std::move(handle.promise().value); }
};

// Counts: when all is over, as many were destroyed as were constructed.
inline int alive = 0;

struct tracked {
    int id = 0;
    tracked(int i) : id{i} { ++alive; }
    tracked(const tracked& other) : id{other.id} { ++alive; }
    tracked(tracked&& other) noexcept : id{other.id} { ++alive; }
    tracked& operator=(const tracked&) = default;
    ~tracked() { --alive; }
};

// Really suspends; verdict() resumes it.
inline std::coroutine_handle<> parked;

struct park {
    bool await_ready() { return false; }
    void await_suspend(std::coroutine_handle<> h) { parked = h; }
    void await_resume() {}
};

inline task<int> hop() {
    co_await park{};
    co_return 1;
}

// Runs a coroutine to its end and says in one word how it went.
inline int verdict(task<int> (*coroutine)()) {
    bool finished = false;
    {
        auto t = coroutine();
        t.handle.resume();
        while (parked) std::exchange(parked, {}).resume();
        finished = t.handle.done();
    }
    if (alive < 0) return std::puts("destroyed twice"), 1;
    if (!finished) return std::puts("never finished"), 1;
    if (alive > 0) return std::puts("leaked"), 1;
    return std::puts("ok"), 0;
}
