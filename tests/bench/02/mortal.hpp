// The child of restart and storm: a pet that tells, in its init(), that it is there.
#pragma once

#include "../01/pet.hpp"

#include <02_supervisor/dynamic_supervisor.hpp>

namespace bench {

template <class Watcher>
struct mortal {
    struct get {
        using reply = std::int32_t;
    };

    bench::pet         pet;
    half::ref<Watcher> watcher;

    void         init(half::self<mortal> self) { watcher.cast(typename Watcher::born{self}); }
    std::int32_t handle(get) { return pet.age; }
};

template <class Watcher>
using mortals = half::dynamic_supervisor<mortal<Watcher>, std::int64_t>;

// No number of restarts is too many.
template <class Watcher>
mortals<Watcher> mortals_of(half::ref<Watcher> watcher) {
    return {.start   = [watcher](std::int64_t i) { return mortal<Watcher>{{.name = pet_name(i)}, watcher}; },
            .at_most = {.restarts = 10'000'000, .within = std::chrono::seconds{1}}};
}

}  // namespace bench
