// A process that does what a test tells it to, in its own turn.
#pragma once

#include <01_gen_server/gen_server.hpp>

#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace acting {

struct actor {
    struct act {
        std::function<void(half::self<actor>)> what;
    };
    struct number {
        int n;
    };
    struct ask {
        using reply = int;
    };

    int               is    = 0;
    std::vector<int>* heard = nullptr;  // the numbers it was sent

    void handle(act m, half::self<actor> self) { m.what(self); }
    void handle(number m) {
        if (heard) heard->push_back(m.n);
    }
    int handle(ask) { return is; }
};

// In a simulation: lets one do something, and everything that follows from it.
template <class F>
void let(half::runtime& sim, half::ref<actor> one, F what) {
    one.cast(actor::act{what});
    sim.settle();
}

// Does something when a process has ended, as whoever watches it would.
class when_it_ends final : public half::exit_hook {
public:
    explicit when_it_ends(std::function<void(half::pid)> what) : what_{std::move(what)} {}
    void        exited(half::pid who, const half::exit_reason&) noexcept override { what_(who); }
    std::string describe() const override { return "watched by a test"; }

private:
    std::function<void(half::pid)> what_;
};

// Whichever hooks run first: one watches before `what` has attached anything to the process, and one after.
template <class F, class G>
void watched(const half::self<actor>& me, F look, G what) {
    me.here().on_exit(std::make_unique<when_it_ends>(look));
    what();
    me.here().on_exit(std::make_unique<when_it_ends>(look));
}

}  // namespace acting
