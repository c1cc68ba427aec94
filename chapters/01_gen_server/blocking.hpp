// Work that blocks, away from the workers.
//
//     auto rows = co_await half::blocking([path] { return read_whole_file(path); });
//
// It runs on a small pool of threads of its own (runtime_options::blocking_threads), waits in a bounded line when all
// are busy, and is counted (runtime::stats). What it returns comes back as an answer; what it throws is thrown here. The
// function is moved into the pool: let it own what it needs.
// When its process dies, work that still waits in line is dropped; work that runs cannot be stopped, but a function that
// takes a std::stop_token can ask whether anybody still wants the result.
// In a simulated runtime the function runs at once, on the one thread.
#pragma once

#include <01_gen_server/detail/asking.hpp>

#include <exception>
#include <functional>
#include <memory>
#include <stop_token>
#include <type_traits>
#include <utility>

namespace half {

/// Thrown when the line is full.
struct blocking_pool_full : std::runtime_error {
    /// Both numbers go into what().
    blocking_pool_full(std::size_t running, std::size_t waiting);
};

namespace detail {

struct blocking_job {
    virtual ~blocking_job() = default;
    virtual void run()      = 0;
    virtual void answer()   = 0;  // afterwards, when it has been counted as done

    std::stop_source cancelled;
};

// Throws blocking_pool_full.
void submit(engine& home, std::shared_ptr<blocking_job> job);

template <class Function>
auto run_blocking(Function& f, std::stop_token stop) {
    if constexpr (std::is_invocable_v<Function&, std::stop_token>) return f(std::move(stop));
    else return f();
}

template <class Function>
class [[nodiscard("co_await it: nothing runs otherwise")]] blocking_call {
    using value = decltype(run_blocking(std::declval<Function&>(), std::stop_token{}));

    struct job final : blocking_job {
        Function             function;
        from<outcome<value>> asker;
        outcome<value>       result = {};

        job(Function f, ticket who) : function{std::move(f)}, asker{who} {}
        void run() override {
            try {
                if constexpr (std::is_void_v<value>)
                    run_blocking(function, cancelled.get_token()), result.value.emplace();
                else result.value.emplace(run_blocking(function, cancelled.get_token()));
            } catch (...) {
                result.thrown = std::current_exception();
            }
        }
        void answer() override { asker.reply(std::move(result)); }
    };

public:
    using waits_in_a_process = void;

    explicit blocking_call(Function f) : function_{std::move(f)} {}
    blocking_call(blocking_call&& other) noexcept(std::is_nothrow_move_constructible_v<Function>)
        : function_{std::move(other.function_)} {}
    ~blocking_call() {
        if (job_) job_->cancelled.request_stop();  // nobody waits for it any more
    }

    bool await_ready() const noexcept { return false; }
    template <class Promise>
    void await_suspend(std::coroutine_handle<Promise> waiter) {
        process& me = *waiter.promise().home;
        me.expect(wait_, waiter, &reply_kind<outcome<value>>, 0);
        job_ = std::make_shared<job>(std::move(function_), ticket{me.id(), wait_.question});
        try {
            submit(*me.home, job_);
        } catch (...) {
            wait_.unlink();
            throw;
        }
    }
    value await_resume() {
        if (!*wait_.result) throw call_failed{{}, "blocking work", wait_.result->error()};  // the pool is closing
        auto& result = **wait_.result;
        if (result.thrown) std::rethrow_exception(result.thrown);
        if constexpr (!std::is_void_v<value>) return std::move(*result.value);
    }

private:
    Function                   function_;
    std::shared_ptr<job>       job_;
    reply_wait<outcome<value>> wait_;
};

}  // namespace detail

/// Runs a function on a thread that may block: `co_await` what it returns.
///
/// @snippet 01_gen_server/lesson_test.cpp archive
template <class Function>
detail::blocking_call<Function> blocking(Function f) {
    return detail::blocking_call<Function>{std::move(f)};
}

}  // namespace half
