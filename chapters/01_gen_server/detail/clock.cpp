// What time it is, and one alarm for all the wheels.
#include <01_gen_server/detail/engine.hpp>
#include <01_gen_server/timer.hpp>

#include <boost/asio/post.hpp>

#include <algorithm>

namespace half::detail {

// Everybody reads this clock and every drain sets it: written only when it moves, its cache line stays with the readers.
void engine::note_time(std::uint64_t ns) noexcept {
    const auto ms = ns / 1'000'000;
    if (coarse_ms_.load(std::memory_order_relaxed) != ms) coarse_ms_.store(ms, std::memory_order_relaxed);
}

std::uint64_t engine::now_ns() const noexcept {
    if (seed_) return virtual_ns_;
    return static_cast<std::uint64_t>(std::chrono::nanoseconds{std::chrono::steady_clock::now() - start_}.count());
}

void engine::hang(timer_node& timer, worker& here) {
    const auto tick = (timer.due + 999'999) / 1'000'000;  // never early
    timer.hangs_in  = &here.wheel;
    {
        std::lock_guard lock{here.wheel.guard};
        here.wheel.timers.arm(timer, tick, tick_now());
    }
    if (!seed_ && tick < alarm_at_.load(std::memory_order_relaxed)) asio::post(io, [this, tick] { set_alarm(tick); });
}

// One steady_timer rings for all wheels.
void engine::set_alarm(std::uint64_t tick) {
    std::lock_guard lock{alarm_guard_};
    if (tick >= alarm_at_.load(std::memory_order_relaxed)) return;
    alarm_at_.store(tick, std::memory_order_relaxed);
    alarm_.expires_at(start_ + std::chrono::milliseconds{tick});
    alarm_.async_wait([this](boost::system::error_code error) {
        if (!error) on_alarm();
    });
}

void engine::on_alarm() {
    {
        std::lock_guard lock{alarm_guard_};
        alarm_at_.store(UINT64_MAX, std::memory_order_relaxed);
    }
    const auto    now  = tick_now();
    std::uint64_t next = UINT64_MAX;
    note_time(now * 1'000'000);
    for (std::size_t i = 0, n = worker_count_.load(std::memory_order_acquire); i < n; ++i)
        fire(workers_[i]->wheel, now, next);
    if (next != UINT64_MAX) set_alarm(std::max(next, now + 1));
}

void engine::fire(locked_wheel& wheel, std::uint64_t to, std::uint64_t& next) {
    wheel_link* due = nullptr;
    {
        std::lock_guard lock{wheel.guard};
        due = wheel.timers.advance(to);
        if (auto soonest = wheel.timers.next()) next = std::min(next, *soonest);
    }
    process *first = nullptr, *last = nullptr;
    int      count = 0;
    while (due) {
        auto* timer  = static_cast<timer_node*>(due);
        due          = due->after;
        auto* target = timer->target;
        if (!target->incoming.push(timer)) continue;
        (last ? last->next_ready : first) = target;
        last                              = target;
        ++count;
    }
    if (count) ready_chain(first, last, count);
}

}  // namespace half::detail
