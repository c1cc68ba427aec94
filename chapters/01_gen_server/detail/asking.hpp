// How a question travels: the caller suspends, its question goes to the server's mail, the answer comes back as a
// signal. One wait, one envelope there, the same envelope back when it fits; no timer of its own (deadlines are checked
// lazily by one timer per process).
#pragma once

#include <01_gen_server/detail/slots.hpp>
#include <01_gen_server/detail/worker.hpp>
#include <01_gen_server/from.hpp>
#include <01_gen_server/messages.hpp>

#include <chrono>
#include <exception>
#include <optional>

namespace half {
namespace detail {

// -- questions ----------------------------------------------------------------------------------------------------

struct question_letter : envelope {
    ticket asker;  // filled in when the caller suspends
};

template <class Message>
struct call_letter : question_letter {
    Message message;
};

// -- answers ------------------------------------------------------------------------------------------------------

template <class Reply>
struct reply_wait : wait {
    std::optional<answer<Reply>> result;

    reply_wait() {
        expire = [](wait& w) {
            static_cast<reply_wait&>(w).result = std::unexpected{no_answer{no_answer::timed_out}};
            return true;
        };
    }
};

// The wait of a call knows whom it asked: a server that the watchdog left behind cannot say that it is gone.
template <class Reply>
struct call_wait : reply_wait<Reply> {
    pid  server;
    bool for_ever = false;

    call_wait() {
        this->expire = [](wait& w) {
            auto& call = static_cast<call_wait&>(w);
            if (!process::find(call.server)) {
                call.result = std::unexpected{no_answer{no_answer::died, exit_reason::killed()}};
            } else if (call.for_ever) {
                call.deadline = first_look(*call.owner, forever);  // and again
                return false;
            } else {
                call.result = std::unexpected{no_answer{no_answer::timed_out}};
            }
            return true;
        };
    }
};

template <class Reply>
void open_reply(envelope* sealed, process& here);

template <class Reply>
void refuse_reply(envelope* sealed, const no_answer&) noexcept {
    pool_delete(static_cast<reply_letter<Reply>*>(sealed));  // the one who asked is gone
}

template <class Reply>
inline constexpr envelope_kind reply_kind{&open_reply<Reply>, &refuse_reply<Reply>, "answer", lane::signal};

template <class Reply>
void open_reply(envelope* sealed, process& here) {
    auto* letter = static_cast<reply_letter<Reply>*>(sealed);
    auto* asked  = static_cast<reply_wait<Reply>*>(here.answered(letter->question, &reply_kind<Reply>));
    if (asked) asked->result.emplace(std::move(letter->value));
    pool_delete(letter);
    if (asked) here.resume(*asked);
}

// A block left over from an opened envelope, to be used again or given back.
struct spare_block {
    void*       block = nullptr;
    std::size_t size  = 0;

    spare_block() = default;
    spare_block(void* b, std::size_t n) : block{b}, size{n} {}
    spare_block(spare_block&&) = delete;
    ~spare_block() {
        if (block) pool_give(block, size);
    }
};

template <class Reply>
void send_reply(ticket to, answer<Reply>&& value, [[maybe_unused]] spare_block* spare) noexcept {
    using letter = reply_letter<Reply>;
    void* block  = nullptr;
#ifndef HALF_PLAIN_HEAP
    if (spare && spare->block && pool_size::of(spare->size) == pool_size::of(sizeof(letter)))
        block = std::exchange(spare->block, nullptr);
#endif
    if (!block) block = pool_take(sizeof(letter));
    send(to.asker, ::new (block) letter{{.kind = &reply_kind<Reply>}, std::move(value), to.question});
}

template <class Reply>
void leave_unanswered(ticket to) noexcept {
    leave_orphan(to, [](ticket who, const no_answer& why) { send_reply<Reply>(who, std::unexpected{why}, nullptr); });
}

// -- the caller's side --------------------------------------------------------------------------------------------

template <class Reply>
consteval bool only_a_task_can_wait() {
    return false;
}

// What call() and try_call() return: the question, not yet asked. Awaiting it asks.
template <class Reply, bool Throws>
class [[nodiscard("nothing is asked until the call is awaited: co_await it in a task")]] pending_call {
public:
    using waits_in_a_process = void;
    using send_function      = void (*)(pid, envelope*) noexcept;

    pending_call(pid server, question_letter* question, send_function send, duration timeout)
        : server_{server}, question_{question}, send_{send}, timeout_{timeout}, message_{question->kind} {}
    pending_call(pending_call&& other) noexcept
        : server_{other.server_},
          question_{std::exchange(other.question_, nullptr)},
          send_{other.send_},
          timeout_{other.timeout_},
          message_{other.message_} {}
    ~pending_call() {
        if (question_) question_->kind->refuse(question_, {no_answer::unanswered});
    }

    bool await_ready() const noexcept { return false; }

    template <class Promise>
    bool await_suspend(std::coroutine_handle<Promise> caller) {
        process& me = *caller.promise().home;
        if (!can_ask(me)) return false;
        me.expect(wait_, caller, &reply_kind<Reply>, first_look(me, timeout_));
        ask(me);
        return true;
    }
    // Asks too, but the caller waits for others besides: see all.hpp.
    void ask_as_one_of(wait_for_all& several, process& me) {
        if (!can_ask(me)) return;
        me.expect_part(several, wait_, &reply_kind<Reply>, first_look(me, timeout_));
        ask(me);
    }

    auto await_resume() {
        if constexpr (!Throws) return std::move(*wait_.result);
        else {
            if (!*wait_.result) throw call_failed{server_, message_->name, wait_.result->error()};
            if constexpr (!std::is_void_v<Reply>) return std::move(**wait_.result);
        }
    }

    // So that `int n = server.call(get{});` in a plain handler says what is wrong.
    template <class T>
    operator T() const {
        static_assert(only_a_task_can_wait<T>(),
                      "a plain handler cannot wait for an answer: let it return half::task<...> and co_await the call");
    }

private:
    bool can_ask(process& me) {
        if (server_ == me.id()) return not_asked(no_answer::calling_itself);
        if (!process::find(server_)) return not_asked(no_answer::no_such_process);
        wait_.server   = server_;
        wait_.for_ever = timeout_ == forever;
        return true;
    }
    bool not_asked(no_answer::kind why) {
        wait_.result = std::unexpected{no_answer{why}};
        return false;
    }
    void ask(process& me) {
        question_->asker = {me.id(), wait_.question};
        send_(server_, std::exchange(question_, nullptr));
    }

    pid                  server_;
    question_letter*     question_;
    send_function        send_;
    duration             timeout_;
    const envelope_kind* message_;
    call_wait<Reply>     wait_;
};

}  // namespace detail
}  // namespace half
