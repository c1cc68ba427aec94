// An envelope is one thing sent to one process: a message, a call, an answer, an exit, a fired timer.
//
// Invariants
//   - An envelope has one owner at a time: its sender, then the mailbox, then the process that opens it.
//   - It ends in exactly one of two ways: open() in its process's turn, or refuse() wherever it was found to be
//     undeliverable. Both consume it.
//   - It carries the generation it was sent to. A slot may have a new tenant by the time it is opened; the tenant
//     refuses what was not meant for it.
#pragma once

#include <01_gen_server/answer.hpp>
#include <01_gen_server/detail/pool.hpp>

#include <cstdint>
#include <string_view>
#include <type_traits>
#include <utility>

namespace half::detail {

class process;
struct envelope;

enum class lane : unsigned char {
    mail,       // messages and calls: one at a time, none while a handler waits
    signal,     // all else: answers, kills, timers, executor work; always let in
    trappable,  // an exit: mail for a server that handles exit_signal, a signal for any other
};

struct envelope_kind {
    void (*open)(envelope*, process&);
    void (*refuse)(envelope*, const no_answer&) noexcept;
    std::string_view name;
    lane             goes_by;
    bool             asks   = false;  // somebody waits for an answer
    bool             exempt = false;  // no limit of a mailbox applies to it
    bool             birth  = false;  // the first one: when it fails, there is nothing to terminate()
};

struct envelope {
    envelope*            next       = nullptr;
    const envelope_kind* kind       = nullptr;
    std::uint32_t        generation = 0;
    std::uint32_t        sent_at    = 0;  // the runtime's clock in ms, for the age of the mail
};

// Sends an envelope to the process at that pid; refuses it at once when nobody is there.
void send(pid to, envelope* sealed) noexcept;

// The name of a type as its author wrote it: "counter::get".
template <class T>
constexpr std::string_view type_name() {
    std::string_view text  = __PRETTY_FUNCTION__;
    auto             begin = text.find("T = ") + 4;
    auto             name  = text.substr(begin, text.find_last_of(']') - begin);
    if (auto semicolon = name.find(';'); semicolon != name.npos) name = name.substr(0, semicolon);
    for (std::string_view skip = "(anonymous namespace)::"; name.starts_with(skip);) name.remove_prefix(skip.size());
    return name;
}

}  // namespace half::detail
