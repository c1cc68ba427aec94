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
// A state may be what kills. When two lives in a row began from the same kept state and ended before they kept another,
// it is not handed out any more: the next life begins from scratch, and a report says so. (Two is less than the restarts that
// a supervisor grants in a row, so that it does not give up first.)
// A process that ends because its work is done (reason `normal`) takes its state with it; all others leave it to the next.
//
// In Erlang the guardian would be another process, or a table (ETS) that another process owns. Here it is a table that
// belongs to its handle; copies are the same. Memory only: kill -9 takes it (persister.hpp does not).
// Thread safety: all of it.
#pragma once

#include <02_supervisor/child.hpp>
#include <04_persistence/detail/guarded_table.hpp>

#include <cstddef>
#include <memory>
#include <optional>
#include <string>

namespace half {

/// How much a guardian takes.
struct guardian_options {
    std::size_t at_most = 4'000'000;  ///< States. One more is refused.
    std::size_t lives   = 2;          ///< How many may begin from the same state and end before they keep another.
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

}  // namespace half
