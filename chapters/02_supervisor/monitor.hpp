// Hear of an end, once and always.
//
//     half::monitor(self, cook);                               // from now on this process will hear of the cook's end
//     void handle(half::down d) { ... d.who, d.reason ... }    // and this is how
//
//     auto why = co_await half::ended(cook, 5s);               // or wait for it: its reason, or nothing after 5 s
//
// A monitor has a direction: who watches is not touched by the end, and who is watched knows nothing of it. Each monitor
// brings one `down`, exactly one: when the process ends; at once, with reason `noproc`, when it is not there. It comes
// behind all mail that the process sent before it ended, and a full mailbox takes it too. After demonitor() none comes,
// even if it was already in the mail.
#pragma once

#include <01_gen_server/self.hpp>

#include <cstdint>
#include <optional>

namespace half {

/// Names one monitor of the process that set it: what demonitor() wants.
struct monitor_id {
    std::uint32_t number = 0;  ///< 0 is none.

    auto operator<=>(const monitor_id&) const = default;
};

/// What a process is sent when one that it watches has ended.
///
/// @snippet 02_supervisor/demo.cpp waiter
struct down {
    pid         who;     ///< Who ended.
    exit_reason reason;  ///< And why.
    monitor_id  which;   ///< Which monitor this is; it is used up now.
};

/// From now on this process will hear of the other's end: it handles half::down. Two monitors of the same process bring
/// two of them.
template <class Server>
monitor_id monitor(const self<Server>& me, pid other);

/// Takes a monitor away: no `down` comes for it any more. False when it was used up already.
template <class Server>
bool demonitor(const self<Server>& me, monitor_id which);

/// In a task: waits for the end of a process and gives its reason (`noproc` when it is not there); nothing when it still
/// lives after that time.
///
/// @snippet 02_supervisor/lesson_test.cpp ended
auto ended(pid who, duration timeout = forever);

}  // namespace half
