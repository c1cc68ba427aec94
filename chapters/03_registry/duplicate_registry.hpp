// Many processes under one key.
//
//     half::duplicate_registry<viewer, pet_id> watching;
//
//     watching.add(self, pet);                                                  // in each viewer
//     watching.dispatch(pet, [&](half::ref<viewer> v) { v.cast(seen{age}); });  // to all under the key
//
// The other half of the registry: a key leads to any number of processes, in the order in which they came. A process may
// stand under many keys, and more than once under one. What it stands under ends with it.
//
// dispatch() runs on the thread of its caller, and holds no lock while it calls: what it calls may send, and may use this
// registry too. Who comes meanwhile is not called; who goes meanwhile may still be.
#pragma once

#include <03_registry/detail/member_table.hpp>
#include <03_registry/registry.hpp>

namespace half {

namespace detail {
// Values are never copied under a lock: who reads one shares it, and a change puts another in its place.
template <class Value>
struct kept {
    using tag = std::shared_ptr<const Value>;
};
template <>
struct kept<nothing> {
    using tag = nothing;
};
}  // namespace detail

/// A key leads to any number of processes; each entry can carry a value.
///
/// @snippet 03_registry/lesson_test.cpp dispatch
template <class Server, class Key = std::string, class Value = nothing>
class duplicate_registry {
public:
    using server_type = Server;  ///< What stands under a key.
    using key_type    = Key;     ///< What keys are.

    duplicate_registry();  ///< Without entries.

    /// Puts this process under the key once more.
    void add(const self<Server>& me, Key key, Value value = {}) const;
    /// Takes it away from there; how many times it stood there.
    std::size_t remove(const self<Server>& me, const Key& key) const;
    /// Changes the values of this process under the key: `f(value)` for each; how many there are.
    template <class F>
    std::size_t update(const self<Server>& me, const Key& key, F f) const;

    /// Calls `f(ref)` or `f(ref, value)` for each under the key.
    template <class F>
    void                     dispatch(const Key& key, F f) const;
    std::vector<ref<Server>> members(const Key& key) const;  ///< Who stands under the key, the first first.
    std::size_t              count(const Key& key) const;    ///< How many stand under the key.
    std::size_t              count() const;                  ///< How many entries there are.
    /// Under which keys a process stands, in the order in which it came there. Looks at all entries: for people.
    std::vector<Key> keys(pid of) const;

private:
    using tag = typename detail::kept<Value>::tag;
    std::shared_ptr<detail::member_table<Key, tag>> table_;
};

// -- How it works -------------------------------------------------------------------------------------------------

template <class Server, class Key, class Value>
duplicate_registry<Server, Key, Value>::duplicate_registry()
    : table_{std::make_shared<detail::member_table<Key, tag>>("stands under")} {}

template <class Server, class Key, class Value>
void duplicate_registry<Server, Key, Value>::add(const self<Server>& me, Key key, Value value) const {
    const auto again = [](const tag&) { return false; };
    if constexpr (std::is_same_v<Value, nothing>) table_->add(me.here(), std::move(key), tag{}, again);
    else table_->add(me.here(), std::move(key), std::make_shared<const Value>(std::move(value)), again);
}

template <class Server, class Key, class Value>
std::size_t duplicate_registry<Server, Key, Value>::remove(const self<Server>& me, const Key& key) const {
    return table_->remove(me.here(), key, [](const tag&) { return true; });
}

template <class Server, class Key, class Value>
template <class F>
std::size_t duplicate_registry<Server, Key, Value>::update(const self<Server>& me, const Key& key, F f) const {
    static_assert(!std::is_same_v<Value, nothing>, "this registry keeps no values: there is nothing to update");
    detail::check_change<F, Value>();
    std::size_t changed = 0;
    for (const auto& before : table_->own(me.here(), key)) {
        Value value = *before;
        f(value);
        changed += table_->exchange(me.here(), key, before, std::make_shared<const Value>(std::move(value)));
    }
    return changed;
}

template <class Server, class Key, class Value>
template <class F>
void duplicate_registry<Server, Key, Value>::dispatch(const Key& key, F f) const {
    table_->each(key, [&](pid who, const tag& value) {
        const ref<Server> to{who};
        constexpr bool    with_value =
            !std::is_same_v<Value, nothing> && std::is_invocable_v<F&, const ref<Server>&, const Value&>;
        if constexpr (with_value) f(to, *value);
        else f(to);
    });
}

template <class Server, class Key, class Value>
std::vector<ref<Server>> duplicate_registry<Server, Key, Value>::members(const Key& key) const {
    const auto               found = table_->all(key);
    std::vector<ref<Server>> members;
    members.reserve(found.size());
    for (const auto& each : found) members.emplace_back(each.who);
    return members;
}

template <class Server, class Key, class Value>
std::size_t duplicate_registry<Server, Key, Value>::count(const Key& key) const {
    return table_->count(key);
}

template <class Server, class Key, class Value>
std::size_t duplicate_registry<Server, Key, Value>::count() const {
    return table_->count();
}

template <class Server, class Key, class Value>
std::vector<Key> duplicate_registry<Server, Key, Value>::keys(pid of) const {
    return table_->keys(of);
}

}  // namespace half
