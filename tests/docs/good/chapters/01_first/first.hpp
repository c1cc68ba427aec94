// One thing.
//
//     int n = half::one();
//
// And no more.
#pragma once

namespace half {
namespace detail {
inline int hidden() { return 1; }
}  // namespace detail

//! [one]
/// Always one.
///
/// @snippet 01_first/demo.cpp use
inline int one() { return detail::hidden(); }
//! [one]

/// Something that counts.
struct counter {
    int value = 0;  ///< How far it is.

    bool operator==(const counter&) const = default;
};

/// Where it goes.
enum class way {
    up,   ///< One more.
    down  ///< One less.
};

}  // namespace half
