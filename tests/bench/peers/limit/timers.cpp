#include "timers.hpp"

#include "../../measure.hpp"

namespace limit {

void shared_wheel::start(std::function<void(timer_node*)> when_due) {
    fire    = std::move(when_due);
    started = bench::now_ns();
    driver  = std::make_unique<asio::steady_timer>(the_scheduler->context);
    asio::post(the_scheduler->context, [this] { wait_for_next_tick(); });
}

void shared_wheel::wait_for_next_tick() {
    driver->expires_after(std::chrono::milliseconds(1));
    driver->async_wait([this](auto error) {
        if (error) return;
        advance();
        wait_for_next_tick();
    });
}

void shared_wheel::advance() {
    auto target = std::uint64_t((bench::now_ns() - started) / 1'000'000);
    while (coarse_ms.load(std::memory_order_relaxed) < target) {
        due.clear();
        {
            std::lock_guard hold(lock);
            timers.tick([this](timer_node* n) { due.push_back(n); });
            coarse_ms.store(timers.now(), std::memory_order_relaxed);
        }
        for (timer_node* n : due) fire(n);
    }
}

}  // namespace limit
