// What a supervisor knows of a child.
//
//     {.id = "cook", .start = cook{}}                                          // a server: each start begins from a copy of it
//     {.id = "menu", .start = [] { return menu{.of = today()}; }}              // or a function: each start asks it
//     {.id = "oven", .start = oven{}, .restart = half::transient, .shutdown = 20s}
//
// The copy is made, and the function is called, in the new process: what takes long or throws there harms nobody else. A
// function is called for the life of the tree, on any worker, so let it capture values and no references.
//
// An init() that throws has not started; the supervisor that starts itself then does not start either, and says which
// child it was. An init() that throws half::ignore{} says "not today": the child is kept and does not run (a temporary one
// is forgotten). An init() must not ask the supervisor that starts it, which waits for it just then: ask later, by a
// self.send_after(0s, ...), or find siblings by name (chapter 03).
//
// The next life of a child begins, and the next sibling is stopped, when the state of the last has been destroyed: its
// files, ports and locks are free again. (But a handler that never returns is left behind, and its state with it.)
#pragma once

#include <01_gen_server/gen_server.hpp>

#include <concepts>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

namespace half {

/// Which ends of a child call for a new start.
enum class restart : unsigned char {
    permanent,  ///< All of them.
    transient,  ///< The unexpected ones: not `normal` and not `shutdown`.
    temporary,  ///< None; what ended is forgotten.
};
using enum restart;

/// As a child's `shutdown`: it is not asked, it is killed.
inline constexpr duration brutal_kill{-1};

/// Thrown in an init(): this child has nothing to do. Its supervisor keeps it, and does not run it.
struct ignore : leave {
    /// Ends the process with reason `normal`, before it began.
    ignore() : leave{exit_reason::normal()} {}
};

/// Thrown in an init(): there is one already, which does the same (a name is taken). Who asked a supervisor for this child
/// is told of the other: child_error::already_there.
struct already_started : leave {
    pid who;  ///< The one that is there.

    /// `what` becomes the reason's text.
    explicit already_started(pid who, std::string what = "already started");
};

namespace detail {

// What can make a server, again and again, on any worker.
template <class F>
concept makes_a_server = std::invocable<const F&> && std::is_class_v<std::invoke_result_t<const F&>>;

template <class T>
inline constexpr bool is_ref = false;
template <class Server>
inline constexpr bool is_ref<ref<Server>> = true;

template <class Server>
consteval void check_start() {
    static_assert(!is_ref<Server>,
                  "this one runs already: a supervisor starts its children itself, so give it the server");
    static_assert(!is_task<Server>, "a start function is no coroutine: return the server, and wait in its init()");
    static_assert(std::is_class_v<Server> || is_ref<Server>, "what starts here is no server: a server is a struct");
}

// A starter without its type: one for each kind of server and function.
struct starter_kind {
    std::string_view server;
    bool             supervisor;
    pid (*spawn)(const std::shared_ptr<const void>& what, engine& home, std::unique_ptr<exit_hook> tie);
};

}  // namespace detail

/// How a child begins: a server to copy, or a function that returns one. Copies of a starter share it.
class starter {
public:
    /// Each start begins from a copy of this server.
    template <class Server>
        requires(!detail::makes_a_server<Server> && !std::same_as<Server, starter>)
    starter(Server server);
    /// Each start asks this function, in the new process.
    template <detail::makes_a_server Function>
    starter(Function make);

    std::string_view server() const { return kind_->server; }          ///< The name of the server's type.
    bool             supervisor() const { return kind_->supervisor; }  ///< It will have children itself.

    /// For supervisors: starts it, tied to who wants to know how it goes.
    pid spawn(detail::engine& home, std::unique_ptr<exit_hook> tie) const {
        return kind_->spawn(what_, home, std::move(tie));
    }

private:
    std::shared_ptr<const void> what_;
    const detail::starter_kind* kind_;
};

/// What a supervisor has to know of a child.
///
/// @snippet 02_supervisor/lesson_test.cpp child
struct child {
    std::string   id;                         ///< Its name among its siblings. It stays the same from life to life.
    starter       start;                      ///< A server, or a function that returns one.
    half::restart restart = half::permanent;  ///< Which ends call for a new start.

    /// How long it may take to end when it is asked to, before it is killed. Unless you say otherwise: 5 s, and as long
    /// as it takes for a supervisor.
    std::optional<duration> shutdown = {};

    bool significant = false;  ///< Its end may be the end of its supervisor: see auto_shutdown.
};

/// A child, as it was when its supervisor was asked.
struct child_info {
    /// What it was doing.
    enum class status : unsigned char {
        running,     ///< It lives, or its init() runs.
        restarting,  ///< It could not be started again yet, and will be tried again.
        stopped,     ///< It does not run, and nobody will start it unasked.
    };

    std::string   id;                            ///< Its name among its siblings; the number of a dynamic child.
    half::pid     pid;                           ///< Its address; nobody, when it does not run.
    std::string   server;                        ///< The name of its type.
    status        now        = status::stopped;  ///< What it was doing.
    bool          supervisor = false;            ///< It has children itself.
    half::restart restart    = permanent;        ///< Which ends call for a new start.
    std::uint32_t restarts   = 0;                ///< How often it was started again.
    exit_reason   last_end   = {};               ///< Why it ended the last time, if it ever did.
};

/// How many children there are.
struct child_counts {
    std::size_t specs       = 0;  ///< That the supervisor knows.
    std::size_t active      = 0;  ///< That run.
    std::size_t supervisors = 0;  ///< That are supervisors, running or not.
    std::size_t workers     = 0;  ///< The others.

    bool operator==(const child_counts&) const = default;
};

/// Why a supervisor would not do it.
struct child_error {
    /// The reasons.
    enum kind : unsigned char {
        no_such_child,      ///< It has no child of this name.
        already_there,      ///< It, or what does the same, runs already: `who`.
        already_known,      ///< It has one already, which does not run: restart or delete it.
        running,            ///< Only a child that does not run can be deleted or started.
        restarting,         ///< It is being tried again.
        did_not_start,      ///< Its init() threw: `reason`.
        ignored,            ///< Its init() threw half::ignore.
        too_many_children,  ///< max_children is reached.
        bad_child,          ///< The specification contradicts itself: `reason` says how.
    };

    kind        why;          ///< Which of them.
    std::string id     = {};  ///< Which child.
    pid         who    = {};  ///< Its process, where it has one.
    exit_reason reason = {};  ///< What there is to say.

    /// `got.error() == half::child_error::running`
    bool operator==(kind k) const { return why == k; }
};

std::string to_string(const child_error& error);  ///< As a sentence for people.

// -- How it works -------------------------------------------------------------------------------------------------

namespace detail {

// Whoever can be asked to count its children is a supervisor.
template <class Server>
concept supervises = requires { typename Server::count_children; };

template <class Server>
struct copy_of {
    Server server;
    Server operator()() const { return server; }
};

template <class Server, class Make>
inline constexpr starter_kind kind_of_start{
    type_name<Server>(), supervises<Server>,
    [](const std::shared_ptr<const void>& what, engine& home, std::unique_ptr<exit_hook> tie) {
        auto make = [shared = std::static_pointer_cast<const Make>(what)] { return (*shared)(); };
        return spawn_made<Server>(home, std::move(make), nobody_waits{}, std::move(tie)).id();
    }};

}  // namespace detail

template <class Server>
    requires(!detail::makes_a_server<Server> && !std::same_as<Server, starter>)
starter::starter(Server server)
    : what_{std::make_shared<const detail::copy_of<Server>>(std::move(server))},
      kind_{&detail::kind_of_start<Server, detail::copy_of<Server>>} {
    detail::check_start<Server>();
    static_assert(!std::invocable<const Server&>, "a start function returns a server, and a server is a struct");
    static_assert(std::invocable<const Server&> || !std::invocable<Server&>,
                  "a start function is called again for each life, on any worker: it must not be mutable");
    static_assert(
        !requires { &Server::operator(); } || std::invocable<Server&>,
        "a start function takes nothing: let it capture what it needs");
    static_assert(std::is_copy_constructible_v<Server>,
                  "each start begins from a copy of this server, and it cannot be copied: "
                  "write .start = [] { return ...; }");
}

template <detail::makes_a_server Function>
starter::starter(Function make)
    : what_{std::make_shared<const Function>(std::move(make))},
      kind_{&detail::kind_of_start<std::invoke_result_t<const Function&>, Function>} {
    detail::check_start<std::invoke_result_t<const Function&>>();
}

}  // namespace half

template <>
struct fmt::formatter<half::child_error> : fmt::formatter<std::string> {
    auto format(const half::child_error& e, format_context& out) const {
        return formatter<std::string>::format(half::to_string(e), out);
    }
};
