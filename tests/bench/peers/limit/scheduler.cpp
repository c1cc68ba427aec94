#include "scheduler.hpp"

#include "../../measure.hpp"

#include <thread>

namespace limit {

namespace {
thread_local int              this_worker  = -1;       // whose queue this thread drains right now, or none
thread_local const scheduler* runs_context = nullptr;  // this thread belongs to that scheduler's io_context
}  // namespace

void scheduler::start() {
    for (int i = 0; i < threads; ++i) {
        std::thread([this] {
            runs_context = this;
            context.run();
        }).detach();  // a bench leaves without looking back
    }
}

void scheduler::run_slice(actor* a) {
    for (int handled = 0; handled < slice;) {
        if (message* m = a->mail.pop()) {
            a->handle(*m);
            pool.give_back(m);
            ++handled;
        } else if (a->mail.try_idle()) {
            return;
        }
    }
    behind(a);
}

// Starts one more drain if some worker is off.
void queue_scheduler::activate() {
    std::atomic_thread_fence(std::memory_order_seq_cst);
    if (active.load(std::memory_order_relaxed) >= threads) return;
    for (int i = 0; i < threads; ++i) {
        if (draining[i].load(std::memory_order_relaxed) || draining[i].exchange(true)) continue;
        // An I/O or timer handler that wakes the first actors runs them next on its own thread and wakes nobody.
        bool only_this_thread = active.fetch_add(1) == 0 && runs_context == this;
        if (only_this_thread) asio::defer(context, [this, i] { drain(i); });
        else asio::post(context, [this, i] { drain(i); });
        return;
    }
}

void queue_scheduler::ready(actor* a) {
    if (this_worker >= 0) {
        actor* displaced = queues[this_worker].last_in.exchange(a, std::memory_order_acq_rel);
        if (displaced) to_ring(displaced);
        return;
    }
    from_outside.push(a);
    if (runs_context != this || active.load(std::memory_order_seq_cst) == 0 || from_outside.size() > backlog)
        activate();
}

void queue_scheduler::to_ring(actor* a) {
    worker_queue& mine = queues[this_worker];
    if (!mine.push(a)) {
        spill(mine);
        if (!mine.push(a)) from_outside.push(a);
    }
    if (int(mine.size()) > backlog) activate();
}

// Half of a full ring goes to the shared list.
void queue_scheduler::spill(worker_queue& queue) {
    actor *first = nullptr, *last = nullptr;
    int    count = 0;
    for (; count < int(worker_queue::capacity / 2); ++count) {
        actor* a = queue.pop();
        if (!a) break;
        (last ? last->next_ready : first) = a;
        last                              = a;
    }
    if (count) from_outside.push_chain(first, last, count);
}

actor* queue_scheduler::find(int me) {
    worker_queue& mine = queues[me];
    // Now and then something from outside, however busy we are among ourselves.
    if (++mine.turns % 61 == 0) {
        if (actor* a = from_outside.pop()) return a;
    }
    // Two actors that talk to each other must not keep the rest waiting: 16 turns in a row at most.
    if (mine.last_in_streak < 16) {
        if (actor* a = mine.pop_last_in()) {
            ++mine.last_in_streak;
            return a;
        }
    }
    mine.last_in_streak = 0;
    if (actor* a = mine.pop()) return a;
    if (actor* a = mine.pop_last_in()) return a;
    if (actor* a = from_outside.pop_share(mine, threads)) return a;
    return steal(me);
}

actor* queue_scheduler::steal(int me) {
    for (int i = 1; i < threads; ++i) {
        worker_queue& victim = queues[(me + i) % threads];
        actor*        first  = nullptr;
        for (std::uint32_t wanted = (victim.size() + 1) / 2; wanted > 0; --wanted) {
            actor* a = victim.pop();
            if (!a) break;
            if (!first) first = a;
            else if (!queues[me].push(a)) from_outside.push(a);
        }
        if (first) return first;
    }
    return nullptr;
}

bool queue_scheduler::anything_left() {
    return from_outside.size() > 0 || std::ranges::any_of(queues, [](auto& queue) { return queue.size() > 0; });
}

// Runs actors for about 50 us, then lets sockets and timers have the thread.
void queue_scheduler::drain(int me) {
    this_worker  = me;
    auto   until = bench::now_ns() + drain_ns;
    actor* next  = from_outside.pop();  // what I/O handlers made ready goes first
    for (int turn = 0; turn % 8 != 7 || bench::now_ns() < until; ++turn) {
        if (!next) next = find(me);
        if (next) {
            run_slice(std::exchange(next, nullptr));
            continue;
        }
        this_worker = -1;
        draining[me].store(false, std::memory_order_seq_cst);
        active.fetch_sub(1, std::memory_order_seq_cst);
        if (anything_left() && !draining[me].exchange(true)) {
            active.fetch_add(1);
            asio::post(context, [this, me] { drain(me); });
        }
        return;
    }
    if (queues[me].size() > 0) activate();  // something had to wait a whole drain: get help
    this_worker = -1;
    // Never post: defer goes behind the ready I/O handlers and wakes nobody.
    asio::defer(context, [this, me] { drain(me); });
}

std::unique_ptr<scheduler> make_scheduler(std::string_view name) {
    if (name == "limit") return std::make_unique<queue_scheduler>();
    if (name == "asio") return std::make_unique<post_scheduler>();
    return nullptr;
}

}  // namespace limit
