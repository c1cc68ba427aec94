// Timers of a process, and the one timer that looks after the deadlines of its calls.
#include <01_gen_server/detail/engine.hpp>
#include <01_gen_server/timer.hpp>

#include <algorithm>

namespace half::detail {

// -- timers -------------------------------------------------------------------------------------------------------

namespace {

void refuse_timer(envelope* sealed, const no_answer& why) noexcept {
    auto* fired = static_cast<timer_node*>(sealed);
    if (fired->original) fired->original->kind->refuse(fired->original, why);
    forget_timer(*fired);
    pool_delete(fired);
}

void open_message_timer(envelope* sealed, process& here) {
    auto* fired = static_cast<timer_node*>(sealed);
    if (fired->period) {
        auto* letter = fired->make(*fired);
        fired->due += fired->period;  // from when it was due, not from when it came: no drift
        here.home->hang(*fired, *worker::current());
        here.append(letter);
    } else {
        forget_timer(*fired);
        auto* letter = fired->make(*fired);
        pool_delete(fired);
        if (letter) here.append(letter);  // null: cancelled on the way
    }
}

void open_sleep_timer(envelope* sealed, process& here) {
    auto*      fired    = static_cast<timer_node*>(sealed);
    const auto question = fired->serial;
    forget_timer(*fired);
    pool_delete(fired);
    if (auto* sleeper = here.answered(question, &sleep_timer)) here.resume(*sleeper);
}

}  // namespace

constexpr envelope_kind message_timer{&open_message_timer, &refuse_timer, "timer", lane::signal};
constexpr envelope_kind sleep_timer{&open_sleep_timer, &refuse_timer, "end of sleep", lane::signal};

time_point now(process& here) { return time_point{duration{static_cast<std::int64_t>(here.home->now_ns())}}; }

timer_node* arm(process& here, const envelope_kind& what, duration delay, duration period) {
    auto& turn        = *worker::current();
    auto* timer       = pool_new<timer_node>();
    timer->kind       = &what;
    timer->generation = here.id().generation;
    timer->target     = &here;
    timer->due =
        here.home->now_ns() + static_cast<std::uint64_t>(std::clamp(delay, duration::zero(), longest_delay).count());
    timer->period       = static_cast<std::uint64_t>(std::clamp(period, duration::zero(), longest_delay).count());
    timer->serial       = ++here.questions;
    timer->next_timer   = here.timers;
    timer->timer_before = &here.timers;
    if (here.timers) here.timers->timer_before = &timer->next_timer;
    here.timers = timer;
    auto* rare  = here.extra.load(std::memory_order_relaxed);
    if (rare && rare->timers) rare->timers->emplace(timer->serial, timer);
    here.home->hang(*timer, turn);
    return timer;
}

void forget_timer(timer_node& timer) noexcept {
    if (!timer.timer_before) return;
    *timer.timer_before = timer.next_timer;
    if (timer.next_timer) timer.next_timer->timer_before = timer.timer_before;
    timer.timer_before = nullptr;
    auto* rare         = timer.target->extra.load(std::memory_order_relaxed);
    if (rare && rare->timers) rare->timers->erase(timer.serial);
}

namespace {

// Most processes have few timers, and what is cancelled was armed lately: the list is searched from its newest. A process
// in which such a search was long gets an index.
timer_node* find_timer(process& here, std::uint32_t serial) {
    constexpr int long_search = 64;
    auto*         rare        = here.extra.load(std::memory_order_relaxed);
    if (rare && rare->timers) {
        const auto found = rare->timers->find(serial);
        return found == rare->timers->end() ? nullptr : found->second;
    }
    int         steps = 0;
    timer_node* timer = here.timers;
    while (timer && timer->serial != serial) timer = timer->next_timer, ++steps;
    if (steps > long_search) {
        auto& index = here.more().timers = std::make_unique<std::unordered_map<std::uint32_t, timer_node*>>();
        for (auto* each = here.timers; each; each = each->next_timer) index->emplace(each->serial, each);
    }
    return timer;
}

}  // namespace

bool cancel(process& here, timer_node* wanted, std::uint32_t serial) {
    auto* timer = serial ? find_timer(here, serial) : nullptr;
    if (!timer || timer != wanted) return false;
    {
        std::lock_guard lock{timer->hangs_in->guard};
        if (timer->hangs()) timer->hangs_in->timers.cancel(*timer);
        else wanted = nullptr;
    }
    if (wanted) {
        forget_timer(*timer);
        if (timer->original) timer->original->kind->refuse(timer->original, {no_answer::unanswered});
        pool_delete(timer);
    } else {  // it is under way to us: let it come, with nothing to say
        timer->period = 0;
        if (timer->original)
            timer->original->kind->refuse(std::exchange(timer->original, nullptr), {no_answer::unanswered});
        timer->make = [](timer_node&) -> envelope* { return nullptr; };
    }
    return true;
}

void process::cancel_timers() noexcept {
    for (auto* timer = std::exchange(timers, nullptr); timer;) {
        auto* next          = timer->next_timer;
        timer->timer_before = nullptr;
        bool hung           = false;
        {
            std::lock_guard lock{timer->hangs_in->guard};
            hung = timer->hangs();
            if (hung) timer->hangs_in->timers.cancel(*timer);
        }
        if (hung) refuse_timer(timer, {no_answer::no_such_process});  // otherwise it arrives as a stranger
        timer = next;
    }
}

// -- deadlines ----------------------------------------------------------------------------------------------------

namespace {

// A call reads a clock that may be some milliseconds behind, because reading the real one would cost as much as the
// call. This is added, so that a deadline is never early.
constexpr std::uint64_t clock_lag_ms = 12;

void open_deadline(envelope* sealed, process& here) {
    auto* fired = static_cast<timer_node*>(sealed);
    forget_timer(*fired);
    pool_delete(fired);
    here.next_deadline_ms = 0;
    here.check_deadlines();
}

constexpr envelope_kind deadline_timer{&open_deadline, &refuse_timer, "deadline", lane::signal};

}  // namespace

std::uint64_t deadline_in(process& here, duration timeout) {
    if (timeout == forever) return 0;
    const auto ns  = static_cast<std::uint64_t>(std::clamp(timeout, duration::zero(), longest_delay).count());
    const auto now = here.home->simulated() ? here.home->now_ns() : (here.home->now_ms() + clock_lag_ms) * 1'000'000;
    return std::max<std::uint64_t>((now + ns + 999'999) / 1'000'000, 1);
}

std::uint64_t first_look(process& here, duration timeout) {
    return deadline_in(here, timeout == forever && !here.home->simulated() ? std::chrono::seconds{1} : timeout);
}

void process::expect_deadline(std::uint64_t deadline) {
    const auto look = std::min<std::uint64_t>(deadline, home->now_ms() + (1u << 30));         // 32 bits of it are kept
    const auto soon = std::max(static_cast<std::uint32_t>(look), 1u);                         // 0 is: no look is armed
    if (next_deadline_ms && static_cast<std::int32_t>(soon - next_deadline_ms) >= 0) return;  // an earlier one is
    next_deadline_ms = soon;
    const auto now   = home->now_ns();
    const auto due   = look * 1'000'000;
    arm(*this, deadline_timer, duration{due > now ? static_cast<std::int64_t>(due - now) : 0}, duration::zero());
}

void process::check_deadlines() {
    const auto    now  = home->now_ns() / 1'000'000;
    std::uint64_t next = 0;
    for (auto* w = waits; w;) {
        if (w->deadline && w->deadline <= now) {
            w->deadline = 0;
            if (!w->expire(*w)) continue;
            resume(*w);
            w    = waits;  // that may have changed everything
            next = 0;
            continue;
        }
        if (w->deadline && (!next || w->deadline < next)) next = w->deadline;
        w = w->next;
    }
    if (next) expect_deadline(next);
}

}  // namespace half::detail
