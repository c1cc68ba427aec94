// A test for purses. A right purse keeps these promises:
//
//   - it is empty at first
//   - put adds coins
//   - take answers true and removes the coins, if there are as many
//   - else take answers false and removes nothing; so it does when asked for no coins, or for less than none
//   - total says how many there are
#pragma once

#include <01_gen_server/gen_server.hpp>

// clang-format off
struct put   { int coins; };
struct take  { int coins; using reply = bool; };
struct total { using reply = int; };

// Does this kind of purse keep its promises?
template <class Purse>
bool holds() {
    half::runtime sim{half::simulated{}};
    const auto    purse = sim.start(Purse{});

    purse.cast(put{5});
    purse.cast(put{5});
    if (sim.call(purse, take{11})) return false;
    if (sim.call(purse, take{0}) || sim.call(purse, take{-1})) return false;
    return sim.call(purse, take{10});
}
