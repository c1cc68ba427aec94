// A shop: a drawer with the money, a till that adds up what was sold, a door, and a delivery in the morning.
#pragma once

#include <02_supervisor/supervisor.hpp>

#include <chrono>
#include <string>
#include <vector>

using namespace std::chrono_literals;

// clang-format off
inline std::vector<std::string> diary;  // what happens, in order; the shop is simulated, so one thread writes it

struct drawer {
    struct put   { int cents; };
    struct count { using reply = int; };
    struct jam   {};

    int cents = 0;

    void init()        { diary.push_back("drawer"); }
    void handle(put p) { cents += p.cents; }
    int  handle(count) { return cents; }
    void handle(jam)   { throw std::runtime_error{"the drawer jams"}; }
};

struct till {
    struct sold  { int cents; };
    struct total { using reply = int; };
    struct jam   {};

    int cents = 0;

    void init()         { diary.push_back("till"); }
    void handle(sold s) { cents += s.cents; }
    int  handle(total)  { return cents; }
    void handle(jam)    { throw std::runtime_error{"the till jams"}; }

    half::task<> terminate(half::exit_reason) {
        co_await half::sleep(20s);  // it prints the day's sum, and its printer is old
        diary.push_back("sum");
    }
};

struct door {
    void init() { diary.push_back("door"); }
};

struct delivery {
    struct unloaded {};
    struct slip     {};

    void init(half::self<delivery> self) {
        diary.push_back("delivery");
        self.send_after(10min, unloaded{});
    }
    void handle(unloaded, half::self<delivery> self) { self.stop(); }
    void handle(slip) { throw std::runtime_error{"the bread lies on the floor"}; }
};

inline half::supervisor shop() {
    return {
        //@todo 1 mend the four mistakes in here
        .strategy = half::one_for_all,
        .children = {
            {.id = "drawer",   .start = drawer{}},
            {.id = "till",     .start = till{}, .shutdown = 30s},
            {.id = "door",     .start = door{}},
            {.id = "delivery", .start = delivery{}, .restart = half::transient},
        },
        //@instead
        // .strategy = half::one_for_one,
        // .children = {
        //     {.id = "door",     .start = door{}},
        //     {.id = "till",     .start = till{}},
        //     {.id = "drawer",   .start = drawer{}},
        //     {.id = "delivery", .start = delivery{}},
        // },
        //@end
    };
}
