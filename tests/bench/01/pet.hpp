// The pet of spawn and tick, and the process that starts many of them.
#pragma once

#include "../measure.hpp"
#include "../viewers.hpp"

#include <01_gen_server/gen_server.hpp>

#include <string>
#include <vector>

namespace bench {

struct viewer {
    struct seen {
        half::pid    pet;
        std::int32_t age, hunger;
    };
    void handle(seen) {}
};

struct pet {
    struct arm {
        std::chrono::milliseconds phase;
    };  // begin to tick, so much later
    struct tick {};

    std::string  name;
    std::int32_t hunger = 50, happy = 50, energy = 50, age = 0;
    bool         alive  = true;
    std::int64_t due_ns = 0;

    // What all pets share; only `tick` uses it.
    static inline histogram                  lateness;
    static inline viewers<half::ref<viewer>> watching;

    void handle(arm m, half::self<pet> self) { tick_after(m.phase, self); }

    void handle(tick, half::self<pet> self) {
        lateness.add_ns(now_ns() - due_ns);
        hunger = std::min(100, hunger + 1);
        happy  = std::max(0, happy - 1);
        energy = std::max(0, energy - (age & 1));
        ++age;
        watching.each(name, [&](half::ref<viewer> v) { v.cast(viewer::seen{self.id(), age, hunger}); });
        tick_after(std::chrono::seconds{5}, self);
    }

private:
    // As in the peers: one timer for each tick, counted from this one.
    void tick_after(std::chrono::milliseconds time, half::self<pet> self) {
        due_ns = now_ns() + std::chrono::nanoseconds{time}.count();
        self.send_after(time, tick{});
    }
};

// Starts pets one after the other: each must have acknowledged its init before the next one is started. The starter's
// own init is over when all are there.
struct starter {
    std::int64_t                 wanted;
    std::vector<half::ref<pet>>& pets;

    half::task<> init(half::self<starter> self) {
        pets.reserve(std::size_t(wanted));
        for (std::int64_t i = 1; i <= wanted; ++i) pets.push_back(co_await self.start(pet{.name = pet_name(i)}));
    }
};

}  // namespace bench
