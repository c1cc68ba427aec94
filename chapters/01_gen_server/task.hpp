// A task is a coroutine that runs inside a process: a handler that wants to wait returns one.
//
//     half::task<int> handle(total) {
//         int a = co_await left.call(counter::get{});
//         int b = co_await right.call(counter::get{});
//         co_return a + b;
//     }
//
// While it waits, the process handles no other message: its state is as it was left. Mail queues up; answers, timers
// and exits still arrive. A task starts when it is awaited. What can be awaited: another task, a call, half::sleep,
// half::blocking, and an Asio operation with the token half::awaited (executor.hpp).
#pragma once

#include <01_gen_server/detail/process.hpp>

#include <coroutine>
#include <exception>
#include <optional>
#include <utility>
#include <variant>

namespace half {

template <class T = void>
class task;
template <class Reply>
class from;

namespace detail {

// Every coroutine of a process knows the process: that is how an operation finds out who waits.
struct promise_base {
    process*                home   = nullptr;
    std::coroutine_handle<> caller = std::noop_coroutine();

    static void* operator new(std::size_t n) { return pool_take(n); }
    static void  operator delete(void* frame, std::size_t n) noexcept { pool_give(frame, n); }
};

// Only what belongs to the process can be awaited in it: a foreign awaitable would go on in some other thread.
template <class Awaitable>
concept awaitable_in_a_process = requires { typename std::remove_cvref_t<Awaitable>::waits_in_a_process; };

struct back_to_caller {
    bool await_ready() const noexcept { return false; }
    template <class Promise>
    std::coroutine_handle<> await_suspend(std::coroutine_handle<Promise> done) const noexcept {
        return done.promise().caller;
    }
    void await_resume() const noexcept {}
};

struct task_promise_base : promise_base {
    std::exception_ptr thrown;

    std::suspend_always initial_suspend() const noexcept { return {}; }
    back_to_caller      final_suspend() const noexcept { return {}; }
    void                unhandled_exception() noexcept { thrown = std::current_exception(); }

    template <class Awaitable>
    Awaitable&& await_transform(Awaitable&& a) {
        static_assert(awaitable_in_a_process<Awaitable>,
                      "a process can await a task, a call, half::sleep, half::blocking, "
                      "or an Asio operation with the token half::awaited");
        return static_cast<Awaitable&&>(a);
    }
};

template <class T>
struct task_promise : task_promise_base {
    std::optional<T> value;

    task<T> get_return_object();
    template <class U>
    void return_value(U&& v) {
        value.emplace(std::forward<U>(v));
    }
    T take() {
        if (thrown) std::rethrow_exception(thrown);
        return std::move(*value);
    }
};

template <>
struct task_promise<void> : task_promise_base {
    task<void> get_return_object();
    void       return_void() {}
    void       take() {
        if (thrown) std::rethrow_exception(thrown);
    }
};

}  // namespace detail

/// A coroutine that runs inside a process and comes to a T.
///
/// @snippet 01_gen_server/demo.cpp kitchen
template <class T>
class [[nodiscard("a task does nothing until it is awaited")]] task {
public:
    using promise_type       = detail::task_promise<T>;
    using waits_in_a_process = void;

    explicit task(std::coroutine_handle<promise_type> frame) : frame_{frame} {}
    task(task&& other) noexcept : frame_{std::exchange(other.frame_, {})} {}
    task& operator=(task&& other) noexcept {
        std::swap(frame_, other.frame_);
        return *this;
    }
    ~task() {
        if (frame_) frame_.destroy();
    }

    bool await_ready() const noexcept { return false; }
    template <class Promise>
    std::coroutine_handle<> await_suspend(std::coroutine_handle<Promise> caller) noexcept {
        frame_.promise().home   = caller.promise().home;
        frame_.promise().caller = caller;
        return frame_;
    }
    T await_resume() { return frame_.promise().take(); }

private:
    std::coroutine_handle<promise_type> frame_;
};

namespace detail {

// What a task or a function came to.
template <class T>
struct outcome {
    std::exception_ptr                                                      thrown;
    std::optional<std::conditional_t<std::is_void_v<T>, std::monostate, T>> value;
};

template <class T>
inline constexpr bool is_task = false;
template <class T>
inline constexpr bool is_task<task<T>> = true;

template <class T>
task<T> task_promise<T>::get_return_object() {
    return task<T>{std::coroutine_handle<task_promise>::from_promise(*this)};
}
inline task<void> task_promise<void>::get_return_object() {
    return task<void>{std::coroutine_handle<task_promise>::from_promise(*this)};
}

// The outermost coroutine of a handler at work: it owns the message while the handler waits, and answers the caller.
struct root_promise;

struct root {
    using promise_type = root_promise;
    std::coroutine_handle<root_promise> frame;
};

struct root_promise : task_promise_base {
    // Its first parameter is its process; its last may be the caller, who is told when the process dies.
    template <class... Parameters>
    explicit root_promise(process& p, Parameters&&... more) {
        home = &p;
        (remember_caller(more), ...);
    }

    void tell_caller(const no_answer& why) {
        if (tell_) tell_(caller_, why);
    }

    root                get_return_object() { return {std::coroutine_handle<root_promise>::from_promise(*this)}; }
    std::suspend_never  initial_suspend() const noexcept { return {}; }
    std::suspend_always final_suspend() const noexcept { return {}; }
    void                return_void() {}

    const envelope_kind* handling = nullptr;  // the message

private:
    template <class Parameter>
    void remember_caller(Parameter&) {}
    template <class Reply>
    void remember_caller(from<Reply>& asker) {
        caller_ = &asker;
        tell_   = [](void* who, const no_answer& why) { static_cast<from<Reply>*>(who)->fail(why); };
    }

    void* caller_                          = nullptr;
    void (*tell_)(void*, const no_answer&) = nullptr;
};

}  // namespace detail
}  // namespace half
