// Time, for a process.
//
//     half::timer t = self.send_after(10s, tick{});     // one message, later
//     self.send_every(5s, tick{});                      // again and again; the beat does not drift
//     self.cancel(t);                                   // true: it will not come
//     co_await half::sleep(100ms);                      // in a task: other mail waits, answers and exits don't
//
// A timer belongs to its process and dies with it. It is never early, and about a millisecond late. In a simulated
// runtime time is virtual, and exact.
#pragma once

#include <01_gen_server/detail/asking.hpp>
#include <01_gen_server/detail/letters.hpp>

#include <algorithm>
#include <chrono>

namespace half {

/// A runtime's own clock, which starts at zero with the runtime. In a simulation it stands still until it is moved.
struct runtime_clock {
    using duration                  = std::chrono::nanoseconds;                ///< What the standard asks of a clock.
    using rep                       = duration::rep;                           ///< What the standard asks of a clock.
    using period                    = duration::period;                        ///< What the standard asks of a clock.
    using time_point                = std::chrono::time_point<runtime_clock>;  ///< What the standard asks of a clock.
    static constexpr bool is_steady = true;                                    ///< It is never set back.
};
using time_point = runtime_clock::time_point;  ///< A point on a runtime's own clock.

/// Names one timer of the process that started it: what self::cancel() wants.
///
/// @snippet 01_gen_server/lesson_test.cpp door
class timer {
public:
    timer() = default;  ///< No timer.

private:
    template <class Server>
    friend class self;
    timer(detail::timer_node* node, std::uint32_t serial) : node_{node}, serial_{serial} {}

    detail::timer_node* node_   = nullptr;
    std::uint32_t       serial_ = 0;
};

namespace detail {

// A timer is itself an envelope: when it is due it is sent to its process, which then puts the message into its own
// mail. So it needs no thread of its own, and a timer that fires at a process that has just died is refused like any
// other stray envelope.
struct timer_node : envelope, wheel_link {
    timer_node*   next_timer       = nullptr;  // among its process's timers
    timer_node**  timer_before     = nullptr;
    process*      target           = nullptr;
    locked_wheel* hangs_in         = nullptr;
    std::uint64_t due              = 0;        // ns of the runtime's clock
    std::uint64_t period           = 0;        // ns; 0: once
    envelope* (*make)(timer_node&) = nullptr;  // makes the message to deliver
    envelope*     original         = nullptr;  // the message, or what `make` copies
    std::uint32_t serial           = 0;        // names this use of the node; a sleep waits for it
};

timer_node* arm(process& here, const envelope_kind& kind, duration delay, duration period);
bool        cancel(process& here, timer_node* node, std::uint32_t serial);
void        forget_timer(timer_node& timer) noexcept;  // it is no longer among its process's timers
time_point  now(process& here);

extern const envelope_kind message_timer, sleep_timer;

// Longer than anyone will wait, and short enough to add up: a hundred years.
inline constexpr duration longest_delay = std::chrono::hours{24 * 365 * 100};

// A period of zero would be one message, a shorter one than a tick a busy loop.
inline duration at_least_one_tick(duration period) { return std::max<duration>(period, std::chrono::milliseconds{1}); }

template <class Server, class Message>
timer_node* send_later(process& here, duration delay, duration period, Message message) {
    if constexpr (std::is_empty_v<Message> && std::is_default_constructible_v<Message>) {
        auto* node = arm(here, message_timer, delay, period);
        node->make = [](timer_node&) -> envelope* { return seal<Server>(Message{}); };
        return node;
    } else {
        auto* original = seal<Server>(std::move(message));
        auto* node     = arm(here, message_timer, delay, period);
        node->original = original;
        if (period == duration::zero()) {
            node->make = [](timer_node& t) -> envelope* { return std::exchange(t.original, nullptr); };
        } else if constexpr (std::is_copy_constructible_v<Message>) {
            node->make = [](timer_node& t) -> envelope* {
                return seal<Server>(Message{static_cast<cast_letter<Message>*>(t.original)->message});
            };
        }
        return node;
    }
}

// What half::sleep returns.
class [[nodiscard("co_await the sleep: nothing waits otherwise")]] sleeping {
public:
    using waits_in_a_process = void;

    explicit sleeping(duration time) : time_{time} {}

    bool await_ready() const noexcept { return false; }
    template <class Promise>
    void await_suspend(std::coroutine_handle<Promise> waiter) {
        process& me = *waiter.promise().home;
        me.expect(wait_, waiter, &sleep_timer, 0);
        wait_.question = arm(me, sleep_timer, time_, duration::zero())->serial;
    }
    void await_resume() const noexcept {}

private:
    duration time_;
    wait     wait_;
};

}  // namespace detail

/// Lets time pass in a task. The process takes no mail meanwhile; that is the point, and the price.
inline detail::sleeping sleep(duration time) { return detail::sleeping{time}; }

}  // namespace half
