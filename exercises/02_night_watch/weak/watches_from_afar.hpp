// A lighthouse: one lamp, and a watchman who sees to it that it burns.
#pragma once

#include <02_supervisor/monitor.hpp>

#include <chrono>
#include <deque>
#include <string>
#include <vector>

// clang-format off
struct lamp {
    struct storm    { std::string why; };
    struct burn_out {};

    void handle(storm s)                          { throw std::runtime_error{s.why}; }
    void handle(burn_out, half::self<lamp> self)  { self.stop(); }
};

struct watchman {
    struct which_lamp { using reply = half::ref<lamp>; };
    struct read_log   { using reply = std::vector<std::string>; };

    half::ref<lamp>              light = {};
    std::vector<std::string>     log   = {};
    std::deque<half::time_point> dark  = {};

    void init(half::self<watchman> self) { light_it(self); }

    void light_it(half::self<watchman> self) {
        light = self.spawn(lamp{});
        half::monitor(self, light);
    }

    void handle(half::down d, half::self<watchman> self) {
        log.push_back(to_string(d.reason));
        dark.push_back(self.now());
        while (self.now() - dark.front() > std::chrono::minutes{1}) dark.pop_front();
        if (dark.size() > 3) return self.stop(std::move(d.reason));
        light_it(self);
    }

    half::ref<lamp>          handle(which_lamp) { return light; }
    std::vector<std::string> handle(read_log)   { return log; }
};
