// The two queues of ready actors: a small ring per worker, and one list for everything that comes from outside.
#pragma once

#include "actor.hpp"

#include <algorithm>

namespace limit {

struct alignas(64) worker_queue {
    static constexpr std::uint32_t capacity = 256;

    std::atomic<actor*> last_in{nullptr};  // runs next, while its cache lines are warm
    alignas(64) std::atomic<std::uint32_t> head{0};
    alignas(64) std::atomic<std::uint32_t> tail{0};
    std::atomic<actor*> ring[capacity];
    std::uint32_t       turns = 0, last_in_streak = 0;

    // By the owner only.
    bool push(actor* a) {
        std::uint32_t t = tail.load(std::memory_order_relaxed), h = head.load(std::memory_order_acquire);
        if (t - h >= capacity) return false;
        ring[t % capacity].store(a, std::memory_order_relaxed);
        tail.store(t + 1, std::memory_order_release);
        return true;
    }

    // By the owner or a thief.
    actor* pop() {
        std::uint32_t h = head.load(std::memory_order_acquire);
        while (h != tail.load(std::memory_order_acquire)) {
            actor* a = ring[h % capacity].load(std::memory_order_relaxed);
            if (head.compare_exchange_weak(h, h + 1, std::memory_order_acq_rel, std::memory_order_acquire)) return a;
        }
        return nullptr;
    }

    actor* pop_last_in() {
        if (!last_in.load(std::memory_order_relaxed)) return nullptr;
        return last_in.exchange(nullptr, std::memory_order_acq_rel);
    }

    std::uint32_t size() const { return tail.load(std::memory_order_relaxed) - head.load(std::memory_order_relaxed); }
};

class injector {
    std::mutex       lock;
    actor *          first = nullptr, *last = nullptr;
    std::atomic<int> length{0};

    actor* unlink() {
        actor* a = first;
        first    = a->next_ready;
        if (!first) last = nullptr;
        length.fetch_sub(1, std::memory_order_relaxed);
        return a;
    }

public:
    int size() const { return length.load(std::memory_order_seq_cst); }

    void push(actor* a) { push_chain(a, a, 1); }

    void push_chain(actor* from, actor* to, int count) {
        std::lock_guard hold(lock);
        to->next_ready                    = nullptr;
        (last ? last->next_ready : first) = from;
        last                              = to;
        length.fetch_add(count, std::memory_order_seq_cst);
    }

    actor* pop() {
        if (length.load(std::memory_order_acquire) == 0) return nullptr;
        std::lock_guard hold(lock);
        return first ? unlink() : nullptr;
    }

    // One to run, and a fair share into the worker's ring: the lock is paid once for all of them.
    actor* pop_share(worker_queue& queue, int workers) {
        int waiting = length.load(std::memory_order_acquire);
        if (waiting == 0) return nullptr;
        std::lock_guard hold(lock);
        if (!first) return nullptr;
        actor* mine  = unlink();
        int    share = std::min({waiting / workers, 127, int(worker_queue::capacity - queue.size())});
        // Out of the list before into the ring: once there, a thief may run it.
        for (int taken = 0; first && taken < share; ++taken) queue.push(unlink());
        return mine;
    }
};

}  // namespace limit
