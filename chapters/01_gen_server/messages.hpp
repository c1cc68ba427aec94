// What is a message, and what does a server handle?
//
//     struct add { int by; };               // a message: any struct
//     struct get { using reply = int; };    // with a reply, it can be called
//
//     struct brew {
//         using reply = coffee;
//         static constexpr half::duration patience = 90s;    // what a call of it waits, when its caller says nothing
//     };
//
// A handler asks for more by taking more:
//
//     handle(message)                       // just the message
//     handle(message, self<Server>)         // and its own process: timers, stop, spawn
//     handle(message, from<Reply>)          // and the caller: answer later, from anywhere
//     handle(message, from<Reply>, self<Server>)
//
// It returns the reply (or nothing), or half::task<reply> when it wants to wait.
#pragma once

#include <01_gen_server/answer.hpp>
#include <01_gen_server/detail/envelope.hpp>
#include <01_gen_server/task.hpp>

#include <concepts>
#include <string>
#include <type_traits>
#include <utility>

namespace half {

template <class Server>
class self;
template <class Reply>
class from;

/// A message that somebody can wait for: it says `using reply = ...;`.
///
/// @snippet 01_gen_server/demo.cpp counter
template <class Message>
concept call_message = requires { typename Message::reply; };

/// How long a call of this message waits when its caller says nothing: `a_while`, unless the message says how long in a
/// `static constexpr half::duration patience`.
template <class Message>
inline constexpr duration patience_of = [] {
    if constexpr (requires { Message::patience; }) return duration{Message::patience};
    else return a_while;
}();

namespace detail {

template <class Message>
struct reply_of {
    using type = void;
};
template <call_message Message>
struct reply_of<Message> {
    using type = typename Message::reply;
};

template <class Server, class Message, class... More>
concept takes = requires(Server& server, Message&& message, More... more) {
    server.handle(std::move(message), std::move(more)...);
};

template <class Server, class Message>
concept takes_from = call_message<Message>
                     && (takes<Server, Message, from<typename reply_of<Message>::type>>
                         || takes<Server, Message, from<typename reply_of<Message>::type>, self<Server>>);

}  // namespace detail

/// The server has a handle() for this message, in one of the forms that a handler may have.
template <class Server, class Message>
concept handles = detail::takes<Server, Message> || detail::takes<Server, Message, self<Server>>
                  || detail::takes_from<Server, Message>;

namespace detail {

// The text of a failed static_assert, put together by the compiler.
struct complaint {
    char        text[400] = {};
    std::size_t length    = 0;

    constexpr complaint& operator+=(std::string_view more) {
        for (char c : more)
            if (length < sizeof text) text[length++] = c;
        return *this;
    }
    constexpr const char* data() const { return text; }
    constexpr std::size_t size() const { return length; }
};

template <class Server, class Message>
constexpr complaint not_handled() {
    complaint c;
    c += type_name<Server>();
    c += " has no handler for ";
    c += type_name<Message>();
    c += ": give it handle(";
    c += type_name<Message>();
    c += ")";
    return c;
}

template <class Message>
constexpr complaint not_a_call() {
    complaint c;
    c += type_name<Message>();
    c += " says no reply, so there is nothing to wait for: cast it, or give it `using reply = ...;`";
    return c;
}

// Calls the handler with as much as it asks for.
template <class Server, class Message>
decltype(auto) invoke(Server& server, Message& message, const self<Server>& me) {
    if constexpr (takes<Server, Message, self<Server>>) return server.handle(std::move(message), me);
    else return server.handle(std::move(message));
}
template <class Server, class Message, class Reply>
decltype(auto) invoke(Server& server, Message& message, from<Reply>&& caller, const self<Server>& me) {
    if constexpr (takes<Server, Message, from<Reply>, self<Server>>)
        return server.handle(std::move(message), std::move(caller), me);
    else return server.handle(std::move(message), std::move(caller));
}

}  // namespace detail
}  // namespace half
