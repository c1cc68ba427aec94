// A test for kitchens. A right kitchen keeps these promises:
//
//   - its children are gas, stove and pot, started in this order, and all of them run
//   - when one of them crashes, it begins again, and so do those after it; those before it stay as they are
//   - when the pot is done (it ends normally), it stays away
//   - three crashes within ten seconds are borne; with the fourth the kitchen gives up, and ends
//   - a crash that is longer ago than ten seconds does not count
#pragma once

#include <02_supervisor/supervisor.hpp>

#include <chrono>
#include <string>

using namespace std::chrono_literals;

// clang-format off
struct station {
    struct crash {};
    struct done  {};

    half::duration warms_up = 0s;

    half::task<> init()                                 { co_await half::sleep(warms_up); }
    void         handle(crash)                          { throw std::runtime_error{"out of order"}; }
    void         handle(done, half::self<station> self) { self.stop(); }
};

// Does this kitchen keep its promises? It is fresh. A half::call_failed that you let out counts as a no.
inline bool holds(half::runtime& sim, half::ref<half::supervisor> kitchen) {
    //@todo 1 crash its stations, see who begins again, and return false as soon as it breaks a promise
    const auto find  = [&](const char* id) { return sim.run(half::find_child<station>(kitchen, id)); };
    const auto crash = [&](const char* id) {
        find(id).cast(station::crash{});
        sim.settle();
        return half::alive(kitchen);
    };

    std::string order;
    for (const auto& child : sim.call(kitchen, half::supervisor::which_children{})) order += child.id + " ";
    if (order != "gas stove pot ") return false;

    const auto gas = find("gas"), stove = find("stove"), pot = find("pot");
    if (!crash("stove") || find("gas") != gas) return false;

    const auto next_stove = find("stove"), next_pot = find("pot");
    if (!half::alive(next_stove) || next_stove == stove || next_pot == pot) return false;
    if (!crash("pot") || find("stove") != next_stove || !half::alive(find("pot"))) return false;

    sim.advance(11s);
    find("pot").cast(station::done{});
    sim.settle();
    if (find("pot")) return false;

    for (int i = 1; i <= 3; ++i)
        if (!crash("stove") || !half::alive(find("stove"))) return false;
    return !crash("stove");
    //@end
}
