// Mail and the actor that owns it.
#pragma once

#include "message.hpp"

namespace limit {

// A Treiber stack whose word doubles as the idle flag. One consumer; any number of producers.
class mailbox {
    static constexpr std::uintptr_t empty = 0, idle = 1;
    std::atomic<std::uintptr_t> newest{idle};
    message* in_order = nullptr;

public:
    // True: the actor was idle and the caller must make it ready.
    bool push(message* m) {
        std::uintptr_t old = newest.load(std::memory_order_relaxed);
        do {
            m->next.store(old == idle ? nullptr : reinterpret_cast<message*>(old), std::memory_order_relaxed);
        } while (!newest.compare_exchange_weak(old, reinterpret_cast<std::uintptr_t>(m), std::memory_order_acq_rel,
                                               std::memory_order_relaxed));
        return old == idle;
    }

    message* pop() {
        if (!in_order) {
            if (newest.load(std::memory_order_relaxed) == empty) return nullptr;
            auto word = newest.exchange(empty, std::memory_order_acquire);
            auto* last = word == idle ? nullptr : reinterpret_cast<message*>(word);
            while (last) { // the stack holds the newest first: turn it round
                message* before = last->next.load(std::memory_order_relaxed);
                last->next.store(in_order, std::memory_order_relaxed);
                in_order = std::exchange(last, before);
            }
            if (!in_order) return nullptr;
        }
        message* m = in_order;
        in_order = m->next.load(std::memory_order_relaxed);
        return m;
    }

    // False: mail came in between; carry on.
    bool try_idle() {
        std::uintptr_t expected = empty;
        return newest.compare_exchange_strong(expected, idle, std::memory_order_acq_rel);
    }
};

struct actor {
    mailbox mail;
    actor* next_ready = nullptr;
    std::atomic<int> references{1}; // never counted here, but a real runtime cannot do without it: it is in the bytes

    virtual void handle(message& m) = 0;
    virtual ~actor() = default;
};

} // namespace limit
