// Topics: who wants to hear of what.
//
//     half::pubsub<goal> football;                              // a channel for one type of message
//
//     football.subscribe(self, "final");                        // any server that handles a `goal`
//     football.broadcast("final", goal{"2:1"});                 // a copy to each subscriber
//     football.broadcast_from(self, "final", goal{"2:1"});      // to each but this one
//
// The sender does not know who listens, and need not care: a subscription ends with its process. Who broadcasts sends to
// each subscriber itself; there is no process in the middle that could be slow. Two broadcasts of one sender arrive in
// their order.
//
// Encode once. When many subscribers want the message in another form (a frame for a browser, bytes for a node), they
// say which, and the form is made at most once for each broadcast, however many they are:
//
//     football.subscribe(self, "final", half::as<&to_frame>);   // frame to_frame(const goal&)
//     void handle(half::shared<frame> f);                       // everybody has the same one
#pragma once

#include <03_registry/duplicate_registry.hpp>

namespace half {

/// One value that many processes read. Copying it copies a pointer.
template <class T>
class shared {
public:
    explicit shared(std::shared_ptr<const T> value) : value_{std::move(value)} {}

    const T& operator*() const { return *value_; }        ///< The value.
    const T* operator->() const { return value_.get(); }  ///< The value.

private:
    std::shared_ptr<const T> value_;
};

/// The type of half::as.
template <auto Encode>
struct as_t {};
/// Says in which form a subscriber wants its messages: what `Encode(message)` returns, as half::shared.
///
/// @snippet 03_registry/lesson_test.cpp encode
template <auto Encode>
inline constexpr as_t<Encode> as{};

/// Topics for one type of message.
///
/// @snippet 03_registry/demo.cpp pubsub
template <class Message, class Topic = std::string>
class pubsub {
public:
    pubsub();

    /// From now on this process gets what is broadcast there. Once is enough.
    template <class Server>
    void subscribe(const self<Server>& me, Topic topic) const;
    /// The same, in another form.
    template <class Server, auto Encode>
    void subscribe(const self<Server>& me, Topic topic, as_t<Encode>) const;
    /// Not any more; false when it was not subscribed.
    template <class Server>
    bool unsubscribe(const self<Server>& me, const Topic& topic) const;

    /// Sends it to each subscriber; how many there were. From anywhere.
    std::size_t broadcast(const Topic& topic, const Message& message) const;
    /// To each but one.
    std::size_t broadcast_from(pid but, const Topic& topic, const Message& message) const;

    std::size_t subscribers(const Topic& topic) const;  ///< How many there are.
};

}  // namespace half
