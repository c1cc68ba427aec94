// How a message becomes an envelope, and an opened envelope a handler's run: one envelope_kind per server and message.
#pragma once

#include <01_gen_server/detail/asking.hpp>
#include <01_gen_server/detail/bounded_mail.hpp>
#include <01_gen_server/messages.hpp>

namespace half::detail {

template <class Server, class Message>
consteval void check_handles() {
    static_assert(handles<Server, Message>, not_handled<Server, Message>());
}

template <class Message>
struct cast_letter : envelope {
    Message message;
};

// -- opening: a cast ----------------------------------------------------------------------------------------------

// A handler that waits is driven by a coroutine that owns the message, so that a handler may take it by reference.
template <class Server, class Message>
root drive_cast(process& here, Message message) {
    if constexpr (takes_from<Server, Message>)
        co_await invoke(here.state_as<Server>(), message, from<typename Message::reply>{}, self<Server>{here});
    else (void)co_await invoke(here.state_as<Server>(), message, self<Server>{here});
}

template <class Server, class Message>
void run_cast(process& here, Message& message) {
    if constexpr (takes_from<Server, Message>) {
        using result =
            decltype(invoke(here.state_as<Server>(), message, from<typename Message::reply>{}, self<Server>{here}));
        if constexpr (is_task<result>) here.begin(drive_cast<Server>(here, std::move(message)).frame);
        else invoke(here.state_as<Server>(), message, from<typename Message::reply>{}, self<Server>{here});
    } else {
        using result = decltype(invoke(here.state_as<Server>(), message, self<Server>{here}));
        if constexpr (is_task<result>) here.begin(drive_cast<Server>(here, std::move(message)).frame);
        else (void)invoke(here.state_as<Server>(), message, self<Server>{here});
    }
}

template <class Server, class Message>
void open_cast(envelope* sealed, process& here) {
    auto* letter  = static_cast<cast_letter<Message>*>(sealed);
    auto  message = std::move(letter->message);
    pool_delete(letter);
    run_cast<Server>(here, message);
}

template <class Message>
void refuse_cast(envelope* sealed, const no_answer&) noexcept {
    pool_delete(static_cast<cast_letter<Message>*>(sealed));
}

template <class Server, class Message>
inline constexpr envelope_kind cast_kind{&open_cast<Server, Message>, &refuse_cast<Message>, type_name<Message>(),
                                         lane::mail};

template <class Server, class Message>
cast_letter<Message>* seal(Message message) {
    return pool_new<cast_letter<Message>>(envelope{.kind = &cast_kind<Server, Message>}, std::move(message));
}

// -- opening: a call ----------------------------------------------------------------------------------------------

template <class Server, class Message, class Reply>
root drive_call(process& here, Message message, from<Reply> caller) {
    if constexpr (takes_from<Server, Message>) {
        co_await invoke(here.state_as<Server>(), message, std::move(caller), self<Server>{here});
    } else if constexpr (std::is_void_v<Reply>) {
        co_await invoke(here.state_as<Server>(), message, self<Server>{here});
        caller.reply();
    } else {
        caller.reply(co_await invoke(here.state_as<Server>(), message, self<Server>{here}));
    }
}

// The answer travels in the envelope of the question when it fits.
template <class Server, class Message, class Reply>
void answer_now(process& here, Message& message, from<Reply>& caller, spare_block& spare) {
    const self<Server> me{here};
    if constexpr (std::is_void_v<Reply>) {
        invoke(here.state_as<Server>(), message, me);
        caller.reply_in(spare, answer<void>{});
    } else {
        caller.reply_in(spare, answer<Reply>{invoke(here.state_as<Server>(), message, me)});
    }
}

template <class Server, class Message>
void open_call(envelope* sealed, process& here) {
    using reply = typename Message::reply;

    auto* letter  = static_cast<call_letter<Message>*>(sealed);
    auto  message = std::move(letter->message);
    auto  caller  = from<reply>{letter->asker};
    letter->~call_letter<Message>();
    spare_block spare{letter, sizeof(call_letter<Message>)};

    if constexpr (takes_from<Server, Message>) {
        using result = decltype(invoke(here.state_as<Server>(), message, std::move(caller), self<Server>{here}));
        if constexpr (is_task<result>)
            here.begin(drive_call<Server>(here, std::move(message), std::move(caller)).frame);
        else invoke(here.state_as<Server>(), message, std::move(caller), self<Server>{here});
    } else {
        using result = decltype(invoke(here.state_as<Server>(), message, self<Server>{here}));
        if constexpr (is_task<result>)
            here.begin(drive_call<Server>(here, std::move(message), std::move(caller)).frame);
        else {
            static_assert(std::is_convertible_v<result, reply> || std::is_void_v<reply>,
                          "the handler of a call returns its reply");
            answer_now<Server>(here, message, caller, spare);
        }
    }
}

template <class Message>
void refuse_call(envelope* sealed, const no_answer& why) noexcept {
    auto* letter = static_cast<call_letter<Message>*>(sealed);
    auto  asker  = letter->asker;
    pool_delete(letter);
    if (asker.asker) send_reply<typename Message::reply>(asker, std::unexpected{why}, nullptr);
}

template <class Server, class Message>
inline constexpr envelope_kind call_kind{&open_call<Server, Message>, &refuse_call<Message>, type_name<Message>(),
                                         lane::mail, true};

// -- sending ------------------------------------------------------------------------------------------------------

template <class Server>
void send_mail(pid to, envelope* sealed) noexcept {
    if constexpr (bounded_server<Server>) (void)send_bounded(to, sealed);
    else send(to, sealed);
}

template <class Server, class Message>
half::cast_result<Server> send_cast(pid to, Message message) {
    auto* letter = seal<Server>(std::move(message));
    if constexpr (!bounded_server<Server>) {
        send(to, letter);
    } else {
        const bool taken = send_bounded(to, letter);
        if constexpr (may_refuse<Server>) {
            if (!taken) return std::unexpected{overloaded{}};
            return {};
        } else {
            (void)taken;
        }
    }
}

void send_stop(pid to, exit_reason reason);

}  // namespace half::detail
