// A process, seen from inside: a ref to itself, and what only it may do. A handler gets one by taking one.
//
//     void handle(open, half::self<door> self) { self.send_after(10s, close{}); }
//
// It is good for as long as the handler runs, waits included. Do not carry it out of the process; a ref is for that.
#pragma once

#include <01_gen_server/birth.hpp>
#include <01_gen_server/executor.hpp>
#include <01_gen_server/ref.hpp>
#include <01_gen_server/timer.hpp>

namespace half {

/// A ref to the process that runs the handler, and what only that process may do.
///
/// @snippet 01_gen_server/lesson_test.cpp door
template <class Server>
class self : public ref<Server> {
public:
    explicit self(detail::process& here) : ref<Server>{here.id()}, here_{&here} {}

    /// Ends this process when the current message is done, with terminate() if it has one.
    void stop(exit_reason reason = {}) const { here_->stop(std::move(reason)); }

    /// The time, on the clock of its runtime.
    time_point now() const { return detail::now(*here_); }
    /// Sends itself a message, later. The timer ends with the process.
    template <class Message>
    timer send_after(duration delay, Message message) const {
        return send_later(delay, duration::zero(), std::move(message));
    }
    /// Sends itself a message again and again. The beat does not drift: each is counted from when the last was due.
    template <class Message>
    timer send_every(duration period, Message message) const {
        static_assert(std::is_copy_constructible_v<Message>, "a periodic message is copied for each beat");
        return send_later(period, detail::at_least_one_tick(period), std::move(message));
    }
    /// True when the message will not come; false when it is already in the mail, handled, or no timer of this process.
    bool cancel(timer t) const { return detail::cancel(*here_, t.node_, t.serial_); }

    /// Starts a process and does not wait for its init().
    template <class Child>
    ref<Child> spawn(Child server) const {
        return detail::spawn(*here_->home, std::move(server));
    }
    /// `co_await start(...)` waits for the child's init(), and throws start_failed.
    template <class Child>
    auto start(Child server) const {
        return detail::pending_start<Child>{std::move(server)};
    }

    /// For Asio: work posted here runs in this process, between messages; when it is dead it is destroyed and never run.
    process_executor executor() const { return process_executor{*here_}; }

    /// For the chapters above, which extend processes.
    detail::process& here() const { return *here_; }

private:
    template <class Message>
    timer send_later(duration delay, duration period, Message message) const {
        detail::check_handles<Server, Message>();
        auto* node = detail::send_later<Server>(*here_, delay, period, std::move(message));
        return timer{node, node->serial};
    }

    detail::process* here_;
};

}  // namespace half
