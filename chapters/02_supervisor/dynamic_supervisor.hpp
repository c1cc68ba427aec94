// Many children of one kind, started when they are needed.
//
//     using kennel = half::dynamic_supervisor<pet, std::string>;              // pets, each begun from a string
//
//     auto pets = runtime.start(kennel{.start = [](const std::string& name) { return pet{.name = name}; }});
//     auto tom  = runtime.call(pets, kennel::start_child{"tom"});             // expected<ref<pet>, child_error>
//
// Of each child it keeps the argument, not the state: a restart calls `.start` again, which may look up what the child was
// last (chapter 04), and never goes back to how things were at boot. A million children are a million arguments and
// a million processes.
// `.start` is called in the new process, so children start at the same time on all cores, and a slow one holds up nobody.
// Its order is one_for_one. When it ends, all children are told at the same time.
#pragma once

#include <02_supervisor/supervisor.hpp>

#include <functional>

namespace half {

/// A supervisor of any number of children of one kind.
///
/// @snippet 02_supervisor/demo.cpp guests
template <class Server, class Argument>
struct dynamic_supervisor {
    /// Makes a child's first state, in the child's process. On any worker, several at once: it changes nothing outside.
    std::function<Server(const Argument&)> start = [](const Argument& from) { return Server{from}; };

    half::restart           restart      = permanent;   ///< Which ends of a child call for a new start.
    intensity               at_most      = {};          ///< When it gives up, all children taken together.
    std::optional<duration> shutdown     = {};          ///< How long a child may take to end when it is asked to.
    std::size_t             max_children = 16'000'000;  ///< One more is refused.

    /// Starts a child and waits for its init().
    struct start_child {
        Argument argument;
        using reply = std::expected<ref<Server>, child_error>;
    };
    /// Stops a child and forgets it.
    struct terminate_child {
        pid who;
        using reply = std::expected<void, child_error>;
    };
    /// Who is there, in the order of their start.
    struct which_children {
        using reply = std::vector<ref<Server>>;
    };
    /// How many there are.
    struct count_children {
        using reply = child_counts;
    };
};

}  // namespace half
