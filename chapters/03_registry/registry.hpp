// Start here.
//
// A pid is the address of one life. A name is where the next life can be found, too:
//
//     struct room;
//     half::registry<room> rooms;                              // from names to rooms
//
//     struct room {
//         void init(half::self<room> self) { rooms.add(self, "lobby").or_throw(); }
//     };
//
//     rooms.find("lobby").cast(room::say{"hello"});            // whoever is the lobby now
//     half::via lobby{rooms, "lobby"};                         // or an address by name, used like a ref
//     co_await lobby.call(room::who{});
//
// A name belongs to one process at a time. It is free again when that process ends, and always before anybody could hear
// of the end: a restarted child finds its own name free.
// A name that nobody has leads to *nobody*: a ref without an address. It is false in a condition, what is cast to it is
// lost, and a call to it fails at once with no_such_process.
// Looking up a name asks no process, takes no lock and allocates nothing.
//
// A registry is a handle: copies are the same table. Thread safety: all of it, except that only a process can add itself.
//
// What to take for what, and read on in this order:
//
//     registry.hpp             one process for each name                    add, find
//     via.hpp                  a name, used like a ref                      who
//     duplicate_registry.hpp   many processes under one key, with values    add, dispatch
//     groups.hpp               many of one kind; ask them all               join, multi_call
//     pubsub.hpp               who wants to hear of what                    subscribe, broadcast
//     presence.hpp             who is here, and who came and went           track, list
#pragma once

#include <01_gen_server/gen_server.hpp>
#include <03_registry/detail/name_table.hpp>

#include <expected>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace half {

/// The name is taken, and by whom.
struct taken {
    std::string name;  ///< The name, as text.
    pid         by;    ///< Who has it.

    bool operator==(const taken&) const = default;
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
    added(std::expected<void, taken> other) : expected{std::move(other)} {}  ///< The same, by another name.
    /// For a server that cannot be without its name: throws half::already_started, which says who has it.
    void or_throw() const;
};

/// Names for processes that run a `Server`: a key leads to one process at most. A process may have many names. Each can
/// carry a value that is read with the name.
///
/// A key is whatever has `==` and a `std::hash`. The hash has no secret: where strangers choose names and might choose many
/// that collide, give the key a type of its own with a hash that has one.
///
/// @snippet 03_registry/demo.cpp registry
template <class Server, class Key = std::string, class Value = nothing>
class registry {
public:
    using server_type = Server;  ///< What lives at a name.
    using key_type    = Key;     ///< What names are.

    /// Gives this process a name, and the value that goes with it. A name that it has already stays as it is, with its
    /// value.
    added add(const self<Server>& me, Key name, Value value = {}) const;
    /// Gives the name back; false when this process does not have it.
    bool remove(const self<Server>& me, const Key& name) const;
    /// Changes the value of this process's own name: `f(value)`, on a copy that then takes its place. Who reads meanwhile
    /// reads the value before; when `f` throws, it stays. False when this process does not have the name.
    template <class F>
    bool update(const self<Server>& me, const Key& name, F f) const;

    /// Who has the name now; nobody, when it is free. Any text will do for a std::string.
    template <class Like>
    ref<Server> find(const Like& name) const;
    /// A copy of the value of a name.
    template <class Like>
    std::optional<Value> value(const Like& name) const;

    std::size_t      count() const;       ///< How many names there are.
    std::vector<Key> keys(pid of) const;  ///< The names of a process, oldest first.
    /// Calls `f(name, ref, value)` for each name, in no order, without a lock. Names that come or go meanwhile may be seen
    /// or not.
    template <class F>
    void each(F f) const;

private:
    std::shared_ptr<detail::name_table<Key, Value>> table_ = std::make_shared<detail::name_table<Key, Value>>();
};

/// A child's `.start` (chapter 02): a server that has its name before its init() runs, in each of its lives. When the name
/// is taken it does not start, and says who has it. `first` is the server, or a function that returns one.
///
/// @snippet 03_registry/demo.cpp named
template <class Server, class Key, class Value, class First>
auto named(registry<Server, Key, Value> names, std::type_identity_t<Key> name, First first);

/// The same for a dynamic supervisor: `name_of(argument)` is the child's name, `make(argument)` the child. "Start this room,
/// or tell me who it is": the error of a second start_child is `already_there`, with `.who`.
///
/// @snippet 03_registry/lesson_test.cpp named_rooms
template <class Server, class Key, class Value, class NameOf, class Make>
    requires(!std::convertible_to<NameOf, Key>)
auto named(registry<Server, Key, Value> names, NameOf name_of, Make make);

// -- How it works ---------------------------------------------------------------------------------------------------

namespace detail {

process& newborn();  // the process whose first state is made on this thread, by a supervisor's `.start`

template <class F, class Value>
consteval void check_change() {
    static_assert(std::is_invocable_v<F&, Value&> && !std::is_invocable_v<F&, Value>,
                  "update() wants a function that changes the value it is given: [](auto& value) { ... }");
}

}  // namespace detail

template <class Server, class Key, class Value>
added registry<Server, Key, Value>::add(const self<Server>& me, Key name, Value value) const {
    const pid holder = table_->add(me.here(), name, std::move(value));
    if (!holder) return {};
    return std::unexpected{taken{detail::text_of_name(name), holder}};
}

template <class Server, class Key, class Value>
bool registry<Server, Key, Value>::remove(const self<Server>& me, const Key& name) const {
    return table_->remove(me.here(), detail::as_name<Key>(name));
}

template <class Server, class Key, class Value>
template <class F>
bool registry<Server, Key, Value>::update(const self<Server>& me, const Key& name, F f) const {
    static_assert(!std::is_same_v<Value, nothing>, "this registry keeps no values: there is nothing to update");
    detail::check_change<F, Value>();
    return table_->update(me.here(), detail::as_name<Key>(name), f);
}

template <class Server, class Key, class Value>
template <class Like>
ref<Server> registry<Server, Key, Value>::find(const Like& name) const {
    ref<Server> found;
    table_->with(detail::as_name<Key>(name), [&](const auto& entry) { found = ref<Server>{entry.who()}; });
    return found;
}

template <class Server, class Key, class Value>
template <class Like>
std::optional<Value> registry<Server, Key, Value>::value(const Like& name) const {
    std::optional<Value> found;
    table_->with(detail::as_name<Key>(name), [&](const auto& entry) { found = entry.value; });
    return found;
}

template <class Server, class Key, class Value>
std::size_t registry<Server, Key, Value>::count() const {
    return table_->count();
}

template <class Server, class Key, class Value>
std::vector<Key> registry<Server, Key, Value>::keys(pid of) const {
    return table_->keys(of);
}

template <class Server, class Key, class Value>
template <class F>
void registry<Server, Key, Value>::each(F f) const {
    table_->each([&](const auto& entry) { f(entry.key, ref<Server>{entry.who()}, entry.value); });
}

template <class Server, class Key, class Value, class First>
auto named(registry<Server, Key, Value> names, std::type_identity_t<Key> name, First first) {
    return [names = std::move(names), name = std::move(name), first = std::move(first)]() -> Server {
        names.add(self<Server>{detail::newborn()}, name).or_throw();
        if constexpr (std::is_invocable_r_v<Server, const First&>) return first();
        else return first;
    };
}

template <class Server, class Key, class Value, class NameOf, class Make>
    requires(!std::convertible_to<NameOf, Key>)
auto named(registry<Server, Key, Value> names, NameOf name_of, Make make) {
    return [names = std::move(names), name_of = std::move(name_of),
            make = std::move(make)](const auto& argument) -> Server {
        names.add(self<Server>{detail::newborn()}, name_of(argument)).or_throw();
        return make(argument);
    };
}

}  // namespace half
