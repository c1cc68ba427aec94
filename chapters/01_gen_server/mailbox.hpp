// How much mail a server will hold, said in its type.
//
//     struct thermometer {
//         using mailbox = half::bounded<100, half::overload::drop_oldest>;
//         ...
//     };
//
// A server that says nothing has an unbounded mailbox: a lock-free stack, and the fastest. A bounded one is another
// queue, and its policy is part of what senders see:
//
//     policy               when the mailbox is full
//     reject               cast() returns `overloaded`, a call fails as overloaded
//     drop_oldest          the oldest mail goes (its caller, if it has one, is told `overloaded`)
//     newest_of_its_kind   a cast replaces a waiting one of the same type, full or not; else as reject
//
// What was refused or dropped is counted: see process_info in sys.hpp.
#pragma once

#include <cstddef>
#include <expected>

namespace half {

/// What happens when the mailbox is full.
enum class overload : unsigned char {
    reject,              ///< The sender is told.
    drop_oldest,         ///< The oldest mail goes, and its caller is told.
    newest_of_its_kind,  ///< A cast replaces a waiting one of the same type, full or not; else as reject.
};

/// A mailbox with a limit. A server has one when it says `using mailbox = half::bounded<...>;`.
///
/// @snippet 01_gen_server/lesson_test.cpp thermometer
template <std::size_t Limit, overload Policy>
    requires(Limit > 0)
struct bounded {
    static constexpr std::size_t limit  = Limit;   ///< How many messages may wait.
    static constexpr overload    policy = Policy;  ///< What happens to one more.
};

/// What cast() returns when the mail was refused.
///
/// @snippet 01_gen_server/lesson_test.cpp box_office
struct overloaded {};

/// A server whose mailbox has a limit.
template <class Server>
concept bounded_server = requires { Server::mailbox::limit; };

/// A server whose mailbox may say no, so that cast() returns something to look at.
template <class Server>
concept may_refuse = bounded_server<Server> && Server::mailbox::policy != overload::drop_oldest;

namespace detail {

template <class Server>
struct cast_result {
    using type = void;
};
template <may_refuse Server>
struct cast_result<Server> {
    using type = std::expected<void, overloaded>;
};

}  // namespace detail

/// What ref<Server>::cast returns: nothing, unless the server's mailbox may say no.
template <class Server>
using cast_result = typename detail::cast_result<Server>::type;

}  // namespace half
