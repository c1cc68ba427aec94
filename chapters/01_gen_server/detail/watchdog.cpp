// The watchdog looks at the workers from outside: a handler that holds one too long is reported, what waits behind it is
// given to others, and when it was killed and still does not end, it is left behind.
#include <01_gen_server/detail/engine.hpp>

#include <algorithm>

namespace half::detail {

namespace {

constexpr auto watch_period = std::chrono::milliseconds{5};

}  // namespace

void engine::watch() {
    std::unique_lock lock{watchdog_guard_};
    while (!stopping_.load(std::memory_order_relaxed)) {
        if (active_.load(std::memory_order_acquire) == 0) {
            watchdog_sleeps_.store(true, std::memory_order_seq_cst);
            watchdog_bell_.wait_for(lock, std::chrono::seconds{1}, [&] {
                return active_.load(std::memory_order_seq_cst) > 0 || stopping_.load(std::memory_order_relaxed);
            });
            watchdog_sleeps_.store(false, std::memory_order_release);
        } else {
            watchdog_bell_.wait_for(lock, watch_period);
        }
        note_time(now_ns());
        const auto count = worker_count_.load(std::memory_order_acquire);
        seen_.resize(count);
        for (std::size_t i = 0; i < count; ++i) look_at(*workers_[i], seen_[i]);
    }
}

void engine::look_at(worker& w, watched& seen) {
    if (w.abandoned.load(std::memory_order_relaxed)) return rescue(w);  // what its handler still sends
    const auto now      = std::chrono::steady_clock::now();
    auto*      p        = w.running.load(std::memory_order_acquire);
    const auto messages = w.messages.load(std::memory_order_relaxed);
    if (!p || messages != seen.messages) {
        if (seen.stuck) stuck_.fetch_sub(1, std::memory_order_relaxed);
        seen = {messages, now, {}, false, false};
        return;
    }
    // The same message as last time: whoever waits behind it goes to another worker.
    if (!std::exchange(seen.stuck, true)) stuck_.fetch_add(1, std::memory_order_relaxed);
    rescue(w);
    // A look that comes late says that the machine was busy, not that the handler was.
    seen.held += std::min<std::chrono::nanoseconds>(now - seen.last_look, 2 * watch_period);
    seen.last_look  = now;
    const auto held = std::chrono::duration_cast<std::chrono::milliseconds>(seen.held);
    const auto life = p->generation.load(std::memory_order_acquire);
    const auto last = w.message.load(std::memory_order_relaxed);
    if (held >= options_.long_handler && !seen.reported) {
        seen.reported = true;
        const pid who{0, p->slot, life};
        tell({.what    = report::kind::long_handler,
              .pid     = who,
              .server  = server_name(*p),
              .message = last ? std::string{last->name} : "",
              .held    = held,
              .recent  = recent_of(who)});
    }
    const auto doomed = p->doomed.load(std::memory_order_relaxed);
    if (life % 2 == 0 || doomed >> 32 != life || held < 2 * watch_period) return;
    const auto since = static_cast<std::int32_t>(now_ms() - static_cast<std::uint32_t>(doomed));
    if (since >= options_.kill_deadline.count()) leave_behind(w, *p, life, held);
}

// Gives what waits in a worker's queue to the others.
void engine::rescue(worker& from) noexcept {
    if (auto* p = from.next.exchange(nullptr, std::memory_order_acq_rel)) injected_.push(p, p, 1);
    if (from.abandoned.load(std::memory_order_relaxed))
        while (auto* p = from.ring.pop()) injected_.push(p, p, 1);
    if (injected_.size() > 0 || from.ring.size() > 0) activate();
}

void engine::leave_behind(worker& w, process& p, std::uint32_t life, std::chrono::milliseconds held) {
    std::lock_guard whole{watch_guard};
    const pid       who{0, p.slot, life};
    const auto      name = server_name(p);
    if (!p.generation.compare_exchange_strong(life, life + 1)) return;  // it has just ended
    process_ended();
    left_behind_.fetch_add(1, std::memory_order_relaxed);
    const auto last = w.message.load(std::memory_order_relaxed);
    if (auto* rare = p.extra.load()) {
        const auto                reason = exit_reason::killed();
        const worker::dying_scope dying{reason, last};
        if (rare->make(extras::step::forgotten)) tell_exited(rare->hooks.get(), true, who, reason);
        if (rare->make(extras::step::told)) {
            tell_gone(rare->hooks.get(), who, reason);  // as gone as it will ever be
            tell_exited(rare->hooks.get(), false, who, reason);
        }
    }
    // Callers need not wait for their deadlines. (What the process had already taken in is its own, and is refused when its
    // handler comes back; so are its timers and signals, which go back into the mailbox.)
    const no_answer why{no_answer::died, exit_reason::killed()};
    if (auto* limited = p.bounded.load(std::memory_order_acquire)) limited->close(why);
    for (auto* letter = p.incoming.take_all(); letter;) {
        auto* next = letter->next;
        if (letter->kind->asks) letter->kind->refuse(letter, why);
        else p.incoming.push(letter);
        letter = next;
    }
    w.abandoned.store(true, std::memory_order_release);
    active_.fetch_sub(1, std::memory_order_acq_rel);  // its drain will not end
    stuck_.fetch_sub(1, std::memory_order_relaxed);
    if (!stopping_.load(std::memory_order_relaxed) && worker_count_.load(std::memory_order_relaxed) < workers_at_most) {
        add_worker();
        add_thread();
    }
    rescue(w);
    activate();
    tell({.what    = report::kind::left_behind,
          .pid     = who,
          .server  = name,
          .message = last ? std::string{last->name} : "",
          .reason  = exit_reason::killed(),
          .held    = held,
          .recent  = recent_of(who)});
}

}  // namespace half::detail
