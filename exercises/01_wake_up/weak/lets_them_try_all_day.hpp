// A parking lot with a gate. It works, almost always. Some evenings one car still stands at the gate.
#pragma once

#include <01_gen_server/gen_server.hpp>

#include <deque>

// clang-format off
struct parking_lot {
    struct enter      { using reply = bool; };  // true: drive in. false: it is full
    struct leave      {};
    struct free_place { using reply = void; };  // answered when it is worth trying again

    int                          places = 1;
    std::deque<half::from<void>> waiting = {};

    bool handle(enter) {
        if (places == 0) return false;
        --places;
        return true;
    }

    void handle(leave) {
        ++places;
        if (waiting.empty()) return;
        waiting.front().reply();
        waiting.pop_front();
    }

    void handle(free_place, half::from<void> driver) {
        driver.reply();
    }
};
