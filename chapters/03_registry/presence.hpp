// Who is here, and who came and went.
//
//     half::presence<user> online;
//
//     online.track(self, "lobby", "ann", user{.device = "phone"});      // as long as this process lives
//     online.list("lobby");                                             // ann: phone, laptop; bob: phone
//
//     online.subscribe(self, "lobby");
//     void handle(half::presence_diff<user> d);                         // d->joins, d->leaves
//
// A presence belongs to a process: a page that is closed, a node that crashes, has left without saying so. A key may be
// present more than once (a user with two devices); it is here until the last has gone. Each change is told to the topic's
// subscribers as one diff, in order; changes of the same moment may come in one. Who subscribes and then lists misses
// nothing, and may hear of somebody twice: a list stays right when of each diff the leaves are taken out, by key and
// process, and then the joins put in.
// A diff is made once for all; still, where n come and all of them subscribe, n * n messages are sent. Let them subscribe
// to smaller topics, or let one process subscribe and tell the others now and then.
// This is one node's presence. Chapter 06 makes it a cluster's.
#pragma once

#include <03_registry/detail/presence_table.hpp>
#include <03_registry/pubsub.hpp>

#include <map>
#include <unordered_set>

namespace half {

/// One presence: which process, and what it says of itself.
template <class Meta>
struct present {
    pid  who;   ///< The process.
    Meta meta;  ///< What it says of itself.

    bool operator==(const present&) const = default;
};

/// What changed in a topic, by key.
template <class Meta>
struct presence_changes {
    std::string                                       topic;   ///< Where.
    std::map<std::string, std::vector<present<Meta>>> joins;   ///< Who came. An update is a leave and a join.
    std::map<std::string, std::vector<present<Meta>>> leaves;  ///< Who went.
};
/// What a subscriber gets, the same for all of them: `d->joins`.
template <class Meta>
using presence_diff = shared<presence_changes<Meta>>;

/// Who is here.
///
/// @snippet 03_registry/demo.cpp presence
template <class Meta>
class presence {
public:
    presence();  ///< Nobody. A copy is the same presence.

    /// This process is present there as `key` from now on; false when it was already.
    template <class Server>
    bool track(const self<Server>& me, std::string topic, std::string key, Meta meta) const;
    /// Changes what it says of itself: `f(meta)`; false when it was not present.
    template <class Server, class F>
    bool update(const self<Server>& me, const std::string& topic, const std::string& key, F f) const;
    /// It is not any more; false when it was not.
    template <class Server>
    bool untrack(const self<Server>& me, const std::string& topic, const std::string& key) const;

    /// Everybody in a topic, by key, at one moment; of one key in the order in which they came.
    std::map<std::string, std::vector<present<Meta>>> list(const std::string& topic) const;
    /// How many keys are present.
    std::size_t count(const std::string& topic) const;

    /// This process hears of each change in the topic: it handles half::presence_diff<Meta>.
    template <class Server>
    void subscribe(const self<Server>& me, const std::string& topic) const;
    /// Not any more; false when it was not subscribed.
    template <class Server>
    bool unsubscribe(const self<Server>& me, const std::string& topic) const;

private:
    using tag = typename detail::presence_table<Meta>::tag;
    std::shared_ptr<detail::presence_table<Meta>> table_;
};

// -- How it works -------------------------------------------------------------------------------------------------

template <class Meta>
presence<Meta>::presence() : table_{std::make_shared<detail::presence_table<Meta>>()} {}

template <class Meta>
template <class Server>
bool presence<Meta>::track(const self<Server>& me, std::string topic, std::string key, Meta meta) const {
    const auto mine = std::make_shared<const detail::said<Meta>>(std::move(key), std::move(meta));
    return table_->add(me.here(), std::move(topic), mine, [&](const tag& other) { return other->key == mine->key; });
}

template <class Meta>
template <class Server, class F>
bool presence<Meta>::update(const self<Server>& me, const std::string& topic, const std::string& key, F f) const {
    detail::check_change<F, Meta>();
    for (const auto& before : table_->own(me.here(), topic)) {
        if (before->key != key) continue;
        Meta meta = before->meta;
        f(meta);
        return table_->exchange(me.here(), topic, before,
                                std::make_shared<const detail::said<Meta>>(key, std::move(meta)));
    }
    return false;
}

template <class Meta>
template <class Server>
bool presence<Meta>::untrack(const self<Server>& me, const std::string& topic, const std::string& key) const {
    return table_->remove(me.here(), topic, [&](const tag& mine) { return mine->key == key; }) > 0;
}

template <class Meta>
std::map<std::string, std::vector<present<Meta>>> presence<Meta>::list(const std::string& topic) const {
    std::map<std::string, std::vector<present<Meta>>> here;
    for (const auto& [who, said] : table_->all(topic)) here[said->key].push_back({who, said->meta});
    return here;
}

template <class Meta>
std::size_t presence<Meta>::count(const std::string& topic) const {
    const auto                           all = table_->all(topic);
    std::unordered_set<std::string_view> keys;
    for (const auto& each : all) keys.insert(each.tag->key);
    return keys.size();
}

template <class Meta>
template <class Server>
void presence<Meta>::subscribe(const self<Server>& me, const std::string& topic) const {
    table_->diffs.subscribe(me, topic);
}

template <class Meta>
template <class Server>
bool presence<Meta>::unsubscribe(const self<Server>& me, const std::string& topic) const {
    return table_->diffs.unsubscribe(me, topic);
}

}  // namespace half
