// Looking into a running system, as Erlang's `sys` and `observer` do.
//
//     auto info = co_await half::sys::info(who);     // in a task; runtime.info(who) outside
//     fmt::print("{}\n", *info);
//     // <0.4.1> counter, idle, 0 in the mail, 5 handled, state: counter{3}
//     //   last messages: init, counter::add, counter::add, counter::get, signal
//
// The question is a signal, so a process answers it even while its handler waits. A process that spins cannot answer:
// then what can be seen from outside is returned, and status says so.
#pragma once

#include <01_gen_server/detail/asking.hpp>
#include <01_gen_server/exit_reason.hpp>
#include <01_gen_server/pid.hpp>

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace half {

/// A process, as it was when it was asked.
///
/// @snippet 01_gen_server/lesson_test.cpp info
struct process_info {
    /// What it was doing.
    enum class status : unsigned char {
        idle,     ///< Nothing.
        waiting,  ///< A handler is suspended.
        busy      ///< It did not answer.
    };

    half::pid                 pid;                 ///< Its address.
    std::string               server;              ///< The type's name.
    status                    now = status::idle;  ///< What it was doing.
    std::string               state;               ///< What its describe() says.
    std::uint64_t             mail = 0;            ///< Messages waiting.
    std::chrono::milliseconds age{0};              ///< Of the oldest of them.
    std::uint64_t             dropped = 0;         ///< Messages that a bounded mailbox dropped.
    std::uint64_t             refused = 0;         ///< Messages that a bounded mailbox refused.
    std::uint64_t             handled = 0;         ///< Messages and signals so far.
    std::size_t               timers  = 0;         ///< Timers that are set.
    std::vector<std::string>  recent;              ///< The last messages, oldest first.
    std::vector<std::string>  attached;            ///< Names, monitors and links, when there are any.
};

std::string to_string(const process_info& info);  ///< In one line, and one more for the last messages.

/// How long a mailbox is, and how old its oldest mail.
struct mail_backlog {
    std::uint64_t             length = 0;  ///< Messages waiting.
    std::chrono::milliseconds age{0};      ///< Of the oldest of them.
};
/// Any thread may look at any mailbox, at any time.
mail_backlog backlog(pid who);

/// Something that went wrong and that somebody should read.
struct report {
    /// What went wrong.
    enum class kind : unsigned char {
        crash,         ///< A process ended for a reason nobody expects.
        long_handler,  ///< A handler holds its worker for too long.
        left_behind,   ///< It was killed and never came back: its worker was replaced.
        remark,  ///< What a chapter above has to say: a supervisor of a child, a store of its database. See the remark.
    };

    kind                      what;          ///< What went wrong.
    half::pid                 pid;           ///< With whom.
    std::string               server;        ///< The name of its type.
    std::string               message = {};  ///< The last one it handled.
    exit_reason               reason  = {};  ///< Why it ended, when it did.
    std::chrono::milliseconds held{0};       ///< How long the handler has run.
    std::vector<std::string>  recent = {};   ///< The last messages before, oldest first.
    std::string               remark = {};   ///< What a chapter above has to say.
};

std::string to_string(const report& r);  ///< As a line for a log, and one more for the last messages.

/// What runtime::stats() counts: how many there are now, or how many there were (`done`, `dropped`).
struct statistics {
    std::size_t   processes        = 0;  ///< Processes that live.
    std::size_t   workers          = 0;  ///< Workers.
    std::size_t   left_behind      = 0;  ///< Handlers that were left behind, so far.
    std::size_t   blocking_running = 0;  ///< Work of half::blocking that runs.
    std::size_t   blocking_waiting = 0;  ///< Work of half::blocking that stands in line.
    std::uint64_t blocking_done    = 0;  ///< Work of half::blocking that ran, so far.
    std::uint64_t blocking_dropped = 0;  ///< Work of half::blocking that was taken out of the line, so far.
    std::size_t   timers           = 0;  ///< Timers that are set.
};

/// Questions that a process asks about others.
namespace sys {

/// In a task: what there is to know of a process; nothing when it is not there.
task<std::optional<process_info>> info(pid who);

}  // namespace sys
}  // namespace half

template <>
struct fmt::formatter<half::process_info> : fmt::formatter<std::string> {
    auto format(const half::process_info& i, format_context& out) const {
        return formatter<std::string>::format(half::to_string(i), out);
    }
};
template <>
struct fmt::formatter<half::report> : fmt::formatter<std::string> {
    auto format(const half::report& r, format_context& out) const {
        return formatter<std::string>::format(half::to_string(r), out);
    }
};
