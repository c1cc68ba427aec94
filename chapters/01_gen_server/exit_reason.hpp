// Why a process ended.
//
//     self.stop();                                              // normal: the work is done
//     half::exit(who, half::exit_reason::shutdown("closing"));  // another process asks it to end
//     half::kill(who);                                          // it ends, whatever it is doing
//     throw std::runtime_error{"boom"};                         // in a handler: crash, with this text
//     throw half::leave{half::exit_reason::other("bored")};     // in a handler: a reason of your own
//
// The reason is a value. It goes to everyone who watches the process and into every report; it is never lost.
#pragma once

#include <01_gen_server/pid.hpp>

#include <exception>
#include <string>
#include <utility>

namespace half {

/// Why a process ended: a kind, and what there is to say about it.
///
/// @snippet 01_gen_server/lesson_test.cpp died
struct exit_reason {
    /// The kinds of end.
    enum class kind : unsigned char {
        normal,    ///< The work is done.
        shutdown,  ///< It was asked to end, in good order.
        killed,    ///< It was killed: no line of it ran after that.
        noproc,    ///< It was not there in the first place.
        crash,     ///< An exception left a handler.
        other,     ///< The user's own; `what` is its name.
    };

    kind        why = kind::normal;  ///< The kind.
    std::string what;                ///< The exception's text, the name, the remark: whatever there is to say.

    /// The work is done.
    static exit_reason normal() { return {}; }
    /// It was asked to end, in good order.
    static exit_reason shutdown(std::string remark = {}) { return {kind::shutdown, std::move(remark)}; }
    /// It was killed.
    static exit_reason killed() { return {kind::killed, {}}; }
    /// It was not there.
    static exit_reason noproc() { return {kind::noproc, {}}; }
    /// An exception with this text left a handler.
    static exit_reason crash(std::string text) { return {kind::crash, std::move(text)}; }
    /// A reason of your own.
    static exit_reason other(std::string name) { return {kind::other, std::move(name)}; }

    /// Nobody needs to be told of an expected end; a `transient` child (chapter 02) is not restarted after one.
    bool expected() const { return why == kind::normal || why == kind::shutdown; }
    bool operator==(const exit_reason&) const = default;
};

std::string to_string(const exit_reason& reason);  ///< `crash: boom`

/// Thrown in a handler: end this process with this reason, now. Not a crash unless the reason is one.
struct leave : std::exception {
    exit_reason reason;  ///< Why it ends.

    /// Ends the process with this reason when it leaves a handler.
    explicit leave(exit_reason r);
    /// The reason, as text.
    const char* what() const noexcept override { return text_.c_str(); }

private:
    std::string text_;
};

/// What an exception that leaves a handler means.
exit_reason reason_of(std::exception_ptr thrown);

/// Asks a process to end, as Erlang's exit/2 does. `normal` is ignored. A server that handles `exit_signal` is handed
/// the signal as a message and decides for itself; any other ends at once, without terminate().
void exit(pid who, exit_reason reason);

/// Ends a process that does not want to, with reason `killed`. A process that waits is dead when the signal arrives. One
/// that spins cannot be stopped: it is reported, and after a deadline left behind (see runtime.hpp).
///
/// @snippet 01_gen_server/lesson_test.cpp kill
void kill(pid who);

/// What exit() becomes for a server that handles it as a message: the server "traps exits", in Erlang's words.
struct exit_signal {
    pid         from;            ///< Nobody, when it came from outside any process.
    exit_reason reason;          ///< What exit() was given.
    bool        linked = false;  ///< Nobody asked: `from` has ended, and was linked (chapter 02).
};

}  // namespace half

template <>
struct fmt::formatter<half::exit_reason> : fmt::formatter<std::string> {
    auto format(const half::exit_reason& r, format_context& out) const {
        return formatter<std::string>::format(half::to_string(r), out);
    }
};
