// A pid is the address of one life of one process.
//
//     half::pid p = server;         // every ref<Server> is also a pid
//     half::alive(p);               // is that life still going on?
//
// It is twelve bytes, it can be copied, compared, sorted and kept for ever. Holding it keeps nothing alive, and using
// it after the process ended is safe: the slot may belong to somebody else by then, but the generation tells.
#pragma once

#include <fmt/format.h>

#include <compare>
#include <cstdint>
#include <functional>
#include <string>

namespace half {

/// The address of one life of one process. It can be a key of `std::unordered_map`, and fmt prints it.
///
/// @snippet 01_gen_server/lesson_test.cpp alive
struct pid {
    std::uint32_t node       = 0;  ///< 0 is this node; chapter 05 numbers the others.
    std::uint32_t slot       = 0;  ///< Where the process lives; slots are used again.
    std::uint32_t generation = 0;  ///< Which life in that slot; 0 is nobody.

    /// False when it is nobody. Whether somebody still lives there, alive() says.
    explicit operator bool() const { return generation != 0; }
    auto     operator<=>(const pid&) const = default;
};

bool        alive(pid who);      ///< Is that life still going on?
std::string to_string(pid who);  ///< `<0.17.3>`: node, slot, life.

}  // namespace half

template <>
struct std::hash<half::pid> {
    std::size_t operator()(half::pid p) const noexcept {
        // The slot alone: few lives of one slot meet in a table, and tables of a simulation iterate alike in each run.
        return static_cast<std::size_t>((std::uint64_t{p.node} << 32 | p.slot) * 0x9E3779B97F4A7C15u >> 7);
    }
};

template <>
struct fmt::formatter<half::pid> : fmt::formatter<std::string> {
    auto format(half::pid p, format_context& out) const {
        return formatter<std::string>::format(half::to_string(p), out);
    }
};
