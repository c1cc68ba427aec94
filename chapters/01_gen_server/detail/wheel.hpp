// A timing wheel: timers in slots of one millisecond, armed and cancelled in constant time.
//
// The first level has 8192 slots (8.2 s), the three above have 256 each and are spilled down when their turn comes.
// A large first level matters: with 256 slots a million timers cascade in bursts of fifty thousand, every quarter of a
// second. A timer is never early and at most a millisecond late by the wheel.
//
// Thread safety: none; the engine keeps one wheel per worker, each with its lock.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>
#include <optional>
#include <vector>

namespace half::detail {

// What a timer must be to hang in a wheel.
struct wheel_link {
    wheel_link*   after  = nullptr;
    wheel_link**  before = nullptr;  // what points at us; null when we hang in no wheel
    std::uint64_t tick   = 0;        // when to fire, in ms
    std::uint8_t  level  = 0;

    bool hangs() const { return before != nullptr; }
};

class wheel {
public:
    wheel() {
        slots_[0].resize(first);
        for (std::size_t level = 1; level < levels; ++level) slots_[level].resize(256);
        occupied_.resize(first / 64);
    }

    std::uint64_t now() const { return now_; }

    std::size_t size() const { return size_; }

    // `present` is the real time: an empty wheel has not been turned for a while and catches up at once.
    void arm(wheel_link& timer, std::uint64_t tick, std::uint64_t present) {
        if (size_++ == 0 && present > now_) now_ = present;
        timer.tick = std::max({tick, present + 1, now_ + 1});  // the present tick has rung already
        hang(timer);
    }

    void cancel(wheel_link& timer) {
        *timer.before = timer.after;
        if (timer.after) timer.after->before = timer.before;
        --hanging_[timer.level];
        timer.before = nullptr;
        --size_;
    }

    // The next tick at which there is something to do, if there ever is. (Doing may be spilling a level.)
    std::optional<std::uint64_t> next() const {
        std::optional<std::uint64_t> found;
        if (size_ == 0) return found;
        for (std::size_t level = 1; level < levels && !found;
             ++level)  // a higher level's boundary is also a lower one's
            if (hanging_[level]) found = ((now_ >> shift(level)) + 1) << shift(level);
        const auto start = (now_ + 1) % first;
        for (std::uint64_t seen = 0; seen < first;) {
            const auto at   = (start + seen) % first;
            const auto bits = occupied_[at / 64] >> (at % 64);
            if (bits) {
                const auto tick = now_ + 1 + seen + static_cast<std::uint64_t>(std::countr_zero(bits));
                return found && *found < tick ? found : tick;
            }
            seen += 64 - at % 64;
        }
        return found;
    }

    // Moves to the given tick and returns the timers that are due, in order, as a chain by `after`.
    wheel_link* advance(std::uint64_t to) {
        wheel_link*  due  = nullptr;
        wheel_link** last = &due;
        while (now_ < to) {
            const auto skip = next();
            if (!skip || *skip > to) {
                now_ = to;
                break;
            }
            now_ = *skip;
            spill();
            auto* timer = reversed(slot(0, now_));
            occupied_[now_ % first / 64] &= ~(std::uint64_t{1} << now_ % 64);
            for (*last = timer; timer; timer = timer->after) {
                timer->before = nullptr;
                last          = &timer->after;
                --size_;
                --hanging_[0];
            }
        }
        return due;
    }

private:
    static constexpr std::size_t   levels = 4;
    static constexpr std::uint64_t first  = 8192;

    static constexpr unsigned shift(std::size_t level) {
        return level == 0 ? 0 : 13 + 8 * static_cast<unsigned>(level - 1);
    }

    wheel_link*& slot(std::size_t level, std::uint64_t tick) {
        return slots_[level][(tick >> shift(level)) & (level == 0 ? first - 1 : 255)];
    }

    void hang(wheel_link& timer) {
        const auto  wait  = timer.tick - now_;
        std::size_t level = 0;
        while (level < levels - 1 && wait >= std::uint64_t{1} << shift(level + 1)) ++level;
        // The highest level reaches four years ahead; what is later waits there and is hung again.
        const auto horizon = now_ + (std::uint64_t{255} << shift(levels - 1));
        auto&      head    = slot(level, timer.tick < horizon ? timer.tick : horizon);
        timer.level        = static_cast<std::uint8_t>(level);
        timer.after        = head;
        timer.before       = &head;
        if (head) head->before = &timer.after;
        head = &timer;
        ++hanging_[level];
        if (level == 0) occupied_[timer.tick % first / 64] |= std::uint64_t{1} << timer.tick % 64;
    }

    // At the boundary of a level, hang the timers of the slot above again: they are near enough now for a finer one.
    void spill() {
        for (std::size_t level = 1; level < levels; ++level) {
            if (now_ & ((std::uint64_t{1} << shift(level)) - 1)) return;
            for (auto* timer = reversed(slot(level, now_)); timer;) {
                auto* next = timer->after;
                --hanging_[level];
                hang(*timer);
                timer = next;
            }
        }
    }

    // Takes a slot's timers in the order in which they were armed.
    static wheel_link* reversed(wheel_link*& head) {
        wheel_link* chain = nullptr;
        for (auto* timer = head; timer;) {
            auto* next   = timer->after;
            timer->after = chain;
            chain        = timer;
            timer        = next;
        }
        head = nullptr;
        return chain;
    }

    std::array<std::vector<wheel_link*>, levels> slots_;
    std::vector<std::uint64_t>                   occupied_;  // one bit per slot of the first level
    std::uint64_t                                now_  = 0;
    std::size_t                                  size_ = 0;
    std::array<std::size_t, levels>              hanging_{};  // how many hang in each level
};

}  // namespace half::detail
