// Asio, inside a process.
//
//     half::task<> handle(serve, half::self<session> self) {
//         std::size_t n = co_await socket.async_read_some(asio::buffer(data), half::awaited);   // throws on an error
//         auto written  = co_await asio::async_write(socket, out, half::tried);                 // expected<size_t, error>
//     }
//
//     auto line = co_await half::within(2s, asio::async_read_until(socket, in, '\n', half::tried));    // or timed_out
//
// A process is an Asio executor: what completes there runs in the process, one thing at a time, with no strand. When the
// process dies, what it awaits is cancelled and the handlers are destroyed, never run; its state and its suspended
// handler are kept until the last awaited operation has let go of their buffers, and then destroyed. (An operation that
// is started with a callback instead of a token is not known to the process: let its callback own its buffers.)
//
// In a simulated runtime there is no real I/O: asking for the io_context throws and says what to use instead.
#pragma once

#include <01_gen_server/detail/asking.hpp>

#include <boost/asio/associated_allocator.hpp>
#include <boost/asio/associated_cancellation_slot.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/execution.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/system/system_error.hpp>

#include <expected>
#include <optional>
#include <tuple>
#include <type_traits>

namespace half {

namespace asio = boost::asio;

namespace detail {

asio::io_context& io_of(engine& home);  // throws no_real_io in a simulated runtime

// Executor work is a signal: it runs even while the process waits.
template <class Work>
struct work_letter : envelope {
    Work work;
};

template <class Work>
void open_work(envelope* sealed, process&) {
    auto* letter = static_cast<work_letter<Work>*>(sealed);
    Work  work   = std::move(letter->work);
    pool_delete(letter);
    std::move(work)();
}

template <class Work>
void refuse_work(envelope* sealed, const no_answer&) noexcept {
    pool_delete(static_cast<work_letter<Work>*>(sealed));
}

template <class Work>
inline constexpr envelope_kind work_kind{&open_work<Work>, &refuse_work<Work>, "executor work", lane::signal};

}  // namespace detail

/// Thrown by real I/O in a simulated runtime.
struct no_real_io : std::logic_error {
    /// what() says what to use instead.
    no_real_io();
};

/// Lets Asio run work in a process: between its messages, and never when it is dead.
class process_executor {
public:
    explicit process_executor(detail::process& here) : id_{here.id()}, home_{here.home} {}

    /// The process.
    pid id() const { return id_; }

    /// Runs this in the process, soon.
    template <class Work>
    void execute(Work&& work) const {
        using letter = detail::work_letter<std::decay_t<Work>>;
        if (!detail::process::find(id_)) return;  // dead: the work is destroyed, never run
        detail::send(id_, detail::pool_new<letter>(detail::envelope{.kind = &detail::work_kind<std::decay_t<Work>>},
                                                   std::forward<Work>(work)));
    }

    /// What Asio asks of an executor.
    asio::execution_context& query(asio::execution::context_t) const { return detail::io_of(*home_); }
    /// What Asio asks of an executor.
    static constexpr asio::execution::blocking_t query(asio::execution::blocking_t) noexcept {
        return asio::execution::blocking.never;
    }
    /// What Asio asks of an executor.
    static constexpr asio::execution::mapping_t query(asio::execution::mapping_t) noexcept {
        return asio::execution::mapping.thread;
    }
    /// What Asio asks of an executor.
    process_executor require(asio::execution::blocking_t::never_t) const noexcept { return *this; }

    /// Of the same process.
    friend bool operator==(const process_executor& a, const process_executor& b) noexcept { return a.id_ == b.id_; }

private:
    pid             id_;
    detail::engine* home_;
};

/// The type of half::awaited.
struct awaited_t {};
/// The type of half::tried.
struct tried_t {};
/// A completion token for Asio: `co_await` gives the result; an error is thrown as boost::system::system_error.
///
/// @snippet 01_gen_server/lesson_test.cpp echo
inline constexpr awaited_t awaited{};
/// A completion token for Asio: `co_await` gives `std::expected<result, boost::system::error_code>`.
inline constexpr tried_t tried{};

}  // namespace half

// -- How it works -------------------------------------------------------------------------------------------------

namespace half::detail {

// What outlives a process that died in the middle of I/O: buffers that the operating system may still write to.
struct remains {
    void*                               state;
    const server_kind*                  kind;
    std::coroutine_handle<root_promise> handler;
    engine*                             home;
    pid                                 who;
    exit_reason                         reason;
    const envelope_kind*                last;        // that it handled
    std::atomic<int>                    holders;     // the operations, and for a while the process itself
    std::unique_ptr<exit_hook>          hooks = {};  // to be told when the state is gone

    void release() noexcept;
};

// An Asio operation under way. It lives in the frame of the coroutine that waits for it.
struct io_wait {
    asio::cancellation_signal cancel;
    remains*                  heir     = nullptr;  // set when the process dies first
    bool                      starting = false;
    bool                      late     = false;  // its deadline passed, and it was cancelled for that
};

template <class... Results>
struct io_state : wait {
    io_wait                               operation;
    std::optional<std::tuple<Results...>> results;

    io_state() {
        io     = &operation;
        expire = [](wait& w) {
            w.io->late = true;
            w.io->cancel.emit(asio::cancellation_type::terminal);
            return false;  // it completes by itself, soon
        };
    }
};

// The completion handler: runs in the process, or is destroyed without running when the process is dead.
template <class... Results>
class io_handler {
public:
    using executor_type          = process_executor;
    using cancellation_slot_type = asio::cancellation_slot;

    io_handler(io_state<Results...>& state, process& here) : state_{&state}, executor_{here} {}
    io_handler(io_handler&& other) noexcept
        : state_{std::exchange(other.state_, nullptr)}, executor_{other.executor_} {}
    ~io_handler() {
        if (state_ && state_->operation.heir) state_->operation.heir->release();
    }

    executor_type          get_executor() const noexcept { return executor_; }
    cancellation_slot_type get_cancellation_slot() const noexcept { return state_->operation.cancel.slot(); }

    void operator()(Results... results) {
        auto& state = *std::exchange(state_, nullptr);
        state.results.emplace(std::move(results)...);
        if (!state.operation.starting) state.owner->resume(state);
    }

private:
    io_state<Results...>* state_;
    process_executor      executor_;
};

template <class... Values>
auto only(std::tuple<Values...> t) {
    if constexpr (sizeof...(Values) == 0) return;
    else if constexpr (sizeof...(Values) == 1) return std::get<0>(std::move(t));
    else return t;
}

template <bool Throws, class Initiation, class Arguments, class... Results>
class [[nodiscard("co_await the operation: nothing is started otherwise")]] io_operation {
public:
    using waits_in_a_process = void;

    io_operation(Initiation start, Arguments arguments) : start_{std::move(start)}, arguments_{std::move(arguments)} {}
    io_operation(io_operation&& other) noexcept(std::is_nothrow_move_constructible_v<Initiation>
                                                && std::is_nothrow_move_constructible_v<Arguments>)
        : start_{std::move(other.start_)}, arguments_{std::move(other.arguments_)}, timeout_{other.timeout_} {}

    bool await_ready() const noexcept { return false; }

    template <class Promise>
    bool await_suspend(std::coroutine_handle<Promise> waiter) {
        process& me = *waiter.promise().home;
        me.expect(state_, waiter, nullptr, deadline_in(me, timeout_));
        state_.operation.starting = true;
        std::apply(
            [&](auto&&... arguments) {
                std::move(start_)(io_handler<Results...>{state_, me}, std::forward<decltype(arguments)>(arguments)...);
            },
            std::move(arguments_));
        state_.operation.starting = false;
        if (state_.results) state_.unlink();  // it was done before it began
        return !state_.results;
    }

    void expires_after(duration timeout) { timeout_ = timeout; }

    auto await_resume() {
        if constexpr (first_is_error()) {
            auto [error, rest] = split(std::move(*state_.results));
            using value        = decltype(only(std::move(rest)));
            if (error && state_.operation.late) error = asio::error::timed_out;
            if constexpr (Throws) {
                if (error) throw boost::system::system_error{error};
                return only(std::move(rest));
            } else {
                using result = std::expected<value, boost::system::error_code>;
                if (error) return result{std::unexpected{error}};
                if constexpr (std::is_void_v<value>) return result{};
                else return result{only(std::move(rest))};
            }
        } else {
            return only(std::move(*state_.results));
        }
    }

private:
    static constexpr bool first_is_error() {
        if constexpr (sizeof...(Results) == 0) return false;
        else return std::is_same_v<std::tuple_element_t<0, std::tuple<Results...>>, boost::system::error_code>;
    }
    template <class Error, class... Rest>
    static auto split(std::tuple<Error, Rest...> all) {
        return std::apply(
            [](Error error, Rest&&... rest) { return std::pair{error, std::tuple<Rest...>{std::move(rest)...}}; },
            std::move(all));
    }

    Initiation           start_;
    Arguments            arguments_;
    duration             timeout_ = forever;
    io_state<Results...> state_;
};

template <bool Throws, class... Results>
struct io_result {
    template <class Initiation, class Token, class... Arguments>
    static auto initiate(Initiation&& start, Token&&, Arguments&&... arguments) {
        using kept = std::tuple<std::decay_t<Arguments>...>;
        return io_operation<Throws, std::decay_t<Initiation>, kept, std::decay_t<Results>...>{
            std::forward<Initiation>(start), kept{std::forward<Arguments>(arguments)...}};
    }
};

}  // namespace half::detail

template <class... Results>
struct boost::asio::async_result<half::awaited_t, void(Results...)> : half::detail::io_result<true, Results...> {};
template <class... Results>
struct boost::asio::async_result<half::tried_t, void(Results...)> : half::detail::io_result<false, Results...> {};

namespace half {

/// Gives an operation a deadline: when it passes, the operation is cancelled and fails with asio::error::timed_out.
template <class Operation>
[[nodiscard]] Operation within(duration timeout, Operation operation) {
    operation.expires_after(timeout);
    return operation;
}

}  // namespace half
