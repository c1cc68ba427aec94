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

// Does this purse keep its promises? It is fresh and empty; ask it with sim.call(purse, ...).
template <class Purse>
bool holds(half::runtime& sim, half::ref<Purse> purse) {
    purse.cast(put{1});
    return sim.call(purse, total{}) == 0;
}
