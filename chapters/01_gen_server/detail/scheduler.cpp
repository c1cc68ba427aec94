// Who runs when, and on which thread: see the head of engine.hpp.
#include <01_gen_server/detail/engine.hpp>

#include <boost/asio/defer.hpp>
#include <boost/asio/post.hpp>

#include <algorithm>

namespace half::detail {

namespace {

// This thread's worker was left behind: when the handler that never came back does, the thread ends.
constinit thread_local bool retired = false;

constexpr int  slice                  = 64;  // messages in a turn: a flooded process gives way after these
constexpr auto drain_time_ns          = 50'000;
constexpr int  messages_between_looks = 64;  // at the clock; and turns: a call is two of each
constexpr int  worth_a_thread         = 4;   // waking an idle core costs 15 to 20 us: not for fewer ready processes

}  // namespace

// -- making ready -------------------------------------------------------------------------------------------------

void engine::ready(process* p) noexcept {
    if (seed_) return runnable_.push_back(p);
    auto* here = worker::current();
    if (!here || here->home != this) return inject(p, p, 1);
    // Only this worker fills `next`; the watchdog only empties it. So an empty one stays empty until we fill it.
    if (!here->next.load(std::memory_order_relaxed)) return here->next.store(p, std::memory_order_release);
    if (auto* displaced = here->next.exchange(p, std::memory_order_acq_rel)) to_ring(*here, displaced);
}

void engine::ready_chain(process* first, process* last, int count) noexcept {
    if (!seed_) return inject(first, last, count);
    for (auto* p = first;; p = p->next_ready) {
        runnable_.push_back(p);
        if (p == last) return;
    }
}

void engine::inject(process* first, process* last, int count) noexcept {
    injected_.push(first, last, count);
    // An I/O handler on one of our own threads: while somebody drains (and does not hang in a long handler), what it
    // readied is polled first in the next drain.
    if (thread_of_ != this || active_.fetch_add(0, std::memory_order_acq_rel) <= stuck_.load(std::memory_order_relaxed)
        || injected_.size() > worth_a_thread)
        activate();
}

void engine::to_ring(worker& here, process* p) noexcept {
    if (!here.ring.push(p)) {  // full: half of it goes where everybody looks
        process *first = nullptr, *last = nullptr;
        int      count = 0;
        for (; count < 128; ++count) {
            auto* moved = here.ring.pop();
            if (!moved) break;
            (last ? last->next_ready : first) = moved;
            last                              = moved;
        }
        if (count) injected_.push(first, last, count);
        if (!here.ring.push(p)) injected_.push(p, p, 1);
    }
    if (here.ring.size() > worth_a_thread) activate();
}

// Starts one more drain if a worker is free. The increment by nothing orders it after the push that called for it: a
// drain that is just ending either sees that push or is seen to have ended here.
void engine::activate() noexcept {
    if (active_.fetch_add(0, std::memory_order_acq_rel) >= wanted_) return;
    const auto count = worker_count_.load(std::memory_order_acquire);
    for (std::size_t i = 0; i < count; ++i) {
        auto& w    = *workers_[i];
        bool  free = false;
        if (w.abandoned.load(std::memory_order_relaxed) || w.draining.load(std::memory_order_relaxed)) continue;
        if (!w.draining.compare_exchange_strong(free, true)) continue;
        // If nobody else is at work, a handler that woke the first process runs it next, on its own thread.
        const bool first = active_.fetch_add(1, std::memory_order_acq_rel) == 0;
        if (first && thread_of_ == this) asio::defer(io, [this, &w] { drain(w); });
        else asio::post(io, [this, &w] { drain(w); });
        if (watchdog_sleeps_.exchange(false, std::memory_order_seq_cst)) {
            {
                const std::lock_guard it_waits{watchdog_guard_};
            }
            watchdog_bell_.notify_one();
        }
        return;
    }
}

process* engine::find_work(worker& here) {
    if (++here.ticks % 61 == 0)
        if (auto* p = injected_.pop()) return p;
    // `next` again and again would starve the ring: two processes that talk to each other must not own a core.
    if (here.streak < 16 && here.next.load(std::memory_order_relaxed))
        if (auto* p = here.next.exchange(nullptr, std::memory_order_acq_rel)) {
            ++here.streak;
            return p;
        }
    here.streak = 0;
    if (auto* p = here.ring.pop()) return p;
    if (here.next.load(std::memory_order_relaxed))
        if (auto* p = here.next.exchange(nullptr, std::memory_order_acq_rel)) return p;
    if (auto* p = injected_.pop_share(here.ring, static_cast<unsigned>(wanted_))) return p;

    // Steal half of somebody's ring.
    const auto count = worker_count_.load(std::memory_order_acquire);
    for (std::size_t i = 0; i < count; ++i) {
        auto& other = *workers_[i];
        if (&other == &here) continue;
        process* first = nullptr;
        for (auto want = (other.ring.size() + 1) / 2; want > 0; --want) {
            auto* p = other.ring.pop();
            if (!p) break;
            if (!first) first = p;
            else if (!here.ring.push(p)) {
                injected_.push(p, p, 1);
                break;
            }
        }
        if (first) return first;
    }
    return nullptr;
}

void engine::drain(worker& here) {
    if (stopping_.load(std::memory_order_relaxed)) return;  // what is left is ended by stop()
    {
        const worker::scope scope{here};
        auto                until = now_ns();
        note_time(until);
        until += drain_time_ns;
        // The clock is read after so many messages, not turns: a turn may be one message or a whole slice.
        const auto done = [&](int turns) {
            return here.messages.load(std::memory_order_relaxed) + static_cast<unsigned>(turns);
        };
        auto look = done(0) + messages_between_looks;
        for (int turns = 0;; ++turns) {
            if (done(turns) >= look) {
                look           = done(turns) + messages_between_looks;
                const auto now = now_ns();
                note_time(now);
                if (now >= until) break;
            }
            auto* p = turns == 0 ? injected_.pop() : nullptr;  // what I/O made ready goes first in every drain
            if (!p) p = find_work(here);
            if (p) {
                const auto left = p->run(here, slice);
                here.running.store(nullptr, std::memory_order_relaxed);
                if (here.abandoned.load(std::memory_order_acquire)) {  // it came back after all
                    if (left == process::outcome::more) injected_.push(p, p, 1);
                    retired    = true;
                    thread_of_ = nullptr;
                    rescue(here);
                    return activate();
                }
                if (left == process::outcome::more) to_ring(here, p);
                continue;
            }
            // Nothing to do. Whoever pushes after this sees a free worker; what was pushed before is looked for once more.
            here.draining.store(false, std::memory_order_release);
            active_.fetch_sub(1, std::memory_order_acq_rel);
            bool more = injected_.size() > 0;
            for (std::size_t i = 0, n = worker_count_.load(std::memory_order_acquire); i < n && !more; ++i)
                more = workers_[i]->ring.size() > 0;
            if (more) activate();
            return;
        }
        if (here.ring.size() > 0) activate();  // it had to wait a whole drain: worth a thread
    }
    asio::defer(io, [this, &here] { drain(here); });  // behind the I/O that is ready; wakes nobody
}

// -- threads ------------------------------------------------------------------------------------------------------

worker& engine::add_worker() {
    const auto i = worker_count_.load(std::memory_order_relaxed);
    workers_[i]  = std::make_unique<worker>(*this);
    worker_count_.store(i + 1, std::memory_order_release);
    return *workers_[i];
}

void engine::add_thread() {
    std::lock_guard lock{threads_guard_};
    auto&           mine = *threads_.emplace_back(std::make_unique<thread_slot>());
    mine.thread          = std::thread{[this, &mine] { serve(mine); }};
}

void engine::serve(thread_slot& mine) {
    thread_of_ = this;
    while (!retired && !stopping_.load(std::memory_order_relaxed)) io.run_one();
    // What the handlers of this thread deferred is in the io_context's queue, but nobody was woken for it: Asio counted on
    // this thread.
    if (retired) asio::post(io, [] {});
    mine.done.store(true, std::memory_order_release);
}

}  // namespace half::detail
