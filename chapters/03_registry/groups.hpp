// Join, leave, tell all, ask all.
//
//     half::groups<node> nodes;
//     nodes.join(self, "workers");
//
//     nodes.publish("workers", node::pause{});                          // a cast to each
//     auto answers = co_await nodes.multi_call("workers", node::load{}, 1s);
//     for (auto& [who, load] : answers)                                 // half::answer<int>: each on its own
//         if (load) ...
//
// A group is as alive as its members: who ends has left. multi_call asks all of them at once and returns when the last has
// answered, died, or let the time pass; a dead member takes no time at all.
#pragma once

#include <03_registry/duplicate_registry.hpp>

namespace half {

/// Processes that belong together, under a key.
///
/// @snippet 03_registry/demo.cpp groups
template <class Server, class Key = std::string>
class groups {
public:
    void join(const self<Server>& me, Key group) const;  ///< This process is a member from now on; once is enough.
    bool leave(const self<Server>& me, const Key& group) const;  ///< Not any more; false when it was not.

    std::vector<ref<Server>> members(const Key& group) const;  ///< Who belongs to it now, in the order of joining.

    /// Sends a copy to every member.
    template <class Message>
    void publish(const Key& group, const Message& message) const;

    /// In a task: asks every member, and waits until each has answered or cannot any more.
    template <class Message>
    task<std::vector<std::pair<ref<Server>, answer<typename Message::reply>>>>
    multi_call(Key group, Message message, duration timeout = a_while) const;
};

}  // namespace half
