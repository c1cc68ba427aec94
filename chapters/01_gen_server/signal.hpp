// An extension point: code that runs in a process, between two messages, even while its handler waits.
//
// Exits, answers and timers are signals of this chapter; monitors and links will be signals of chapter 02. A signal is
// an object that is sent to a pid and arrives in that process's turn:
//
//     struct greet : half::signal {
//         void arrive(half::detail::process& here) override { ... here.on_exit(...); }
//         void lost(half::pid nobody) noexcept override { ... }   // there is no such process
//     };
//     half::send_signal(who, std::make_unique<greet>());
//
// What else a higher chapter may build on: exit_hook (detail/process.hpp), births with a hook and a state that is made in
// the child (birth.hpp), envelopes of its own kind with send() and send_exempt(), and for what a task of it waits for
// process::expect(), reply_wait and from, as in sys.cpp.
#pragma once

#include <01_gen_server/detail/process.hpp>
#include <01_gen_server/pid.hpp>

#include <memory>

namespace half {

/// What is sent to a pid and arrives in that process's turn.
///
/// @snippet 01_gen_server/hooks_test.cpp signal
class signal {
public:
    virtual ~signal() = default;  ///< Sent or lost, it is destroyed afterwards.
    /// Runs in the process. May throw: the process crashes of it.
    virtual void arrive(detail::process& here) = 0;
    /// Runs instead when there is no such process.
    virtual void lost(pid nobody) noexcept { (void)nobody; }
};

/// Sends it, from any thread.
void send_signal(pid to, std::unique_ptr<signal> what);

namespace detail {

// What an exit signal does to a process, in its turn: one that traps exits handles it, any other ends of it, unless the
// reason is `normal`. For an envelope of lane::trappable to call when it is opened: then no handler waits if it traps.
void hear_exit(process& here, exit_signal signal);

// Sends an envelope of a kind that is exempt from the limit of a mailbox. Order is kept: what will be handled as mail (a
// stop, or an exit that is trapped) goes behind the mail that is already there, in a bounded mailbox too.
void send_exempt(pid to, envelope* sealed) noexcept;

}  // namespace detail

}  // namespace half
