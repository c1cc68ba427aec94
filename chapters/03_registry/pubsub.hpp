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
// their order. What is broadcast after unsubscribe() returned does not come; what was in the mail by then still does.
//
// Encode once. When many subscribers want the message in another form (a frame for a browser, bytes for a node), they
// say which, and the form is made at most once for each broadcast, however many they are, and not at all when nobody
// wants it:
//
//     football.subscribe(self, "final", half::as<&to_frame>);   // frame to_frame(const goal&)
//     void handle(half::shared<frame> f);                       // everybody has the same one
//
// All forms are made before anybody gets the message: when to_frame throws, so does broadcast(), and nobody has got it.
// A full mailbox that refuses the message is passed over.
#pragma once

#include <03_registry/detail/topics.hpp>
#include <03_registry/registry.hpp>

namespace half {

/// One value that many processes read. Copying it copies a pointer.
template <class T>
class shared {
public:
    explicit shared(std::shared_ptr<const T> value) : value_{std::move(value)} {}  ///< Shares what is there.

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
    pubsub();  ///< Without topics. A copy is the same channel.

    /// From now on this process gets what is broadcast there. Once is enough; said again, the last form counts.
    template <class Server>
    void subscribe(const self<Server>& me, const Topic& topic) const;
    /// The same, in another form.
    template <class Server, auto Encode>
    void subscribe(const self<Server>& me, const Topic& topic, as_t<Encode>) const;
    /// Not any more; false when it was not subscribed.
    template <class Server>
    bool unsubscribe(const self<Server>& me, const Topic& topic) const;
    /// From no topic any more; from how many it was.
    template <class Server>
    std::size_t unsubscribe_all(const self<Server>& me) const;

    /// Sends it to each subscriber; how many took it. From anywhere.
    std::size_t broadcast(const Topic& topic, const Message& message) const { return send(topic, message, pid{}); }
    /// To each but one.
    std::size_t broadcast_from(pid but, const Topic& topic, const Message& message) const {
        return send(topic, message, but);
    }

    std::size_t subscribers(const Topic& topic) const;  ///< How many there are.

private:
    using topics = detail::topics<Message, Topic>;
    using route  = detail::route<Message>;

    void        add(detail::process& here, const Topic& topic, const route& by) const;
    std::size_t send(const Topic& topic, const Message& message, pid but) const;

    std::shared_ptr<topics> topics_;
};

// -- How it works -------------------------------------------------------------------------------------------------

template <class Message, class Topic>
pubsub<Message, Topic>::pubsub() : topics_{std::make_shared<topics>()} {}

template <class Message, class Topic>
template <class Server>
void pubsub<Message, Topic>::subscribe(const self<Server>& me, const Topic& topic) const {
    detail::check_handles<Server, Message>();
    add(me.here(), topic, detail::plain<Server, Message>);
}

template <class Message, class Topic>
template <class Server, auto Encode>
void pubsub<Message, Topic>::subscribe(const self<Server>& me, const Topic& topic, as_t<Encode>) const {
    static_assert(std::is_invocable_v<decltype(Encode), const Message&>,
                  "half::as<&encode> wants a function that takes the message of this pubsub");
    using form = std::remove_cvref_t<std::invoke_result_t<decltype(Encode), const Message&>>;
    detail::check_handles<Server, shared<form>>();
    topics_->forms_wanted.store(true, std::memory_order_relaxed);
    add(me.here(), topic, detail::encoded<Server, Message, Encode>);
}

template <class Message, class Topic>
void pubsub<Message, Topic>::add(detail::process& here, const Topic& topic, const route& by) const {
    if (topics_->add(here, topic, &by, [](const route*) { return true; })) return;
    for (const auto* before : topics_->own(here, topic)) topics_->exchange(here, topic, before, &by);
}

template <class Message, class Topic>
template <class Server>
bool pubsub<Message, Topic>::unsubscribe(const self<Server>& me, const Topic& topic) const {
    return topics_->remove(me.here(), topic, [](const route*) { return true; }) > 0;
}

template <class Message, class Topic>
template <class Server>
std::size_t pubsub<Message, Topic>::unsubscribe_all(const self<Server>& me) const {
    return topics_->remove_all(me.here());
}

template <class Message, class Topic>
std::size_t pubsub<Message, Topic>::send(const Topic& topic, const Message& message, pid but) const {
    detail::forms made;
    if (topics_->forms_wanted.load(std::memory_order_relaxed))
        for (const auto& [who, by] : topics_->all(topic))
            if (by->make && who != but) by->make(message, made);

    std::size_t           took = 0;
    detail::first_failure failure;
    detail::volley        all;
    topics_->each(topic, [&](pid who, const route* by) {
        if (who == but) return;
        took += failure.attempt([&] { return by->send(all, who, message, made); });
    });
    all.flush();
    failure.rethrow();
    return took;
}

template <class Message, class Topic>
std::size_t pubsub<Message, Topic>::subscribers(const Topic& topic) const {
    return topics_->count(topic);
}

}  // namespace half
