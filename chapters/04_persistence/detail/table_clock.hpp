// What time it is for a table that any thread may look at: the time of the runtime whose processes use it.
//
// In a process it is the process's runtime that says so; outside, the one in which the table's flusher lives, if it does. All
// real runtimes have the same time, and outside of processes it goes on. Virtual time goes on only as long as somebody is
// there who knows it. Time never goes back: another runtime goes on where the last one stood.
#pragma once

#include <cstdint>

namespace half::detail {

class engine;

// Under the table's lock.
class table_clock {
public:
    table_clock() noexcept;
    std::uint64_t now() noexcept;    // ns
    std::uint64_t stamp() noexcept;  // the same, and never the same twice

    // The runtime to ask outside of processes; null: none.
    void ask(const engine* runtime) noexcept { known_ = runtime; }

private:
    const engine* known_ = nullptr;
    const engine* asked_ = nullptr;  // the last time; null: real time
    std::uint64_t heard_;            // what it said
    std::uint64_t now_  = 0;
    std::uint64_t last_ = 0;  // stamp
};

}  // namespace half::detail
