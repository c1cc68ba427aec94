// The wheel that all actors of the limit share, driven by one Asio timer.
#pragma once

#include "scheduler.hpp"
#include "wheel.hpp"

#include <boost/asio/steady_timer.hpp>

#include <functional>

namespace limit {

class shared_wheel {
    std::mutex                          lock;
    wheel                               timers;
    std::atomic<std::uint64_t>          coarse_ms{0};
    std::unique_ptr<asio::steady_timer> driver;
    std::function<void(timer_node*)>    fire;
    std::int64_t                        started = 0;
    std::vector<timer_node*>            due;

    void wait_for_next_tick();
    void advance();

public:
    // `fire` runs on the io_context, outside the lock.
    void start(std::function<void(timer_node*)> fire);

    void arm(timer_node* n, std::uint64_t ms) {
        std::lock_guard hold(lock);
        timers.arm(n, ms);
    }

    // Milliseconds since the start, as of the last tick: a read instead of a system call.
    std::uint64_t now_ms() const { return coarse_ms.load(std::memory_order_relaxed); }
};

}  // namespace limit
