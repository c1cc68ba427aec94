// A kitchen that is closed by one order of fugu.
#pragma once

#include <02_supervisor/async.hpp>
#include <02_supervisor/supervisor.hpp>

#include <chrono>
#include <string>

// clang-format off
inline int on_the_stove = 0;  // pans, just now; the kitchen is simulated, so one thread counts them

struct pan {
    pan()  { ++on_the_stove; }
    ~pan() { --on_the_stove; }
    pan(const pan&) = delete;
};

// A dish takes a minute. Nobody has taught the cooks fugu.
inline half::task<std::string> cook(std::string dish) {
    pan one;
    co_await half::sleep(std::chrono::minutes{1});
    if (dish == "fugu") throw std::runtime_error{"nobody taught me fugu"};
    co_return dish;
}

struct kitchen {
    struct order { std::string dish; using reply = std::string; };

    //@todo 1 let an order that fails cost that order, and nothing else
    half::ref<half::task_supervisor> cooks = {};

    half::task<> init(half::self<kitchen> self) {
        cooks = co_await half::start_link(self, half::task_supervisor{});
    }

    void handle(order o, half::from<std::string> guest) {
        half::start_task(cooks, cook_for, std::move(o.dish), std::move(guest));
    }

    static half::task<> cook_for(std::string dish, half::from<std::string> guest) {
        guest.reply(co_await cook(std::move(dish)));
    }
    //@instead
    // half::task<std::string> handle(order o) { co_return co_await cook(o.dish); }
    //@end
};

inline half::supervisor restaurant() {
    return {
        .at_most  = {.restarts = 3, .within = std::chrono::hours{1}},
        .children = {{.id = "kitchen", .start = kitchen{}}},
    };
}
