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

#include <expected>
#include <stdexcept>
#include <string>

namespace half {

struct no_answer {
    enum kind : unsigned char {
        timed_out,        // the deadline passed; the server may still be working on it
        no_such_process,  // nobody lives at that pid
        died,             // the server ended first; `reason` says why
        overloaded,       // its bounded mailbox refused the call, or dropped it
        unanswered,       // the server threw its `from` away
        calling_itself,   // a process that waits for itself would wait for ever
    };

    kind        why;
    exit_reason reason = {};  // when it died

    bool operator==(kind k) const { return why == k; }
    bool operator==(const no_answer&) const = default;
};

std::string to_string(const no_answer& none);

template <class Reply>
using answer = std::expected<Reply, no_answer>;

// What call() throws. A caller that does not expect it dies of it, and its supervisor decides what happens next.
struct call_failed : std::runtime_error {
    pid       server;
    no_answer why;

    call_failed(pid server, std::string_view message, no_answer why);
};

}  // namespace half
