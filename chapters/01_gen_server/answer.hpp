// What a call can come to.
//
//     auto got = co_await server.try_call(counter::get{});    // half::answer<int>
//     if (got) use(*got);
//     else if (got.error() == half::no_answer::timed_out) ...
//
//     int n = co_await server.call(counter::get{});            // the same, but no answer throws call_failed
//
// Six ways not to be answered, and none of them is to wait for ever.
#pragma once

#include <01_gen_server/exit_reason.hpp>

#include <chrono>
#include <expected>
#include <stdexcept>
#include <string>

namespace half {

using duration = std::chrono::nanoseconds;  ///< How long: a deadline, a delay, a period.

inline constexpr duration forever = duration::max();          ///< As a deadline: none.
inline constexpr duration a_while = std::chrono::seconds{5};  ///< What a call waits when nobody says.

/// Why no answer came.
struct no_answer {
    /// The six ways not to be answered.
    enum kind : unsigned char {
        timed_out,        ///< The deadline passed; the server may still be working on it.
        no_such_process,  ///< Nobody lives at that pid.
        died,             ///< The server ended first; `reason` says why.
        overloaded,       ///< Its bounded mailbox refused the call, or dropped it.
        unanswered,       ///< The server threw its `from` away.
        calling_itself,   ///< A process that waits for itself would wait for ever.
    };

    kind        why;          ///< Which of the six.
    exit_reason reason = {};  ///< When it died.

    /// `got.error() == half::no_answer::timed_out`
    bool operator==(kind k) const { return why == k; }
    bool operator==(const no_answer&) const = default;
};

std::string to_string(const no_answer& none);  ///< As a sentence for people.

/// What try_call() returns.
///
/// @snippet 01_gen_server/lesson_test.cpp impatient
template <class Reply>
using answer = std::expected<Reply, no_answer>;

/// What call() throws. A caller that does not expect it dies of it, and its supervisor decides what happens next.
struct call_failed : std::runtime_error {
    pid       server;  ///< Who did not answer.
    no_answer why;     ///< And why.

    /// The name of the message goes into what().
    call_failed(pid server, std::string_view message, no_answer why);
};

}  // namespace half
