// State outside of the process that may crash.
//
//     struct ball;
//     half::state_guardian<ball> guardian;
//
//     struct ball {
//         int x = 0;
//         void handle(tick) {
//             x += 4;
//             guardian.keep("the ball", *this);    // so far, so good
//         }
//     };
//     {.id = "ball", .start = half::guarded(guardian, "the ball", ball{})}    // a life begins where the last was known good
//
// A supervisor starts a child from what it was told at boot: without a guardian, a crash goes back in time. What is kept is
// what a process says is good, after the message that went well and before the one that goes wrong.
// A state may be what kills. When two lives in a row began from the same kept state and crashed before they kept another, it
// is set aside: find() still shows it, but the next life begins from scratch, and a report says so. (Two is less than the
// restarts that a supervisor grants in a row, so that it does not give up first. Who is stopped or killed has not crashed.)
// A process that ends because its work is done (reason `normal`) takes its state with it; all others leave it to the next.
//
// In Erlang the guardian would be another process, or a table (ETS) that another process owns. Here it is a table that
// belongs to its handle; copies are the same. Memory only: kill -9 takes it (persister.hpp does not).
// Thread safety: all of it.
#pragma once

#include <03_registry/registry.hpp>
#include <04_persistence/detail/guarded_table.hpp>

#include <cstddef>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>

namespace half {

/// How much a guardian takes.
struct guardian_options {
    std::size_t at_most = 4'000'000;  ///< States. One more is refused.
    std::size_t lives   = 2;          ///< How many may begin from the same state and crash before they keep another.
};

/// Thrown by keep() when it would be one state too many.
struct too_many_states : std::length_error {
    explicit too_many_states(std::size_t at_most);  ///< The number goes into what().
};

/// Keeps the last good state of processes, by key.
///
/// @snippet 04_persistence/demo.cpp guardian
template <class State, class Key = std::string>
class state_guardian {
public:
    using state_type = State;  ///< What is kept.
    using key_type   = Key;    ///< What it is found by.

    explicit state_guardian(guardian_options options = {});  ///< Empty.

    /// From now on this is the state. Throws too_many_states.
    void keep(Key key, State state) const;
    /// A copy of the state, if there is one.
    std::optional<State> find(const Key& key) const;
    /// It is not needed any more; false: there was none.
    bool forget(const Key& key) const;
    /// How many there are.
    std::size_t count() const;

    /// For guarded().
    const std::shared_ptr<detail::guarded_table<Key, State>>& table() const { return table_; }

private:
    std::shared_ptr<detail::guarded_table<Key, State>> table_;
};

/// A child's `.start`: the server as it was kept, or `first` (a server, or a function that returns one) when nothing is.
///
/// @snippet 04_persistence/demo.cpp guarded
template <class Server, class Key, class First>
auto guarded(state_guardian<Server, Key> kept, std::type_identity_t<Key> key, First first);

// -- How it works -------------------------------------------------------------------------------------------------

namespace detail {

// What all lives have in common that are guarded by the same `.start`.
template <class State, class Key>
struct guarded_place {
    std::shared_ptr<guarded_table<Key, State>> table;
    Key                                        key;
};

// Tells the table that a life has ended, before its supervisor can begin the next one.
template <class State, class Key>
class guarded_life final : public exit_hook {
public:
    explicit guarded_life(std::shared_ptr<const guarded_place<State, Key>> at) : at_{std::move(at)} {}

    bool        forgets() const override { return true; }
    void        exited(pid who, const exit_reason& why) noexcept override { at_->table->end(at_->key, who, why); }
    std::string describe() const override { return fmt::format("guarded as '{}'", text_of_name(at_->key)); }

private:
    std::shared_ptr<const guarded_place<State, Key>> at_;
};

void tell_of_suspect(process& newborn, std::string_view server, const std::string& key, std::size_t lives);

}  // namespace detail

template <class State, class Key>
state_guardian<State, Key>::state_guardian(guardian_options options)
    : table_{std::make_shared<detail::guarded_table<Key, State>>(options.at_most, options.lives)} {}

template <class State, class Key>
void state_guardian<State, Key>::keep(Key key, State state) const {
    if (!table_->keep(std::move(key), std::move(state))) throw too_many_states{table_->at_most()};
}

template <class State, class Key>
std::optional<State> state_guardian<State, Key>::find(const Key& key) const {
    return table_->find(key);
}

template <class State, class Key>
bool state_guardian<State, Key>::forget(const Key& key) const {
    return table_->forget(key);
}

template <class State, class Key>
std::size_t state_guardian<State, Key>::count() const {
    return table_->count();
}

template <class Server, class Key, class First>
auto guarded(state_guardian<Server, Key> kept, std::type_identity_t<Key> key, First first) {
    using place = detail::guarded_place<Server, Key>;
    auto at     = std::make_shared<const place>(kept.table(), std::move(key));
    return [at = std::move(at), first = std::move(first)]() -> Server {
        detail::process& here   = detail::newborn();
        const auto       begins = at->table->begin(at->key, here.id());
        here.on_exit(std::make_unique<detail::guarded_life<Server, Key>>(at));
        if (begins.from_state)
            if (auto state = at->table->find(at->key)) return std::move(*state);
        if (begins.suspects > 0)
            detail::tell_of_suspect(here, detail::type_name<Server>(), detail::text_of_name(at->key), begins.suspects);
        if constexpr (std::is_invocable_r_v<Server, const First&>) return first();
        else return first;
    };
}

}  // namespace half
