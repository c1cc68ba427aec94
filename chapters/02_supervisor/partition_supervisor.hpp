// Several servers that share the work of one; a key says which of them does it.
//
//     half::partitions<counter> counters;                       // addresses; nobody lives there yet
//     {.id = "counters", .start = half::partition_supervisor<counter>{.into = counters}}
//
//     counters.of("ann").cast(counter::add{1});                 // the same key, the same counter
//
// What one process cannot do fast enough, one process for each core may, if the work can be told apart by a key. The table
// of addresses is shared: looking up a key asks no process and waits for nobody. After a restart it has the new address;
// what is sent in between is lost, as with any ref. The children are started at the same time, and the supervisor has
// started when all have.
#pragma once

#include <02_supervisor/detail/partition_table.hpp>
#include <02_supervisor/supervisor.hpp>

#include <functional>

namespace half {

/// The addresses of equal servers that share the work of one. Copies are the same table.
///
/// @snippet 02_supervisor/lesson_test.cpp partitions
template <class Server>
class partitions {
public:
    /// As many as this; 0: one for each core, and four in a simulation.
    explicit partitions(std::size_t number = 0) : table_{std::make_shared<detail::partition_table>(number)} {}

    /// The one for this key: text, or anything that std::hash knows. Which one a key leads to is good for this run of the
    /// program: do not store it.
    template <class Key>
    ref<Server> of(const Key& key) const {
        if constexpr (std::convertible_to<const Key&, std::string_view>)
            return ref<Server>{table_->of(std::hash<std::string_view>{}(key))};
        else return ref<Server>{table_->of(std::hash<Key>{}(key))};
    }
    ref<Server> operator[](std::size_t partition) const { return ref<Server>{table_->at(partition)}; }  ///< By number.
    std::size_t size() const { return table_->size(); }  ///< How many there are; 0 before the first start.

    /// For the supervisor.
    const std::shared_ptr<detail::partition_table>& table() const { return table_; }

private:
    std::shared_ptr<detail::partition_table> table_;
};

namespace detail {
class partition_household;
template <class Server>
std::function<Server(std::size_t)> made_for_each();
}  // namespace detail

/// A supervisor of equal children, all started at the same time.
///
/// @snippet 02_supervisor/lesson_test.cpp partitions
template <class Server>
struct partition_supervisor {
    partitions<Server> into;  ///< Where their addresses go. One supervisor at a time can have them.

    /// Makes the state of one partition, in its own process, on any worker: it captures no references.
    std::function<Server(std::size_t partition)> start = detail::made_for_each<Server>();

    half::restart           restart  = permanent;  ///< Which ends of a child call for a new start.
    intensity               at_most  = {};         ///< When it gives up.
    std::optional<duration> shutdown = {};         ///< How long a child may take to end when it is asked to.

    /// Who is there.
    struct which_children {
        using reply                        = std::vector<ref<Server>>;  ///< The answer.
        static constexpr duration patience = forever;                   ///< As long as it takes.
    };
    /// How many there are.
    struct count_children {
        using reply                        = child_counts;  ///< The answer.
        static constexpr duration patience = forever;       ///< As long as it takes.
    };

    /// @cond handlers
    std::vector<ref<Server>> handle(which_children);
    child_counts             handle(count_children) { return at_work->count(); }

    task<>      init(self<partition_supervisor> me);
    void        handle(exit_signal asked, self<partition_supervisor> me);
    task<>      terminate(exit_reason) { return at_work->end_all(); }
    std::string describe() const { return fmt::format("{} children", at_work ? at_work->size() : 0); }
    /// @endcond

    detail::partition_household* at_work = nullptr;  ///< For the supervisor: the children that run.
};

// -- How it works -------------------------------------------------------------------------------------------------

namespace detail {

template <class Server>
std::function<Server(std::size_t)> made_for_each() {
    if constexpr (std::is_default_constructible_v<Server>) return [](std::size_t) { return Server(); };
    else return {};
}

}  // namespace detail

/// @cond handlers
template <class Server>
task<> partition_supervisor<Server>::init(self<partition_supervisor> me) {
    if (!start) throw std::invalid_argument{"say how a partition begins: .start = [](std::size_t number) { ... }"};
    auto make = [shared = std::make_shared<const decltype(start)>(std::move(start)),
                 home   = me.here().home](std::size_t number, std::unique_ptr<exit_hook> tie) -> pid {
        return detail::spawn_made<Server>(
            *home, [shared, number] { return (*shared)(number); }, detail::nobody_waits{}, std::move(tie));
    };
    auto made =
        std::make_unique<detail::partition_household>(me.here(),
                                                      detail::brood::rules{.restart     = restart,
                                                                           .at_most     = at_most,
                                                                           .shutdown    = shutdown,
                                                                           .server      = detail::type_name<Server>(),
                                                                           .supervisors = detail::supervises<Server>},
                                                      into.table(), std::move(make));
    at_work = made.get();
    me.here().on_exit(std::move(made));
    co_await at_work->start_all();
}

template <class Server>
std::vector<ref<Server>> partition_supervisor<Server>::handle(which_children) {
    const auto all = at_work->everybody();
    return {all.begin(), all.end()};
}

template <class Server>
void partition_supervisor<Server>::handle(exit_signal asked, self<partition_supervisor> me) {
    if (at_work->ends_by(asked)) me.stop(std::move(asked.reason));
}

/// @endcond

}  // namespace half
