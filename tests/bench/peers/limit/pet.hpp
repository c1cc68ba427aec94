// The pet of every workload that starts many servers, and the process that starts them.
#pragma once

#include "timers.hpp"
#include "workloads.hpp"

namespace limit {

struct pet final : actor, timer_node {
    // What a real process cannot do without: its number, its parent, its links, a timer.
    std::uint64_t                       id     = 0;
    actor*                              parent = nullptr;
    void*                               links  = nullptr;
    std::unique_ptr<asio::steady_timer> own_timer;

    std::string  name;
    std::int32_t hunger = 50, happy = 50, energy = 50, age = 0;
    bool         alive  = true;
    std::int64_t due_ns = 0;

    void handle(message& m) override;

private:
    void tick();
    void arm(std::int64_t ms);
};

// Starts pets one after the other; each must acknowledge its init before the next one is started.
struct starter final : actor {
    actor*              supervisor = nullptr;  // none: it starts them itself
    std::vector<actor*> pets;
    std::int64_t        wanted = 0;
    std::latch*         done   = nullptr;

    void handle(message& m) override;
};

}  // namespace limit
