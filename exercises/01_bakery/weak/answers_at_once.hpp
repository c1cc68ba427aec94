// A bakery with one oven. Customers order a cake and wait for it; the shop goes on serving while the oven is busy.
#pragma once

#include <01_gen_server/gen_server.hpp>

#include <chrono>
#include <deque>
#include <string>

// clang-format off
struct bakery {
    struct order { std::string name; using reply = std::string; };  // the answer is "a cake for <name>"
    struct baked {};                                                // the oven's clock: the cake is done

    struct customer {
        std::string             name;
        half::from<std::string> caller;
    };

    std::deque<customer> waiting;

    void handle(order o, half::from<std::string> caller) { caller.reply("a cake for " + o.name); }

    void handle(baked) {}
};
