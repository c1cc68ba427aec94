// One child per core; a key says which.
//
//     half::partitions<counter> counters;                       // addresses; nobody lives there yet
//     {.id = "counters", .start = half::partition_supervisor<counter>{.of = counters}}
//
//     counters.of("ann").cast(counter::add{1});                 // the same key, the same counter
//
// What one process cannot do fast enough, eight may, if the work can be told apart by a key. The table of addresses is
// shared: looking up a key asks no process. It always has the process that lives now, restarts included.
// The children are started at the same time, on all cores, and the supervisor has started when all have.
#pragma once

#include <02_supervisor/supervisor.hpp>

#include <functional>

namespace half {

/// The addresses of equal servers that share the work of one. A value: copies have the same addresses.
///
/// @snippet 02_supervisor/lesson_test.cpp partitions
template <class Server>
class partitions {
public:
    /// As many as this; 0: one per core.
    explicit partitions(std::size_t number = 0);

    /// The one for this key: anything that std::hash knows, or text.
    template <class Key>
    ref<Server> of(const Key& key) const;
    ref<Server> operator[](std::size_t partition) const;  ///< By number; nobody while it does not run.
    std::size_t size() const;                             ///< How many there are.
};

/// A supervisor of equal children, all started at the same time.
template <class Server>
struct partition_supervisor {
    partitions<Server> of;  ///< Where their addresses go.

    /// Makes the state of one partition, in its own process.
    std::function<Server(std::size_t partition)> start = [](std::size_t) { return Server{}; };

    half::restart           restart  = permanent;  ///< Which ends of a child call for a new start.
    intensity               at_most  = {};         ///< When it gives up.
    std::optional<duration> shutdown = {};         ///< How long a child may take to end when it is asked to.
};

}  // namespace half
