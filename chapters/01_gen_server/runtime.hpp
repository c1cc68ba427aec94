// A runtime: the workers, the clock and the slots that processes live in.
//
//     half::runtime runtime;                                   // one worker per core
//     auto server = runtime.start(counter{.count = 41});
//     int  n      = runtime.call(server, counter::get{});      // outside processes a call may block
//     int  m      = runtime.run(conversation(server));         // or run a whole task, as a process of its own
//
// A simulated runtime has one thread, virtual time, and draws from a seed who runs next. The same seed gives the same
// run, message for message; another seed gives another. Tests of processes never wait for real time:
//
//     half::runtime sim{half::simulated{.seed = 7}};
//     auto front = sim.start(door{});
//     sim.settle();                                            // run until nobody has anything left to do
//     sim.advance(10s);                                        // and now ten seconds pass, at once
//
// The destructor ends every process and returns when they are gone; a handler that never returns is left behind. Threads
// of your own, and other runtimes, must have stopped sending to its processes by then; a pid kept longer is harmless.
#pragma once

#include <01_gen_server/birth.hpp>
#include <01_gen_server/self.hpp>
#include <01_gen_server/sys.hpp>

#include <chrono>
#include <concepts>
#include <exception>
#include <functional>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>

namespace half {

/// What can be said about a runtime with real workers; all of it has a default.
struct runtime_options {
    unsigned    workers          = 0;           ///< 0: one per core.
    std::size_t max_processes    = 16'000'000;  ///< One more, and too_many_processes is thrown.
    std::size_t blocking_threads = 8;           ///< For half::blocking; made when first needed.
    std::size_t blocking_line    = 10'000;      ///< Work that may wait for one of them.

    std::chrono::milliseconds long_handler{100};    ///< A handler that runs longer is reported.
    std::chrono::milliseconds kill_deadline{5000};  ///< A killed handler that runs longer is left behind.
    std::chrono::milliseconds stop_deadline{5000};  ///< What the destructor waits for handlers and blocking work.

    /// Where reports go; stderr when empty. Called on the thread where it happened.
    std::function<void(const report&)> on_report = {};
};

/// Asks for a simulated runtime: one thread, virtual time.
///
/// @snippet 01_gen_server/demo.cpp simulated
struct simulated {
    std::uint64_t seed = 1;  ///< Says who runs next. The same seed gives the same run.

    std::size_t                        max_processes = 16'000'000;  ///< As in runtime_options.
    std::function<void(const report&)> on_report     = {};          ///< As in runtime_options.
};

/// Thrown when a simulated run can go nowhere: everybody waits and no timer is set.
struct nothing_left_to_do : std::logic_error {
    /// Who waits goes into what().
    explicit nothing_left_to_do(std::string who_waits);
};

/// The workers, the clock and the slots that processes live in.
///
/// @snippet 01_gen_server/demo.cpp use
class runtime {
public:
    /// With real workers and real time.
    explicit runtime(runtime_options options = {});
    /// With one thread and virtual time.
    explicit runtime(std::same_as<simulated> auto options) : runtime{simulation{std::move(options)}} {}
    /// Ends every process, and returns when they are gone.
    ~runtime();
    runtime(const runtime&)            = delete;
    runtime& operator=(const runtime&) = delete;

    /// Starts a server and waits for its init(); throws start_failed.
    template <class Server>
    ref<Server> start(Server server);
    /// Starts a server and does not wait for its init().
    ///
    /// @snippet 01_gen_server/demo.cpp clerks
    template <class Server>
    ref<Server> spawn(Server server) {
        return detail::spawn(*engine_, std::move(server));
    }

    /// Runs a task as a process of its own and waits until it is done; what it throws is thrown here.
    /// Outside processes only: in one it would block a worker, so there it throws std::logic_error.
    template <class T>
    T run(task<T> body);

    /// A call from a plain thread: blocks until the answer comes; throws call_failed when none does. (In a handler it is
    /// `co_await server.call(...)`.)
    template <class Server, class Message>
    typename Message::reply call(ref<Server> server, Message message, duration timeout = patience_of<Message>);
    /// The same, but returns which it was: an answer, or why none came.
    template <class Server, class Message>
    answer<typename Message::reply> try_call(ref<Server> server, Message message,
                                             duration timeout = patience_of<Message>);

    /// The time since the runtime began, on its own clock.
    time_point now() const;
    /// Simulated only: runs what can run now, until nobody has anything left to do. No time passes.
    ///
    /// @snippet 01_gen_server/lesson_test.cpp door_test
    void settle();
    /// Simulated only: lets time pass and runs everything that comes due, in order.
    void advance(duration time);

    /// Who lives, at this moment.
    std::vector<pid> processes() const;
    /// What there is to know of a process; nothing when it is not there.
    ///
    /// @snippet 01_gen_server/lesson_test.cpp info
    std::optional<process_info> info(pid who);
    /// Counts of what is there.
    statistics stats() const;

    /// For sockets; throws no_real_io when simulated. Its threads are the workers.
    asio::io_context& io();

    /// For the chapters above.
    detail::engine& engine() { return *engine_; }

private:
    // So that `runtime{{.workers = 2}}` can only mean runtime_options.
    struct simulation {
        simulated options;
    };
    explicit runtime(simulation what);

    std::unique_ptr<detail::engine, void (*)(detail::engine*)> engine_;
};

// -- How it works -------------------------------------------------------------------------------------------------

namespace detail {

// Where an outside thread waits for a process.
class latch {
public:
    virtual ~latch()          = default;
    virtual bool done() const = 0;
    virtual void open()       = 0;
    virtual void wait()       = 0;
};

// The server that runs a task for an outside thread: all of it happens in init().
template <class T>
struct script {
    task<T>                     body;
    std::shared_ptr<outcome<T>> result;
    std::shared_ptr<latch>      finished;

    script(task<T> b, std::shared_ptr<outcome<T>> r, std::shared_ptr<latch> f)
        : body{std::move(b)}, result{std::move(r)}, finished{std::move(f)} {}
    script(script&&) noexcept = default;
    ~script() {
        if (!finished) return;
        { auto gone = std::move(body); }  // before anyone goes on: it may refer to what the waiting thread owns
        finished->open();                 // also when it was killed: then there is neither value nor exception
    }

    task<> init(self<script> me) {
        try {
            if constexpr (std::is_void_v<T>) co_await std::move(body), result->value.emplace();
            else result->value.emplace(co_await std::move(body));
        } catch (...) {
            result->thrown = std::current_exception();
        }
        me.stop();
    }
};

std::shared_ptr<latch> make_latch(engine& home);
// In a simulated runtime this runs it. When it throws, the script has been ended: it may refer to what its caller owns.
void wait_for(engine& home, latch& finished, pid script);

template <class Server, class Message>
task<typename Message::reply> one_call(ref<Server> server, Message message, duration timeout) {
    co_return co_await server.call(std::move(message), timeout);
}
template <class Server, class Message>
task<answer<typename Message::reply>> one_try_call(ref<Server> server, Message message, duration timeout) {
    co_return co_await server.try_call(std::move(message), timeout);
}
template <class Server>
task<ref<Server>> one_start(Server server) {
    co_return co_await pending_start<Server>{std::move(server)};
}

}  // namespace detail

template <class T>
T runtime::run(task<T> body) {
    auto       finished = detail::make_latch(*engine_);
    auto       result   = std::make_shared<detail::outcome<T>>();
    const auto runs     = spawn(detail::script<T>{std::move(body), result, finished});
    detail::wait_for(*engine_, *finished, runs);
    if (result->thrown) std::rethrow_exception(result->thrown);
    if (!result->value) throw std::runtime_error{"the task was killed before it was done"};
    if constexpr (!std::is_void_v<T>) return std::move(*result->value);
}

template <class Server>
ref<Server> runtime::start(Server server) {
    return run(detail::one_start(std::move(server)));
}

template <class Server, class Message>
typename Message::reply runtime::call(ref<Server> server, Message message, duration timeout) {
    return run(detail::one_call(server, std::move(message), timeout));
}

template <class Server, class Message>
answer<typename Message::reply> runtime::try_call(ref<Server> server, Message message, duration timeout) {
    return run(detail::one_try_call(server, std::move(message), timeout));
}

}  // namespace half
