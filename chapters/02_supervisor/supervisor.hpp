// Start here.
//
// A supervisor is a server whose state is the list of its children. It starts them, hears of each end with its reason,
// and starts again what should run:
//
//     half::supervisor restaurant() {
//         return {
//             .strategy = half::rest_for_one,
//             .at_most  = {.restarts = 3, .within = 5s},
//             .children = {
//                 {.id = "stove",   .start = stove{}},
//                 {.id = "cook",    .start = cook{}},        // goes down with the stove
//                 {.id = "waiters", .start = waiters()},     // a supervisor is a child like any other
//             },
//         };
//     }
//
//     auto root = runtime.start(restaurant());               // all of them run, in this order
//
// The tree is a value: it can be copied, changed and tested before anything runs. Each child begins from what `.start` says,
// the first time and every time. A server there is copied: good for the few children of a tree, which begin empty. Where
// a child should begin from what is known today, let `.start` be a function that looks.
//
// Who has heard of a child's end (by a `down`, by a call that failed) and then asks its supervisor is answered after the
// restart: the supervisor sees to its children before it reads its mail. (Two exceptions: the restart itself failed; and
// I/O that was pending in the child may hold its next life up for a moment.)
//
// A supervisor traps exits. It ends when it is stopped, when it is asked to by reason `shutdown`, and when the process
// that started it with start_link() ends; it stops its children first, the last one first. Others it is linked to may crash: it
// reports that, and lives on. Killed, it takes its children with it.
//
// Read on in this order:
//
//     link.hpp                  two processes that share their fate
//     monitor.hpp               hear of an end, once and always
//     child.hpp                 what a supervisor knows of a child
//     supervisor.hpp            (this file) a few children, known in advance
//     dynamic_supervisor.hpp    many children of one kind, started when they are needed
//     partition_supervisor.hpp  one child per core; a key says which
//     async.hpp                 one task, one process, one result
//     tree.hpp                  the running tree as text, dot and SVG
//     application.hpp           a whole program: started in order, stopped in order, with an exit code
#pragma once

#include <01_gen_server/gen_server.hpp>
#include <02_supervisor/child.hpp>
#include <02_supervisor/link.hpp>
#include <02_supervisor/monitor.hpp>

#include <expected>
#include <optional>
#include <string>
#include <vector>

namespace half {

/// Which siblings share a child's fate.
enum class strategy : unsigned char {
    one_for_one,   ///< Nobody: the child alone is started again.
    one_for_all,   ///< Everybody: all are stopped, and all are started again.
    rest_for_one,  ///< Those who were started after it, because they may stand on it.
};
using enum strategy;

/// More restarts than this, within that time, and the supervisor itself gives up: it stops its children and ends with reason
/// `shutdown`, which says so. Its own supervisor starts it again if it is permanent, and not if it is transient.
struct intensity {
    int      restarts = 3;                        ///< How many are borne.
    duration within   = std::chrono::seconds{5};  ///< In which time.
};

/// Whether a supervisor ends when its work is done: what the ends of `significant` children mean.
enum class auto_shutdown : unsigned char {
    never,            ///< Nothing.
    any_significant,  ///< One of them is done: the supervisor ends.
    all_significant,  ///< The last of them is done: the supervisor ends.
};

namespace detail {
class household;
}

/// A server that starts its children in order, starts them again when they end, and stops them in the opposite order. It
/// does one thing at a time, and a call to it waits as long as that takes: an init() that takes long, a child that ends slowly.
///
/// @snippet 02_supervisor/demo.cpp restaurant
struct supervisor {
    half::strategy      strategy      = one_for_one;                 ///< Which siblings share a child's fate.
    intensity           at_most       = {};                          ///< When it gives up.
    half::auto_shutdown auto_shutdown = half::auto_shutdown::never;  ///< Whether it ends when its work is done.
    std::vector<child>  children      = {};                          ///< In the order in which they are started.

    // -- what it can be asked, while it runs ----------------------------------------------------------------------

    /// Who is there, in the order of their start.
    struct which_children {
        using reply                        = std::vector<child_info>;  ///< The answer.
        static constexpr duration patience = forever;                  ///< As long as it takes.
    };
    /// How many there are.
    struct count_children {
        using reply                        = child_counts;  ///< The answer.
        static constexpr duration patience = forever;       ///< As long as it takes.
    };
    /// One of them; nothing when it has no child of this id.
    struct which_child {
        std::string id;                                                  ///< Of the child.
        using reply                        = std::optional<child_info>;  ///< The answer.
        static constexpr duration patience = forever;                    ///< As long as it takes.
    };
    /// Adds a child at the end, and starts it.
    struct start_child {
        child add;                                                             ///< Its specification.
        using reply                        = std::expected<pid, child_error>;  ///< The answer.
        static constexpr duration patience = forever;                          ///< As long as it takes.
    };
    /// Stops a child. The supervisor keeps its specification (but that of a temporary one) and leaves it alone: it is not
    /// started again with its siblings either.
    struct terminate_child {
        std::string id;                                                         ///< Of the child.
        using reply                        = std::expected<void, child_error>;  ///< The answer.
        static constexpr duration patience = forever;                           ///< As long as it takes.
    };
    /// Starts a child again that was stopped.
    struct restart_child {
        std::string id;                                                        ///< Of the child.
        using reply                        = std::expected<pid, child_error>;  ///< The answer.
        static constexpr duration patience = forever;                          ///< As long as it takes.
    };
    /// Forgets a child that does not run.
    struct delete_child {
        std::string id;                                                         ///< Of the child.
        using reply                        = std::expected<void, child_error>;  ///< The answer.
        static constexpr duration patience = forever;                           ///< As long as it takes.
    };

    /// @cond handlers
    std::vector<child_info>                handle(which_children);
    std::optional<child_info>              handle(which_child m);
    child_counts                           handle(count_children);
    task<std::expected<pid, child_error>>  handle(start_child m);
    task<std::expected<void, child_error>> handle(terminate_child m);
    task<std::expected<pid, child_error>>  handle(restart_child m);
    std::expected<void, child_error>       handle(delete_child m);

    task<>      init(self<supervisor> me);
    void        handle(exit_signal asked, self<supervisor> me);
    task<>      terminate(exit_reason);
    std::string describe() const;
    /// @endcond

    detail::household* at_work = nullptr;  ///< For the supervisor: the children that run.
};

static_assert(std::is_aggregate_v<supervisor> && std::is_copy_constructible_v<supervisor>);

/// In a task: the child of this id; nobody, when it does not run or is no `Server`.
///
/// @snippet 02_supervisor/demo.cpp find
template <class Server>
task<ref<Server>> find_child(ref<supervisor> parent, std::string id);

// -- How it works -------------------------------------------------------------------------------------------------

namespace detail {

// A process whose state is of this very type lives there.
template <class Server>
bool lives_as(pid who) {
    const auto* found = process::find(who);
    return found && found->kind() == &kind_of<Server>;
}

}  // namespace detail

template <class Server>
task<ref<Server>> find_child(ref<supervisor> parent, std::string id) {
    const auto child = co_await parent.call(supervisor::which_child{std::move(id)});
    const bool found = child && detail::lives_as<Server>(child->pid);
    co_return ref<Server>{found ? child->pid : pid{}};
}

}  // namespace half
