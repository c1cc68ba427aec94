// A bakery with one oven. Customers call for a cake and wait; the shop goes on serving while the oven is busy.
#pragma once

#include <01_gen_server/gen_server.hpp>

#include <deque>
#include <string>

struct bakery {
    struct order { std::string name; using reply = std::string; };
    struct baked {};

    std::deque<std::pair<std::string, half::from<std::string>>> waiting = {};

    // A cake takes ten minutes, and the oven holds one at a time.
    void handle(order o, half::from<std::string> customer, half::self<bakery> self) {
        //@todo 1 remember who waits for what; if the oven was empty, start it
        waiting.emplace_back(std::move(o.name), std::move(customer));
        if (waiting.size() == 1) self.send_after(std::chrono::minutes{10}, baked{});
        //@end
    }

    void handle(baked, half::self<bakery> self) {
        //@todo 2 answer the first customer with the cake; if others wait, start the oven again
        auto [name, customer] = std::move(waiting.front());
        waiting.pop_front();
        customer.reply("a cake for " + name);
        if (!waiting.empty()) self.send_after(std::chrono::minutes{10}, baked{});
        //@end
    }
};
