// Hear of an end: one message, and it is never lost.
//
//     half::monitor(self, chef);                               // from now on this process will hear of the chef's end
//     void handle(half::down d) { ... d.who, d.reason ... }    // and this is how
//
//     auto why = co_await half::ended(chef, 5s);               // or wait for it: its reason, or nothing after 5 s
//
// A monitor has a direction: who watches is not touched by the end, and who is watched knows nothing of it. Each monitor
// brings exactly one `down`: when the process ends; at once, with reason `noproc` ("no process"), when it is not there.
// It comes behind all mail that the process sent before it ended, and finds room in a full mailbox. After demonitor()
// none comes, even if it was already in the mail. (A process that spins and is left behind counts as ended; what its
// handler still sends comes later.)
#pragma once

#include <01_gen_server/self.hpp>

#include <cstdint>
#include <optional>

namespace half {

/// Names one monitor of the process that set it: what demonitor() wants.
struct monitor_id {
    std::uint64_t number = 0;  ///< 0 is none.

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
/// lives after that time. A process cannot wait for its own end: nothing, at once.
///
/// @snippet 02_supervisor/lesson_test.cpp ended
task<std::optional<exit_reason>> ended(pid who, duration timeout = forever);

// -- How it works -------------------------------------------------------------------------------------------------

namespace detail {

struct down_letter : envelope {
    down news;
};

monitor_id monitor(process& here, pid other, const envelope_kind& tells);
bool       use_up(process& here, monitor_id which);  // false: it was
bool       demonitor(process& here, monitor_id which);

// Between its sending and its opening the watcher may have lost interest.
template <class Server>
void open_down(envelope* sealed, process& here) {
    auto* letter = static_cast<down_letter*>(sealed);
    auto  news   = std::move(letter->news);
    pool_delete(letter);
    if (use_up(here, news.which)) run_cast<Server>(here, news);
}

void refuse_down(envelope* sealed, const no_answer&) noexcept;

template <class Server>
inline constexpr envelope_kind down_kind{&open_down<Server>, &refuse_down, type_name<down>(), lane::mail, false, true};

}  // namespace detail

template <class Server>
monitor_id monitor(const self<Server>& me, pid other) {
    detail::check_handles<Server, down>();
    return detail::monitor(me.here(), other, detail::down_kind<Server>);
}

template <class Server>
bool demonitor(const self<Server>& me, monitor_id which) {
    return detail::demonitor(me.here(), which);
}

}  // namespace half
