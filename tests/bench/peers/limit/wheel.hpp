// A hierarchical timing wheel of 1 ms ticks. The first level is wide, 8192 slots: with 256 it would cascade four times
// a second, and with a million timers each cascade is a burst of cache misses that shows as lateness.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

namespace limit {

struct timer_node {
    timer_node *  before = nullptr, *after = nullptr;
    std::uint64_t at = 0;
};

// Arming and cancelling take constant time. The caller brings the lock.
class wheel {
    static constexpr int levels = 4, first_bits = 13;

    static constexpr int           shift(int level) { return level == 0 ? 0 : first_bits + 8 * (level - 1); }
    static constexpr std::uint64_t slots(int level) { return level == 0 ? std::uint64_t(1) << first_bits : 256; }
    static constexpr std::uint64_t span(int level) { return std::uint64_t(1) << shift(level + 1); }

    std::array<std::vector<timer_node>, levels> heads;
    std::uint64_t                               now_ms = 0;

    timer_node& slot(int level, std::uint64_t ms) {
        return heads[std::size_t(level)][(ms >> shift(level)) & (slots(level) - 1)];
    }
    static void put(timer_node& head, timer_node* n) {
        n->before          = head.before;
        n->after           = &head;
        head.before->after = n;
        head.before        = n;
    }
    void link(timer_node* n) {
        std::uint64_t distance = n->at > now_ms ? n->at - now_ms : 0;
        int           level    = 0;
        while (level < levels - 1 && distance >= span(level)) ++level;
        put(slot(level, now_ms + distance), n);
    }
    void cascade() {
        for (int level = 1; level < levels && now_ms % span(level - 1) == 0; ++level) {
            timer_node& head = slot(level, now_ms);
            timer_node* n    = head.after;
            head.before = head.after = &head;
            while (n != &head) {
                timer_node* after = n->after;
                link(n);
                n = after;
            }
        }
    }

public:
    wheel() {
        for (int level = 0; level < levels; ++level) {
            heads[std::size_t(level)].resize(slots(level));
            for (auto& head : heads[std::size_t(level)]) head.before = head.after = &head;
        }
    }

    std::uint64_t now() const { return now_ms; }

    void arm(timer_node* n, std::uint64_t ms) {
        n->at = now_ms + (ms ? ms : 1);
        link(n);
    }

    void cancel(timer_node* n) {
        if (!n->after) return;
        n->before->after = n->after;
        n->after->before = n->before;
        n->before = n->after = nullptr;
    }

    // One millisecond further; whatever is due now is handed to `fire`.
    template <class Function>
    void tick(Function fire) {
        ++now_ms;
        cascade();
        timer_node& head = slot(0, now_ms);
        while (head.after != &head) {
            timer_node* n = head.after;
            cancel(n);
            fire(n);
        }
    }
};

}  // namespace limit
