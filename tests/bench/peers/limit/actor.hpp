// Mail and the actor that owns it.
#pragma once

#include "message.hpp"

namespace limit {

// A Treiber stack whose word doubles as the idle flag. One consumer; any number of producers.
class mailbox {
    static inline message idle_mark;  // the word of an actor that waits; nullptr is one that runs
    std::atomic<message*> newest{&idle_mark};
    message*              in_order = nullptr;

public:
    // True: the actor was idle and the caller must make it ready.
    bool push(message* m) {
        message* old = newest.load(std::memory_order_relaxed);
        do {
            m->next.store(old == &idle_mark ? nullptr : old, std::memory_order_relaxed);
        } while (!newest.compare_exchange_weak(old, m, std::memory_order_acq_rel, std::memory_order_relaxed));
        return old == &idle_mark;
    }

    message* pop() {
        if (!in_order) {
            if (!newest.load(std::memory_order_relaxed)) return nullptr;
            message* last = newest.exchange(nullptr, std::memory_order_acquire);
            if (last == &idle_mark) return nullptr;
            while (last) {  // the stack holds the newest first: turn it round
                message* before = last->next.load(std::memory_order_relaxed);
                last->next.store(in_order, std::memory_order_relaxed);
                in_order = std::exchange(last, before);
            }
        }
        message* m = in_order;
        in_order   = m->next.load(std::memory_order_relaxed);
        return m;
    }

    // False: mail came in between; carry on.
    bool try_idle() {
        message* expected = nullptr;
        return newest.compare_exchange_strong(expected, &idle_mark, std::memory_order_acq_rel);
    }
};

struct actor {
    mailbox          mail;
    actor*           next_ready = nullptr;
    std::atomic<int> references{1};  // never counted here, but a real runtime cannot do without it: it is in the bytes

    virtual void handle(message& m) = 0;
    virtual ~actor()                = default;
};

}  // namespace limit
