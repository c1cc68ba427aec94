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

    // A cake takes ten minutes, and the oven holds one at a time.
    void handle(order o, half::from<std::string> caller, half::self<bakery> self) {
        waiting.push_back({std::move(o.name), std::move(caller)});
        if (waiting.size() == 1) self.send_after(std::chrono::minutes{10}, baked{});
    }

    void handle(baked) {
        auto [name, caller] = std::move(waiting.front());
        waiting.pop_front();
        caller.reply("a cake for " + name);
    }
};
