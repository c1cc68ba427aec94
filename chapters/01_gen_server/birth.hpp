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

template <class Server>
root drive_init(process& here, from<void> parent) {
    auto& server = here.state_as<Server>();
    if constexpr (requires { server.init(self<Server>{here}); }) co_await server.init(self<Server>{here});
    else co_await server.init();
    parent.reply();
}

template <class Server>
void run_init(process& here, from<void>& parent) {
    auto& server = here.state_as<Server>();
    if constexpr (requires { server.init(self<Server>{here}); }) {
        if constexpr (is_task<decltype(server.init(self<Server>{here}))>)
            return here.begin(drive_init<Server>(here, std::move(parent)).frame);
        else server.init(self<Server>{here});
    } else if constexpr (requires { server.init(); }) {
        if constexpr (is_task<decltype(server.init())>)
            return here.begin(drive_init<Server>(here, std::move(parent)).frame);
        else server.init();
    }
    parent.reply();
}

template <class Server>
root drive_terminate(process& here, exit_reason reason) {
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
            here.begin(drive_terminate<Server>(here, reason).frame);
        else server.terminate(reason, self<Server>{here});
    } else {
        if constexpr (is_task<decltype(server.terminate(reason))>)
            here.begin(drive_terminate<Server>(here, reason).frame);
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

// The first envelope of every process. It carries the state in, so that nobody but its turn ever touches it.
template <class Server>
struct birth_letter : envelope {
    Server* server;
    ticket  parent;
};

template <class Server>
void open_birth(envelope* sealed, process& here) {
    auto* letter = static_cast<birth_letter<Server>*>(sealed);
    auto  parent = from<void>{letter->parent};
    here.state   = letter->server;
    pool_delete(letter);
    run_init<Server>(here, parent);
}

template <class Server>
void refuse_birth(envelope* sealed, const no_answer& why) noexcept {
    auto* letter = static_cast<birth_letter<Server>*>(sealed);
    auto  parent = letter->parent;
    pool_delete(letter->server);
    pool_delete(letter);
    if (parent.asker) send_reply<void>(parent, std::unexpected{why}, nullptr);
}

template <class Server>
inline constexpr envelope_kind birth_kind{
    &open_birth<Server>, &refuse_birth<Server>, "init", lane::signal, false, false, true};

process& new_process(engine& home);  // throws too_many_processes
void     give_up(process& unborn) noexcept;

template <class Server>
ref<Server> spawn(engine& home, Server server, ticket parent = {}) {
    static_assert(std::is_move_constructible_v<Server>, "a server is moved into its process");
    process& child = new_process(home);
    try {
        if constexpr (bounded_server<Server>)
            child.bounded.store(bounded_mail::lend(child.id(), Server::mailbox::limit, Server::mailbox::policy),
                                std::memory_order_release);
        auto* state  = pool_new<Server>(std::move(server));
        auto* letter = pool_new<birth_letter<Server>>(
            envelope{.kind = &birth_kind<Server>, .generation = child.id().generation}, state, parent);
        const auto id = child.id();
        child.is.store(&kind_of<Server>, std::memory_order_relaxed);
        child.deliver(letter);
        return ref<Server>{id};
    } catch (...) {
        give_up(child);
        throw;
    }
}

// What `self.start(server)` returns: await it to start the server and wait for its init().
template <class Server>
class [[nodiscard("nothing is started until it is awaited")]] pending_start {
public:
    using waits_in_a_process = void;

    explicit pending_start(Server server) : server_{std::move(server)} {}
    pending_start(pending_start&& other) noexcept(std::is_nothrow_move_constructible_v<Server>)
        : server_{std::move(other.server_)} {}

    bool await_ready() const noexcept { return false; }
    template <class Promise>
    void await_suspend(std::coroutine_handle<Promise> waiter) {
        process& me = *waiter.promise().home;
        me.expect(wait_, waiter, &reply_kind<void>, 0);
        child_ = detail::spawn(*me.home, std::move(server_), ticket{me.id(), wait_.question});
    }
    ref<Server> await_resume() {
        if (!*wait_.result) throw start_failed{type_name<Server>(), wait_.result->error().reason};
        return child_;
    }

private:
    Server           server_;
    ref<Server>      child_;
    reply_wait<void> wait_;
};

}  // namespace detail
}  // namespace half
