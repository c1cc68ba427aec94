// A worker: one share of the machine's cores. It runs one process at a time, and what belongs to that turn is here.
//
// Its queue is a slot for the process that was made ready last (it runs next: a call and its answer stay on one core,
// in its cache) and a ring for the others, from which workers with nothing to do steal.
#pragma once

#include <01_gen_server/detail/process.hpp>
#include <01_gen_server/detail/wheel.hpp>

#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <mutex>
#include <optional>
#include <vector>

namespace half::detail {

// A bounded ring of runnable processes: pushed by its owner, popped by anyone.
class run_ring {
public:
    static constexpr std::uint32_t capacity = 256;

    bool push(process* p) noexcept {
        const auto tail = tail_.load(std::memory_order_relaxed);
        if (tail - head_.load(std::memory_order_acquire) >= capacity) return false;
        ring_[tail % capacity].store(p, std::memory_order_relaxed);
        tail_.store(tail + 1, std::memory_order_release);
        return true;
    }

    process* pop() noexcept {
        auto head = head_.load(std::memory_order_acquire);
        for (;;) {
            if (head == tail_.load(std::memory_order_acquire)) return nullptr;
            auto* p = ring_[head % capacity].load(std::memory_order_relaxed);
            if (head_.compare_exchange_weak(head, head + 1, std::memory_order_acq_rel, std::memory_order_acquire))
                return p;
        }
    }

    std::uint32_t size() const noexcept {
        return tail_.load(std::memory_order_relaxed) - head_.load(std::memory_order_relaxed);
    }

private:
    alignas(64) std::atomic<std::uint32_t> head_{0};
    alignas(64) std::atomic<std::uint32_t> tail_{0};
    std::array<std::atomic<process*>, capacity> ring_{};
};

// The last messages a worker handled, for crash reports and sys::info. Kept here and not in each process: a process that
// sleeps costs nothing for it. Anyone may read; a torn entry is possible and harmless.
class recent_messages {
public:
    struct entry {
        pid              who;
        std::string_view message;
        std::uint32_t    at;     // ms of the runtime's clock
        std::uint32_t    order;  // among those of the same worker
    };

    void note(pid who, const envelope_kind* kind, std::uint32_t at) noexcept {
        auto& slot = slots_[position_ % slots_.size()];
        slot.kind.store(kind, std::memory_order_relaxed);
        slot.at.store(at, std::memory_order_relaxed);
        slot.order.store(position_, std::memory_order_relaxed);
        slot.who.store(std::uint64_t{who.slot} << 32 | who.generation, std::memory_order_release);
        ++position_;
    }

    void collect(pid who, std::vector<entry>& into) const {
        for (const auto& slot : slots_) {
            const auto key = slot.who.load(std::memory_order_acquire);
            if (key != (std::uint64_t{who.slot} << 32 | who.generation)) continue;
            into.push_back({who, slot.kind.load(std::memory_order_relaxed)->name,
                            slot.at.load(std::memory_order_relaxed), slot.order.load(std::memory_order_relaxed)});
        }
    }

private:
    struct slot {
        std::atomic<std::uint64_t>        who{0};
        std::atomic<const envelope_kind*> kind{nullptr};
        std::atomic<std::uint32_t>        at{0};
        std::atomic<std::uint32_t>        order{0};
    };
    std::array<slot, 128> slots_;
    std::uint32_t         position_ = 0;
};

struct locked_wheel {
    std::mutex guard;
    wheel      timers;
};

// Whoever was to answer did not. When a process is dying here, that is the reason; when a handler is just now being
// unwound, the reason will be known when the exception reaches the runtime, and the ticket waits for it.
void leave_orphan(ticket to, void (*tell)(ticket, const no_answer&)) noexcept;

struct worker {
    explicit worker(engine& e) : home{&e} {}

    // The worker whose turn runs on this thread; null in an I/O handler and outside the runtime's threads.
    static worker* current() noexcept { return current_; }

    engine* home;

    // -- the queue: pushed by this worker, stolen from by others ---------------------------------------------------
    std::atomic<process*> next{nullptr};
    run_ring              ring;
    std::atomic<bool>     draining{false};  // a drain of this queue is posted or runs

    // -- for the watchdog -----------------------------------------------------------------------------------------
    std::atomic<process*>             running{nullptr};
    std::atomic<std::uint64_t>        messages{0};       // counts up: has it moved?
    std::atomic<const envelope_kind*> message{nullptr};  // what it handles
    std::atomic<bool>                 abandoned{false};  // its handler never came back; another took its place

    // -- the turn's -----------------------------------------------------------------------------------------------
    struct departure {
        exit_reason reason;
        bool        politely;  // terminate() first
    };
    struct orphan {
        ticket to;
        void (*tell)(ticket, const no_answer&);
    };
    std::optional<departure> leaving;            // the process ends when this message is done
    bool                     ended   = false;    // it has ended; its slot is free when it is idle
    envelope*                signals = nullptr;  // fetched, in order, not yet opened
    std::vector<orphan>      orphans;            // callers who will be told why when the reason is known

    void release_orphans(const no_answer& why) {
        for (auto& [to, tell] : std::exchange(orphans, {})) tell(to, why);
    }

    recent_messages recent;
    locked_wheel    wheel;
    std::uint32_t   ticks = 0, streak = 0;

    // Free slots at hand, so that birth and death take no lock.
    process* free_slots = nullptr;
    int      free_count = 0;

    // Makes a worker the current one for a scope.
    class scope {
    public:
        explicit scope(worker& w) : before_{current_} { current_ = &w; }
        ~scope() { current_ = before_; }
        scope(const scope&)            = delete;
        scope& operator=(const scope&) = delete;

    private:
        worker* before_;
    };

    // Says on this thread that a process is being taken apart, and why.
    class dying_scope {
    public:
        dying_scope(const exit_reason& reason, const envelope_kind* last)
            : before_{std::exchange(dying_, &reason)}, last_before_{std::exchange(last_message_, last)} {}
        ~dying_scope() {
            dying_        = before_;
            last_message_ = last_before_;
        }
        dying_scope(const dying_scope&)            = delete;
        dying_scope& operator=(const dying_scope&) = delete;

    private:
        const exit_reason*   before_;
        const envelope_kind* last_before_;
    };
    static const exit_reason*   dying() noexcept { return dying_; }
    static const envelope_kind* last_message() noexcept { return last_message_; }  // that the dying one handled

private:
    static constinit thread_local worker*              current_;
    static constinit thread_local const exit_reason*   dying_;
    static constinit thread_local const envelope_kind* last_message_;
};

// Answers that a handler owes after it has thrown, while a terminate() that waits is at work. They are told of the death.
struct owed_answers {
    std::vector<worker::orphan> owed = std::exchange(worker::current()->orphans, {});

    owed_answers()                        = default;
    owed_answers(owed_answers&&) noexcept = default;
    ~owed_answers() {
        for (auto& [to, tell] : owed) leave_orphan(to, tell);
    }
};

// When a wait that begins now must end, in ms of the runtime's clock; 0 for never.
std::uint64_t deadline_in(process& here, std::chrono::nanoseconds timeout);
// The same for a call. One that waits for ever looks now and then whether its server still lives.
std::uint64_t first_look(process& here, std::chrono::nanoseconds timeout);

}  // namespace half::detail
