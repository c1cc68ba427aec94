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

enum class overload : unsigned char { reject, drop_oldest, newest_of_its_kind };

template <std::size_t Limit, overload Policy>
    requires(Limit > 0)
struct bounded {
    static constexpr std::size_t limit  = Limit;
    static constexpr overload    policy = Policy;
};

struct overloaded {};  // what cast() returns when the mail was refused

template <class Server>
concept bounded_server = requires { Server::mailbox::limit; };

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

// What ref<Server>::cast returns: nothing, unless the server's mailbox may say no.
template <class Server>
using cast_result = typename detail::cast_result<Server>::type;

}  // namespace half
