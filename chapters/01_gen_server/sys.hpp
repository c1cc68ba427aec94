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

struct process_info {
    enum class status : unsigned char {
        idle,
        waiting,
        busy
    };  // waiting: a handler is suspended; busy: it did not answer

    half::pid                 pid;
    std::string               server;  // the type's name
    status                    now = status::idle;
    std::string               state;                     // what its describe() says
    std::uint64_t             mail = 0;                  // messages waiting
    std::chrono::milliseconds age{0};                    // of the oldest of them
    std::uint64_t             dropped = 0, refused = 0;  // by a bounded mailbox
    std::uint64_t             handled = 0;               // messages and signals so far
    std::size_t               timers  = 0;
    std::vector<std::string>  recent;    // the last messages, oldest first
    std::vector<std::string>  attached;  // names, monitors and links, when there are any
};

std::string to_string(const process_info& info);

// How long a mailbox is, and how old its oldest mail. Any thread may look, at any time.
struct mail_backlog {
    std::uint64_t             length = 0;
    std::chrono::milliseconds age{0};
};
mail_backlog backlog(pid who);

// Something that went wrong and that somebody should read.
struct report {
    enum class kind : unsigned char {
        crash,         // a process ended for a reason nobody expects
        long_handler,  // a handler holds its worker for too long
        left_behind,   // it was killed and never came back: its worker was replaced
    };

    kind                      what;
    half::pid                 pid;
    std::string               server;
    std::string               message;  // the last one it handled
    exit_reason               reason;
    std::chrono::milliseconds held{0};  // how long the handler has run
    std::vector<std::string>  recent;   // the last messages before, oldest first
};

std::string to_string(const report& r);

struct statistics {
    std::size_t   processes = 0;
    std::size_t   workers = 0, left_behind = 0;
    std::size_t   blocking_running = 0, blocking_waiting = 0;
    std::uint64_t blocking_done = 0, blocking_dropped = 0;
    std::size_t   timers = 0;
};

namespace sys {

// In a task: what there is to know of a process; nothing when it is not there.
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
