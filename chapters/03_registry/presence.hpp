// Who is here, and who came and went.
//
//     half::presence<user> online;
//
//     online.track(self, "lobby", "ann", user{.device = "phone"});      // as long as this process lives
//     online.list("lobby");                                             // ann: phone, laptop; bob: phone
//
//     online.subscribe(self, "lobby");
//     void handle(half::presence_diff<user> d);                         // d.joins, d.leaves
//
// A presence belongs to a process: a page that is closed, a node that crashes, has left without saying so. A key may be
// present more than once (a user with two devices); it is here until the last has gone. Each change is told to the topic's
// subscribers as one diff, in order; who subscribes and then lists misses nothing, and may hear of somebody twice.
// This is one node's presence. Chapter 06 makes it a cluster's.
#pragma once

#include <03_registry/pubsub.hpp>

#include <map>

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
struct presence_diff {
    std::string                                       topic;   ///< Where.
    std::map<std::string, std::vector<present<Meta>>> joins;   ///< Who came. An update is a leave and a join.
    std::map<std::string, std::vector<present<Meta>>> leaves;  ///< Who went.
};

/// Who is here.
///
/// @snippet 03_registry/demo.cpp presence
template <class Meta>
class presence {
public:
    /// This process is present there as `key` from now on; false when it was already.
    template <class Server>
    bool track(const self<Server>& me, std::string topic, std::string key, Meta meta) const;
    /// Changes what it says of itself: `f(meta)`; false when it was not present.
    template <class Server, class F>
    bool update(const self<Server>& me, const std::string& topic, const std::string& key, F f) const;
    /// It is not any more; false when it was not.
    template <class Server>
    bool untrack(const self<Server>& me, const std::string& topic, const std::string& key) const;

    /// Everybody in a topic, by key.
    std::map<std::string, std::vector<present<Meta>>> list(const std::string& topic) const;
    /// How many keys are present.
    std::size_t count(const std::string& topic) const;

    /// This process hears of each change in the topic: it handles half::presence_diff<Meta>.
    template <class Server>
    void subscribe(const self<Server>& me, std::string topic) const;
};

}  // namespace half
