// What a supervisor knows of a child.
//
//     {.id = "cook", .start = cook{}}                                          // a server: each start begins from a copy of it
//     {.id = "menu", .start = [] { return menu{.of = today()}; }}              // or a function: each start asks it
//     {.id = "oven", .start = oven{}, .restart = half::transient, .shutdown = 20s}
//
// The copy is made, and the function is called, in the new process: what takes long or throws there harms nobody else.
//
// An init() that throws has not started; the supervisor that starts itself then does not start either, and says which
// child it was. An init() that throws half::ignore{} says "not today": the child is kept and does not run.
#pragma once

#include <01_gen_server/gen_server.hpp>

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
    ignore() : leave{exit_reason::normal()} {}
};

class starter;

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
        already_there,      ///< It has one already, and it runs: `who`.
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

}  // namespace half
