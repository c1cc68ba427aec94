// The mailbox that senders see: a lock-free stack whose one word also says whether its process is idle.
//
//     idle      nobody runs the process and there is no mail: whoever pushes now must schedule it
//     0         somebody runs or will run it; no mail has come since it last looked
//     pointer   the newest envelope; the top sixteen bits count how many there are
//
// push() is a compare-and-swap from any thread. The process takes the whole stack with one exchange and turns it round.
#pragma once

#include <01_gen_server/detail/envelope.hpp>

#include <atomic>
#include <cstdint>

namespace half::detail {

class mail_stack {
public:
    // True when the process was idle: the caller must schedule it.
    bool push(envelope* sealed) noexcept {
        auto seen = word_.load(std::memory_order_relaxed);
        for (;;) {
            sealed->next = seen == idle ? nullptr : pointer(seen);
            auto news    = reinterpret_cast<std::uintptr_t>(sealed) | (seen == idle ? one : more(seen));
            if (word_.compare_exchange_weak(seen, news, std::memory_order_acq_rel, std::memory_order_relaxed))
                return seen == idle;
        }
    }

    bool has_mail() const noexcept { return word_.load(std::memory_order_relaxed) > idle; }

    // The envelopes, newest first. Only the process's own turn may call it; the process stays scheduled.
    envelope* take_all() noexcept { return pointer(word_.exchange(0, std::memory_order_acquire)); }

    // The process found nothing to do: true when it is idle now, false when mail came at the last moment.
    bool try_idle() noexcept {
        word_.store(idle, std::memory_order_release);
        return true;
    }

    // When a runtime ends, with nobody left to push.
    void reset() noexcept { word_.store(idle, std::memory_order_relaxed); }

    // How many wait here, up to 65,535.
    std::uint32_t length() const noexcept {
        auto seen = word_.load(std::memory_order_relaxed);
        return seen == idle ? 0 : static_cast<std::uint32_t>(seen >> 48);
    }

private:
    static constexpr std::uintptr_t idle = 1;
    static constexpr std::uintptr_t one  = std::uintptr_t{1} << 48;
    static constexpr std::uintptr_t mask = one - 1;  // user addresses have 47 bits (48 on arm64)

    static envelope* pointer(std::uintptr_t word) noexcept {
        // NOLINTNEXTLINE(performance-no-int-to-ptr): a pointer and a count share the word, that is the design
        return reinterpret_cast<envelope*>(word & mask & ~idle);
    }
    static std::uintptr_t more(std::uintptr_t word) noexcept {
        return ((word & ~mask) == ~mask ? word : word + one) & ~mask;
    }

    std::atomic<std::uintptr_t> word_{idle};
};

}  // namespace half::detail
