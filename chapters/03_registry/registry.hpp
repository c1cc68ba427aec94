// Start here.
//
// A pid is the address of one life. A name is where the next life can be found, too:
//
//     half::registry<room> rooms;                              // names on the left, rooms on the right
//
//     struct room {
//         void init(half::self<room> self) { rooms.add(self, "lobby").or_throw(); }
//     };
//
//     rooms.find("lobby").cast(room::say{"hello"});            // whoever is the lobby now
//     half::via lobby{rooms, "lobby"};                         // or an address by name, used like a ref
//     co_await lobby.call(room::who{});
//
// A name belongs to one process at a time. It is free again when that process ends, and always before anybody who
// watches could hear of the end: a restarted child finds its own name free.
// Looking up a name asks no process, takes no lock and allocates nothing.
//
// A registry is a value: copies are the same table. Thread safety: all of it, except that only a process can add itself.
//
// Read on in this order:
//
//     registry.hpp              (this file) one process for each name
//     via.hpp                   a name, used like a ref
//     duplicate_registry.hpp    many processes under one key
//     groups.hpp                join, leave, ask all members
//     pubsub.hpp                topics: who wants to hear of what
//     presence.hpp              who is here, and who came and went
#pragma once

#include <01_gen_server/gen_server.hpp>

#include <expected>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace half {

/// The name is taken, and by whom.
struct taken {
    std::string name;  ///< The name, as text.
    pid         by;    ///< Who has it.
};

std::string to_string(const taken& refusal);  ///< As a sentence for people.

/// As a registry's Value: none.
struct nothing {
    bool operator==(const nothing&) const = default;
};

/// What add() returns: whether the name is ours now.
///
/// @snippet 03_registry/lesson_test.cpp taken
struct [[nodiscard("the name may be taken")]] added : std::expected<void, taken> {
    using std::expected<void, taken>::expected;
    /// For a server that cannot be without its name: throws std::runtime_error, which says who has it.
    void or_throw() const;
};

namespace detail {
template <class Server, class Key, class Value>
class name_table;
}

/// Names for processes that run a `Server`: a key leads to one process at most. A process may have many names. Each can
/// carry a value that is read with the name.
///
/// @snippet 03_registry/demo.cpp registry
template <class Server, class Key = std::string, class Value = nothing>
class registry {
public:
    using server_type = Server;  ///< What lives at a name.
    using key_type    = Key;     ///< What names are.

    registry();  ///< Without names.

    /// Gives this process a name, and the value that goes with it.
    added add(const self<Server>& me, Key name, Value value = {}) const;
    /// Gives the name back; false when this process does not have it.
    bool remove(const self<Server>& me, const Key& name) const;
    /// Changes the value of this process's own name: `f(value)`. False when this process does not have it.
    template <class F>
    bool update(const self<Server>& me, const Key& name, F f) const;

    /// Who has the name now; nobody, when it is free.
    template <class Like>
    ref<Server> find(const Like& name) const;
    /// The value of a name.
    template <class Like>
    std::optional<Value> value(const Like& name) const;

    std::size_t      count() const;       ///< How many names there are.
    std::vector<Key> keys(pid of) const;  ///< The names of a process, oldest first.
    /// Calls `f(name, ref, value)` for each name, in no order. Names that come or go meanwhile may be seen or not.
    template <class F>
    void each(F f) const;

private:
    std::shared_ptr<detail::name_table<Server, Key, Value>> table_;
};

/// A child's `.start` (chapter 02): a server that has its name before its init() runs, in each of its lives. When the name
/// is taken it does not start, and says who has it.
///
/// @snippet 03_registry/demo.cpp named
template <class Server, class Key, class Value>
auto named(registry<Server, Key, Value> names, std::type_identity_t<Key> name, Server first);

}  // namespace half
