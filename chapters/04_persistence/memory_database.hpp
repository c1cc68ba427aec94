// A database in memory, for simulated runs, and one that fails when it is told to:
//
//     half::memory_database disk;
//     half::runtime         sim{half::simulated{.seed = 7}};
//     half::store           db{disk};
//
//     disk.answer_after(20ms);          // virtual time
//     disk.go_away();                   // as if its server had been stopped: connections break, new ones are refused
//     disk.come_back();
//     disk.fill();                      // no room: what writes fails as `full`
//     disk.break_connections();         // once, in the middle of whatever they do
//     disk.lose_next_answer();          // the next commit happens, and its connection breaks before it can say so
//
// It outlives stores and runtimes, as a disk does: what was committed is there for the next run, and nothing else is. It
// is SQLite's engine without a file. Real files and sockets are refused in a simulated runtime: there, time is not real.
// A copy is the same database. Thread safety: all of it.
#pragma once

#include <01_gen_server/timer.hpp>

#include <cstdint>
#include <memory>

namespace half {

namespace detail {
class memory_engine;
}  // namespace detail

/// A database that is not there any more when its last copy goes, and that fails when it is told to.
///
/// @snippet 04_persistence/lesson_test.cpp memory_database
class memory_database {
public:
    memory_database();  ///< Empty.

    void          answer_after(duration time) const;  ///< Each statement takes so long, in the runtime's time.
    void          go_away() const;                    ///< Connections break, and new ones are refused.
    void          come_back() const;                  ///< It answers again. What was committed is there.
    void          fill() const;                       ///< What writes fails as `full`.
    void          make_room() const;                  ///< There is room again.
    void          break_connections() const;          ///< Breaks all connections now; new ones can be made.
    void          lose_next_answer() const;           ///< The next commit happens, and who asked for it is `in_doubt`.
    std::uint64_t commits() const;                    ///< How many transactions were committed.

    /// For the store.
    const std::shared_ptr<detail::memory_engine>& engine() const { return engine_; }

private:
    std::shared_ptr<detail::memory_engine> engine_;
};

}  // namespace half
