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
    const auto has   = [&](int coins) { return sim.call(purse, total{}) == coins; };
    const auto gives = [&](int coins) {
        return sim.try_call(purse, take{coins}, std::chrono::milliseconds{10}).value_or(false);
    };

    if (!has(0) || gives(1)) return false;
    purse.cast(put{5});
    purse.cast(put{5});
    if (!has(10)) return false;
    if (gives(11) || !has(10)) return false;
    if (gives(0) || gives(-1) || !has(10)) return false;
    if (!gives(4) || !has(6)) return false;
    return gives(6) && has(0);
}
