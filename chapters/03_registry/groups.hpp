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
// answered, died, or let the time pass; a dead member takes no time at all. A member that asks its own group gets
// `calling_itself` from itself, at once.
#pragma once

#include <01_gen_server/all.hpp>
#include <03_registry/detail/fan_out.hpp>
#include <03_registry/detail/member_table.hpp>
#include <03_registry/registry.hpp>

namespace half {

/// What multi_call() comes to: each member, and its answer or why there is none.
template <class Server, class Message>
using answers = std::vector<std::pair<ref<Server>, answer<typename detail::reply_of<Message>::type>>>;

/// Processes that belong together, under a key.
///
/// @snippet 03_registry/demo.cpp groups
template <class Server, class Key = std::string>
class groups {
public:
    groups();  ///< Without members. A copy is the same groups.

    void join(const self<Server>& me, Key group) const;  ///< This process is a member from now on; once is enough.
    bool leave(const self<Server>& me, const Key& group) const;  ///< Not any more; false when it was not.

    std::vector<ref<Server>> members(const Key& group) const;  ///< Who belongs to it now, in the order of joining.

    /// Sends a copy to every member. A full mailbox that refuses it is passed over.
    template <class Message>
    void publish(const Key& group, const Message& message) const;

    /// In a task: asks every member, and waits until each has answered or cannot any more. In the order of joining.
    template <class Message>
    task<answers<Server, Message>> multi_call(Key group, Message message,
                                              duration timeout = patience_of<Message>) const;

private:
    std::shared_ptr<detail::member_table<Key, nothing>> table_;
};

// -- How it works -------------------------------------------------------------------------------------------------

template <class Server, class Key>
groups<Server, Key>::groups() : table_{std::make_shared<detail::member_table<Key, nothing>>("member of")} {}

template <class Server, class Key>
void groups<Server, Key>::join(const self<Server>& me, Key group) const {
    table_->add(me.here(), std::move(group), nothing{}, [](nothing) { return true; });
}

template <class Server, class Key>
bool groups<Server, Key>::leave(const self<Server>& me, const Key& group) const {
    return table_->remove(me.here(), group, [](nothing) { return true; }) > 0;
}

template <class Server, class Key>
std::vector<ref<Server>> groups<Server, Key>::members(const Key& group) const {
    const auto               found = table_->all(group);
    std::vector<ref<Server>> members;
    members.reserve(found.size());
    for (const auto& each : found) members.emplace_back(each.who);
    return members;
}

template <class Server, class Key>
template <class Message>
void groups<Server, Key>::publish(const Key& group, const Message& message) const {
    detail::check_handles<Server, Message>();
    detail::first_failure failure;
    detail::volley        all;
    table_->each(group, [&](pid who, nothing) { failure.attempt([&] { return all.copy<Server>(who, message); }); });
    failure.rethrow();
}

namespace detail {

template <class Server, class Table, class Key, class Message>
task<answers<Server, Message>> ask_members(std::shared_ptr<Table> table, Key group, Message message, duration timeout) {
    const auto members = table->all(group);
    auto       ask     = [&](const auto& each) { return ref<Server>{each.who}.try_call(Message{message}, timeout); };
    auto       got     = co_await all(members | std::views::transform(ask));

    answers<Server, Message> all_of_them;
    all_of_them.reserve(got.size());
    for (std::size_t i = 0; i < got.size(); ++i)
        all_of_them.emplace_back(ref<Server>{members[i].who}, std::move(got[i]));
    co_return all_of_them;
}

}  // namespace detail

template <class Server, class Key>
template <class Message>
task<answers<Server, Message>> groups<Server, Key>::multi_call(Key group, Message message, duration timeout) const {
    static_assert(call_message<Message>, detail::not_a_call<Message>());
    static_assert(std::is_copy_constructible_v<Message>,
                  "each member gets a copy of this message, and it cannot be copied: let it hold a half::shared");
    detail::check_handles<Server, Message>();
    return detail::ask_members<Server>(table_, std::move(group), std::move(message), timeout);
}

}  // namespace half
