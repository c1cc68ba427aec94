// The typed address of a server.
//
//     half::ref<counter> server = runtime.start(counter{.count = 41});
//
//     server.cast(counter::add{1});                        // sent and forgotten
//     int n = co_await server.call(counter::get{});        // asked; throws call_failed when no answer comes
//     auto got = co_await server.try_call(counter::get{}); // the same, as a value: half::answer<int>
//
// A message that the server does not handle does not compile. A ref is a pid that knows its server's type: twelve bytes,
// copied freely, keeping nothing alive. Mail to a process that ended is lost; a call to it fails at once.
// Thread safety: everything here may be called from any thread, except that only a task can await.
#pragma once

#include <01_gen_server/detail/asking.hpp>
#include <01_gen_server/detail/letters.hpp>
#include <01_gen_server/mailbox.hpp>
#include <01_gen_server/messages.hpp>
#include <01_gen_server/pid.hpp>

namespace half {

/// The typed address of a server. It can be a key of `std::unordered_map`.
///
/// @snippet 01_gen_server/lesson_test.cpp sum
template <class Server>
class ref {
public:
    using server_type = Server;  ///< What it is the address of.

    ref() = default;  ///< Nobody.
    /// Says that a server of this type lives there; nobody checks it.
    explicit ref(pid id) : id_{id} {}

    /// Sends a message. Order is kept from one sender to one receiver; delivery is at most once. The reply to a call
    /// message sent this way is thrown away. (A bounded mailbox may refuse it: then this returns a value to look at.)
    template <class Message>
        requires(!may_refuse<Server>)
    void cast(Message message) const {
        detail::check_handles<Server, Message>();
        detail::send_cast<Server>(id_, std::move(message));
    }
    /// To a mailbox that may refuse it: look at the value.
    ///
    /// @snippet 01_gen_server/lesson_test.cpp box_office
    template <class Message>
        requires may_refuse<Server>
    [[nodiscard("the mailbox may have refused it")]] std::expected<void, overloaded> cast(Message message) const {
        detail::check_handles<Server, Message>();
        return detail::send_cast<Server>(id_, std::move(message));
    }

    /// Asks, and waits for the answer: co_await it. The process goes on to no other mail meanwhile. Throws call_failed.
    template <class Message>
    auto call(Message message, duration timeout = patience_of<Message>) const {
        return ask<true>(std::move(message), timeout);
    }

    /// The same, with `half::answer<reply>` for a result.
    ///
    /// @snippet 01_gen_server/lesson_test.cpp impatient
    template <class Message>
    auto try_call(Message message, duration timeout = patience_of<Message>) const {
        return ask<false>(std::move(message), timeout);
    }

    /// Ends the server in good order: after the mail that is already there, with terminate().
    void stop(exit_reason reason = {}) const { detail::send_stop(id_, std::move(reason)); }

    pid id() const { return id_; }        ///< The same address, without its type.
    operator pid() const { return id_; }  ///< The same address, without its type.
    /// False when it is nobody. Whether somebody still lives there, alive() says.
    explicit operator bool() const { return bool(id_); }
    auto     operator<=>(const ref&) const = default;

private:
    template <bool Throws, class Message>
    auto ask(Message message, duration timeout) const {
        static_assert(call_message<Message>, detail::not_a_call<Message>());
        detail::check_handles<Server, Message>();
        auto* question = detail::pool_new<detail::call_letter<Message>>(
            detail::question_letter{{.kind = &detail::call_kind<Server, Message>}, {}}, std::move(message));
        return detail::pending_call<typename Message::reply, Throws>{id_, question, &detail::send_mail<Server>,
                                                                     timeout};
    }

    pid id_;
};

}  // namespace half

template <class Server>
struct std::hash<half::ref<Server>> {
    std::size_t operator()(const half::ref<Server>& r) const noexcept { return std::hash<half::pid>{}(r.id()); }
};
