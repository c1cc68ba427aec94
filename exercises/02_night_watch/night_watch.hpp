// A lighthouse: one lamp, and a watchman who sees to it that it burns.
#pragma once

#include <02_supervisor/link.hpp>

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
    std::vector<std::string>     log   = {};  // why the lamp went out, each time
    std::deque<half::time_point> dark  = {};  // when it did, in the last minute

    void init(half::self<watchman> self) { light_it(self); }

    void light_it(half::self<watchman> self) {
        //@todo 1 start a lamp, so that you hear of its end and it does not burn without you
        light = half::spawn_link(self, lamp{});
        //@end
    }

    void handle(half::exit_signal s, half::self<watchman> self) {
        //@todo 2 if somebody else sent it, it is meant for you: end with its reason, and do no more
        if (s.from != light) return self.stop(std::move(s.reason));
        //@end
        //@todo 3 write down the reason; light it again, or end with this reason if it is the fourth in a minute
        log.push_back(to_string(s.reason));
        dark.push_back(self.now());
        while (self.now() - dark.front() > std::chrono::minutes{1}) dark.pop_front();
        if (dark.size() > 3) return self.stop(std::move(s.reason));
        light_it(self);
        //@end
    }

    half::ref<lamp>          handle(which_lamp) { return light; }
    std::vector<std::string> handle(read_log)   { return log; }
};
