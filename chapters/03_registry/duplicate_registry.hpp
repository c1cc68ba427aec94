// Many processes under one key.
//
//     half::duplicate_registry<viewer, pet_id> watching;
//
//     watching.add(self, pet);                                                  // in each viewer
//     watching.dispatch(pet, [&](half::ref<viewer> v) { v.cast(seen{age}); });  // to all under the key
//
// The other half of the registry: a key leads to any number of processes, in the order in which they came. A process may
// stand under many keys, and more than once under one. It is split into parts, each with a lock of its own, by the
// process and not by the key: ten thousand processes that come and go under one key do not queue for it.
#pragma once

#include <03_registry/registry.hpp>

namespace half {

namespace detail {
template <class Server, class Key, class Value>
class member_table;
}

/// A key leads to any number of processes; each entry can carry a value.
///
/// @snippet 03_registry/lesson_test.cpp dispatch
template <class Server, class Key = std::string, class Value = nothing>
class duplicate_registry {
public:
    using server_type = Server;  ///< What stands under a key.
    using key_type    = Key;     ///< What keys are.

    /// Parts; 0: as many as cores.
    explicit duplicate_registry(std::size_t parts = 0);

    void add(const self<Server>& me, Key key, Value value = {}) const;  ///< Puts this process under the key once more.
    std::size_t remove(const self<Server>& me,
                       const Key&          key) const;  ///< Takes it away from there; how many times it stood there.
    /// Changes the values of this process under the key: `f(value)` for each; how many there are.
    template <class F>
    std::size_t update(const self<Server>& me, const Key& key, F f) const;

    /// Calls `f(ref)` or `f(ref, value)` for each under the key, on this thread. `f` may send; it must not touch this registry.
    template <class F>
    void                     dispatch(const Key& key, F f) const;
    std::vector<ref<Server>> members(const Key& key) const;  ///< Who stands under the key.
    std::size_t              count(const Key& key) const;    ///< How many stand under the key.
    std::size_t              count() const;                  ///< How many entries there are.
    std::vector<Key>         keys(pid of) const;             ///< Under which keys a process stands.

private:
    std::shared_ptr<detail::member_table<Server, Key, Value>> table_;
};

}  // namespace half
