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
// Together with exit_hook (detail/process.hpp) it is all that higher chapters need of this one.
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

}  // namespace half
