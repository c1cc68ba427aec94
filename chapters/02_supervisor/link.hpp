// Two processes that share their fate.
//
//     half::link(self, other);                                 // if one of us ends, the other hears why
//     half::unlink(self, other);                               // not any more
//     auto child = co_await half::start_link(self, cook{});    // linked before its init() runs
//     auto child = half::spawn_link(self, cook{});             // the same, and does not wait for its init()
//
// When a process ends, everybody linked to it gets an exit signal with its reason. What the signal does is chapter 01's
// rule: `normal` is ignored, any other reason ends the process too, and so on to everyone it is linked to. A server that
// handles half::exit_signal traps it: the signal comes as a message, `normal` included, and it lives on. So a crash goes
// through a group of processes that need each other, and stops at the one that knows what to do.
//
// A link has no direction, and there is one at most between two processes. A link to a process that is not there is a
// link to one that has ended: the signal comes at once, with reason `noproc`. After unlink() no exit of the other arrives,
// not even one that was already in the mail.
#pragma once

#include <01_gen_server/self.hpp>

namespace half {

namespace detail {
void link(process& here, pid other);
void unlink(process& here, pid other);
}  // namespace detail

/// Binds this process and the other: when one ends, the other hears why.
///
/// @snippet 02_supervisor/lesson_test.cpp link
template <class Server>
void link(const self<Server>& me, pid other) {
    detail::link(me.here(), other);
}

/// Takes the link away. Afterwards no exit of the other arrives here, even if it has ended already.
template <class Server>
void unlink(const self<Server>& me, pid other) {
    detail::unlink(me.here(), other);
}

/// Starts a server that is linked to this process before its init() runs: `co_await` it. Throws start_failed; the exit
/// signal of a child that did not start does not come besides.
template <class Server, class Child>
auto start_link(const self<Server>& me, Child server);

/// The same, and does not wait for its init().
template <class Server, class Child>
ref<Child> spawn_link(const self<Server>& me, Child server);

}  // namespace half
