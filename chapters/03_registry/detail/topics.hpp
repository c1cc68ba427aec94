// A topic's subscribers, and how each of them gets its message.
#pragma once

#include <03_registry/detail/fan_out.hpp>
#include <03_registry/detail/member_table.hpp>

namespace half {

template <class T>
class shared;

namespace detail {

// How a subscriber gets its message: a table of its own for each type of server and form.
template <class Message>
struct route {
    bool (*send)(volley& by, pid to, const Message& message, forms& made);
    void (*make)(const Message& message, forms& made) = nullptr;  // the form it wants
};

template <class Server, class Message>
inline constexpr route<Message> plain{
    .send = [](volley& by, pid to, const Message& message, forms&) { return by.copy<Server>(to, message); }};

template <class Server, class Message, auto Encode>
inline constexpr route<Message> encoded{
    .send =
        [](volley& by, pid to, const Message& message, forms& made) {
            auto form = made.get<Encode>(message);
            return form && by.copy<Server>(to, shared{std::move(form)});
        },
    .make = [](const Message& message, forms& made) { (void)made.get<Encode>(message); }};

template <class Message, class Topic>
struct topics : member_table<Topic, const route<Message>*> {
    topics() : member_table<Topic, const route<Message>*>{"subscribed to"} {}
    std::atomic<bool> forms_wanted{false};  // somebody asked for one, once
};

}  // namespace detail
}  // namespace half
