// A ship, and its log, which is kept ashore and outlives it.
#pragma once

#include <02_supervisor/supervisor.hpp>
#include <04_persistence/state_guardian.hpp>

#include <chrono>
#include <string>
#include <vector>

// clang-format off
struct ship;
inline half::state_guardian<ship> ship_log;

struct ship {
    struct sail  { int miles; };                                            // out, or back when it is negative
    struct load  { std::string what; using reply = bool; };                 // true: it is on board, and will stay there
    struct where { using reply = int; };
    struct cargo { using reply = std::vector<std::string>; };

    int                      mile   = 0;
    std::vector<std::string> crates = {};

    void handle(sail s) {
        //@todo 1 the next life begins with what stands in the log: let that be good
        mile += s.miles;
        look_out();
        ship_log.keep("ship", *this);
        //@instead
        // mile += s.miles;
        // ship_log.keep("ship", *this);
        // look_out();
        //@end
    }
    bool handle(load l) {
        //@todo 2 what was promised must stand in the log
        crates.push_back(l.what);
        ship_log.keep("ship", *this);
        return true;
        //@instead
        // crates.push_back(l.what);
        // return true;
        //@end
    }

    int  handle(where) { look_out(); return mile; }
    auto handle(cargo) { look_out(); return crates; }

    // There are rocks from mile 13 to mile 15. A ship on the rocks can do nothing any more.
    void look_out() const {
        if (mile >= 13 && mile <= 15) throw std::runtime_error{"on the rocks at mile " + std::to_string(mile)};
    }
};

inline half::supervisor harbour() {
    return {
        .at_most  = {.restarts = 20, .within = std::chrono::hours{1}},
        .children = {{.id = "ship", .start = half::guarded(ship_log, "ship", ship{})}},
    };
}
