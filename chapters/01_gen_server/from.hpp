// The right to answer one call.
//
//     void handle(take, half::from<cake> caller) { waiting.push_back(std::move(caller)); }
//     void handle(baked m)                       { waiting.front().reply(m.result); waiting.pop_front(); }
//
// A handler that takes it need not answer now: keep it, move it into a message or into another process, answer from any
// thread. Nobody is left waiting: a `from` that is destroyed unused tells its caller so (`unanswered`), and one that
// dies with its server tells the caller why the server died.
#pragma once

#include <01_gen_server/answer.hpp>
#include <01_gen_server/detail/process.hpp>

#include <utility>

namespace half {
namespace detail {

template <class Reply>
struct reply_letter : envelope {
    answer<Reply> value;
    std::uint32_t question;
};

struct spare_block;
template <class Reply>
void send_reply(ticket to, answer<Reply>&& value, spare_block* spare) noexcept;
template <class Reply>
void leave_unanswered(ticket to) noexcept;

}  // namespace detail

/// The right to answer one call.
///
/// @snippet 01_gen_server/lesson_test.cpp oven
template <class Reply>
class [[nodiscard]] from {
public:
    from() = default;  ///< Nobody: what the handler of a cast call message gets.
    explicit from(detail::ticket who) : who_{who} {}
    from(from&& other) noexcept : who_{std::exchange(other.who_, {})} {}
    from& operator=(from&& other) noexcept {
        std::swap(who_, other.who_);
        return *this;
    }
    /// Unused, it tells its caller `unanswered`.
    ~from() {
        if (who_.asker) detail::leave_unanswered<Reply>(who_);
    }

    /// Answers, once: the second answer goes nowhere.
    template <class Value>
    void reply(Value&& value) {
        send(answer<Reply>{std::forward<Value>(value)});
    }
    /// Answers a call that waits for no value.
    void reply()
        requires std::is_void_v<Reply>
    {
        send(answer<Reply>{});
    }
    /// Makes the call fail, for this reason.
    void fail(no_answer why) { send(std::unexpected{std::move(why)}); }

    /// Who asked.
    pid caller() const { return who_.asker; }

    /// For the chapters above: gives up the right. Whoever has the ticket answers, or does not.
    detail::ticket release() { return std::exchange(who_, {}); }

    /// For the runtime: the answer may travel in the envelope of the question.
    void reply_in(detail::spare_block& spare, answer<Reply>&& value) {
        auto to = std::exchange(who_, {});
        if (to.asker) detail::send_reply<Reply>(to, std::move(value), &spare);
    }

private:
    void send(answer<Reply> value) {
        auto to = std::exchange(who_, {});
        if (to.asker) detail::send_reply<Reply>(to, std::move(value), nullptr);
    }

    detail::ticket who_;
};

}  // namespace half

#include <01_gen_server/detail/asking.hpp>  // the bodies of what is declared above
