// How a server comes to life.
//
//     auto server = runtime.start(counter{.count = 41});      // outside: waits for init()
//     auto server = runtime.spawn(counter{.count = 41});      // does not wait
//     auto child  = co_await self.start(counter{});           // in a task: waits for init()
//     auto child  = self.spawn(counter{});                    // in any handler: does not wait
//
// A server is any struct with handle() overloads, or just an init(). It lives on until it stops, dies or its runtime
// ends. The runtime moves the struct in, and then calls, as far as it has them,
//
//     init()                     or init(self): runs before anything else it is sent. May throw, may be a task.
//     handle(message...)         one at a time
//     terminate(exit_reason)     or terminate(exit_reason, self): runs when it stops or crashes; not when it is killed,
//                                not when it is ended while a handler waits, and not when init() threw
//
// start_failed says why init() refused.
#pragma once

#include <01_gen_server/detail/asking.hpp>
#include <01_gen_server/detail/letters.hpp>
#include <01_gen_server/ref.hpp>

#include <memory>
#include <stdexcept>

namespace half {

/// What start() throws when init() did not come to its end.
///
/// @snippet 01_gen_server/demo.cpp clerk
struct start_failed : std::runtime_error {
    exit_reason reason;  ///< Why init() refused.

    /// The name of the server goes into what().
    start_failed(std::string_view server, exit_reason why);
};

/// Thrown when a runtime is full: see runtime_options::max_processes.
struct too_many_processes : std::runtime_error {
    /// The limit goes into what().
    explicit too_many_processes(std::size_t limit);
};

namespace detail {

template <class Server, class Newborn>
root drive_init(process& here, Newborn newborn) {
    auto& server = here.state_as<Server>();
    if constexpr (requires { server.init(self<Server>{here}); }) co_await server.init(self<Server>{here});
    else co_await server.init();
    here.born();
    newborn.reply();
}

template <class Server, class Newborn>
void run_init(process& here, Newborn& newborn) {
    auto& server = here.state_as<Server>();
    if constexpr (requires { server.init(self<Server>{here}); }) {
        if constexpr (is_task<decltype(server.init(self<Server>{here}))>)
            return here.begin(drive_init<Server>(here, std::move(newborn)).frame);
        else server.init(self<Server>{here});
    } else if constexpr (requires { server.init(); }) {
        if constexpr (is_task<decltype(server.init())>)
            return here.begin(drive_init<Server>(here, std::move(newborn)).frame);
        else server.init();
    }
    here.born();
    newborn.reply();
}

template <class Server>
root drive_terminate(process& here, exit_reason reason, owed_answers) {
    auto& server = here.state_as<Server>();
    if constexpr (requires { server.terminate(reason, self<Server>{here}); })
        co_await server.terminate(reason, self<Server>{here});
    else co_await server.terminate(reason);
}

template <class Server>
void run_terminate(process& here, const exit_reason& reason) {
    auto& server = here.state_as<Server>();
    if constexpr (requires { server.terminate(reason, self<Server>{here}); }) {
        if constexpr (is_task<decltype(server.terminate(reason, self<Server>{here}))>)
            here.begin(drive_terminate<Server>(here, reason, owed_answers{}).frame);
        else server.terminate(reason, self<Server>{here});
    } else {
        if constexpr (is_task<decltype(server.terminate(reason))>)
            here.begin(drive_terminate<Server>(here, reason, owed_answers{}).frame);
        else server.terminate(reason);
    }
}

template <class Server>
concept has_terminate = requires(Server& s, exit_reason r) { s.terminate(r); }
                        || requires(Server& s, exit_reason r, self<Server> me) { s.terminate(r, me); };

template <class Server>
std::string describe_state(const void* state) {
    const auto& server = *static_cast<const Server*>(state);
    if constexpr (requires {
                      { server.describe() } -> std::convertible_to<std::string>;
                  })
        return server.describe();
    else if constexpr (fmt::is_formattable<Server>::value) return fmt::format("{}", server);
    else
        return fmt::format("{} of {} bytes (give it `std::string describe() const` to see more)", type_name<Server>(),
                           sizeof(Server));
}

template <class Server>
void trap_exit(process& here, exit_signal& signal) {
    run_cast<Server>(here, signal);
}

template <class Server>
constexpr server_kind describe_server() {
    server_kind kind{.name      = type_name<Server>(),
                     .terminate = nullptr,
                     .destroy   = [](void* state) noexcept { pool_delete(static_cast<Server*>(state)); },
                     .describe  = &describe_state<Server>,
                     .trap      = nullptr};
    if constexpr (has_terminate<Server>) kind.terminate = &run_terminate<Server>;
    if constexpr (handles<Server, exit_signal>) kind.trap = &trap_exit<Server>;
    return kind;
}

template <class Server>
inline constexpr server_kind kind_of = describe_server<Server>();

// A state that its parent has made. (Any other way to make one is a function that returns it.)
template <class Server>
struct ready_made {
    struct back_to_pool {
        void operator()(Server* unborn) const noexcept { pool_delete(unborn); }
    };
    std::unique_ptr<Server, back_to_pool> state;

    explicit ready_made(Server server) : state{pool_new<Server>(std::move(server))} {}
};

// The first envelope of every process. It brings the state, so that nobody but its turn ever touches it.
template <class Server, class Make, class Newborn>
struct birth_letter : envelope {
    [[no_unique_address]] Newborn newborn;
    [[no_unique_address]] Make    make;
};

template <class Server, class Make, class Newborn>
void open_birth(envelope* sealed, process& here) {
    auto* letter  = static_cast<birth_letter<Server, Make, Newborn>*>(sealed);
    auto  newborn = std::move(letter->newborn);
    auto  make    = std::move(letter->make);
    pool_delete(letter);
    if constexpr (std::is_same_v<Make, ready_made<Server>>) here.state = make.state.release();
    else here.state = pool_new<Server>(make());
    run_init<Server>(here, newborn);
}

template <class Server, class Make, class Newborn>
void refuse_birth(envelope* sealed, const no_answer&) noexcept {
    pool_delete(static_cast<birth_letter<Server, Make, Newborn>*>(sealed));
}

template <class Server, class Make, class Newborn>
inline constexpr envelope_kind birth_kind{
    &open_birth<Server, Make, Newborn>, &refuse_birth<Server, Make, Newborn>, "init", lane::signal, false, false, true};

process& new_process(engine& home);  // throws too_many_processes
void     give_up(process& unborn) noexcept;

// Every birth. For the chapters above it says more than spawn():
//   - `make` returns the state, in the child's own turn. What it throws ends the child as an init() that throws does.
//   - `newborn.reply()` is called when init() has come to its end, after the hooks have heard of it. When the child ends
//     before, the newborn is destroyed without: a `from` in it tells its caller why, as it always does.
//   - `hook` is in place before anything runs in the child, and before anybody can send to it.
template <class Server, class Make, class Newborn>
ref<Server> spawn_made(engine& home, Make make, Newborn newborn, std::unique_ptr<exit_hook> hook = {}) {
    using letter = birth_letter<Server, Make, Newborn>;

    process&  child = new_process(home);
    const pid id    = child.id();
    try {
        if constexpr (bounded_server<Server>)
            child.bounded.store(bounded_mail::lend(id, Server::mailbox::limit, Server::mailbox::policy),
                                std::memory_order_release);
        if (hook) child.more().hooks = std::move(hook);
        auto* birth =
            pool_new<letter>(envelope{.kind = &birth_kind<Server, Make, Newborn>, .generation = id.generation},
                             std::move(newborn), std::move(make));
        child.is.store(&kind_of<Server>, std::memory_order_relaxed);
        child.deliver(birth);
        return ref<Server>{id};
    } catch (...) {
        give_up(child);
        throw;
    }
}

struct nobody_waits {
    void reply() const noexcept {}
};

template <class Server>
ref<Server> spawn(engine& home, Server server, std::unique_ptr<exit_hook> hook = {}) {
    static_assert(std::is_move_constructible_v<Server>, "a server is moved into its process");
    return spawn_made<Server>(home, ready_made<Server>{std::move(server)}, nobody_waits{}, std::move(hook));
}

// What `self.start(server)` returns: await it to start the server and wait for its init().
template <class Server>
class [[nodiscard("nothing is started until it is awaited")]] pending_start {
public:
    using waits_in_a_process = void;

    explicit pending_start(Server server) : make_{std::move(server)} {}
    pending_start(pending_start&& other) noexcept : make_{std::move(other.make_)} {}

    bool await_ready() const noexcept { return false; }
    template <class Promise>
    void await_suspend(std::coroutine_handle<Promise> waiter) {
        process& me = *waiter.promise().home;
        me.expect(wait_, waiter, &reply_kind<void>, 0);
        from<void> parent{ticket{me.id(), wait_.question}};
        child_ = spawn_made<Server>(*me.home, std::move(make_), std::move(parent));
    }
    ref<Server> await_resume() {
        if (!*wait_.result) throw start_failed{type_name<Server>(), wait_.result->error().reason};
        return child_;
    }

private:
    ready_made<Server> make_;
    ref<Server>        child_;
    reply_wait<void>   wait_;
};

}  // namespace detail
}  // namespace half
