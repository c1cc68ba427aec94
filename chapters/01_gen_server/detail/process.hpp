// A process: a mailbox, a state, and at most one handler at work.
//
// Who may touch what
//   - The first cache line belongs to everybody: senders push mail, the scheduler links runnable processes.
//   - The rest belongs to the process's *turn*: the one worker that runs it now. Between two turns the mailbox's word
//     and the run queues hand it on.
// A process is a slot of 128 bytes that is never freed, only let again: a sender may hold its address for ever.
// `generation` is odd while somebody lives here; each birth and each death adds one.
#pragma once

#include <01_gen_server/detail/envelope.hpp>
#include <01_gen_server/detail/mail_stack.hpp>

#include <coroutine>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <unordered_map>
#include <vector>

namespace half {

// An extension point: something that wants to know how a process lives and ends. A death goes in this order, and hooks of
// the same step in the order in which they were added:
//
//     exited() of hooks that forget: names (chapter 03). A name never is that of a dead process.
//     The state is destroyed, and with it a handler that waits.
//     gone() of all: a supervisor (chapter 02) may begin the next life.
//     The pid is dead: alive() is false.
//     exited() of the others: monitors and links (chapter 02).
//     Whoever waits for an answer is told. So who learns of a death can rely on all that stands above.
//
// An operation of Asio that is still pending keeps the state: then gone() comes last, when it has let go. The hooks of a
// process that the watchdog leaves behind are all told, though its state is still there. Each is told once, on whatever
// thread that is.
class exit_hook {
public:
    virtual ~exit_hook() = default;
    virtual void        born(pid) noexcept {}  // init() has come to its end; in the process's turn
    virtual bool        forgets() const { return false; }
    virtual void        exited(pid who, const exit_reason& reason) noexcept = 0;
    virtual void        gone(pid, const exit_reason&) noexcept {}
    virtual std::string describe() const = 0;  // for sys::info: "monitored by <0.3.1>"; empty: nothing to say

    std::unique_ptr<exit_hook> next;

    // A supervised process has one, so it is counted in its bytes: with 16 of its own a hook fills a block of 32.
    static void* operator new(std::size_t n) { return detail::pool_take(n); }
    static void  operator delete(void* hook, std::size_t n) noexcept { detail::pool_give(hook, n); }
};

namespace detail {

class engine;
class bounded_mail;
struct worker;
struct timer_node;
struct root_promise;
struct io_wait;
struct remains;
struct wait_for_all;

// The address of an answer: who asked, and which of its questions.
struct ticket {
    pid           asker;
    std::uint32_t question = 0;
};

// Something a suspended handler waits for. It lives in the waiting coroutine's frame and unlinks itself when that is
// destroyed, so that a killed process leaves nothing behind that points into it.
struct wait {
    wait*                   next    = nullptr;
    wait**                  before  = nullptr;
    process*                owner   = nullptr;
    std::coroutine_handle<> waiter  = {};
    const envelope_kind*    expects = nullptr;  // the kind of answer
    bool (*expire)(wait&)           = nullptr;  // its deadline passed; true: go on without an answer
    io_wait*      io                = nullptr;  // set when it is an Asio operation
    wait_for_all* whole             = nullptr;  // set when it is one of several, or the whole of them
    std::uint64_t deadline          = 0;        // in ms of the runtime's clock; 0 is never
    std::uint32_t question          = 0;

    wait()       = default;
    wait(wait&&) = delete;
    ~wait() { unlink(); }

    bool waits() const { return before != nullptr; }
    void unlink() {
        if (!before) return;
        *before = next;
        if (next) next->before = before;
        before = nullptr;
    }
};

// A wait for several answers, which goes on when all are in. Only the whole hangs in the process's list; its parts are
// found by number, so that a thousand answers cost a thousand steps.
struct wait_for_all : wait {
    std::vector<wait*> parts;  // in the order of their questions, whose numbers have no gaps
    std::size_t        left = 0;

    wait_for_all();
};

// What the runtime knows of a server type.
struct server_kind {
    std::string_view name;
    void (*terminate)(process&, const exit_reason&);
    void (*destroy)(void*) noexcept;
    std::string (*describe)(const void*);
    void (*trap)(process&, exit_signal&);  // null: exit signals end it
};

// A lock of one byte. Only two ever want it: a process's turn, and the watchdog once, when it leaves that process behind.
// Both hold it for a few instructions.
class small_lock {
public:
    void lock() noexcept {
        while (taken_.test_and_set(std::memory_order_acquire)) std::this_thread::yield();
    }
    void unlock() noexcept { taken_.clear(std::memory_order_release); }

private:
    std::atomic_flag taken_;
};

// What few processes need, made when one first does. Every supervised process is one of these few.
struct extras {
    std::unique_ptr<exit_hook>
        hooks;  // added to and taken from in the turn; once they are told they stay until the end

    // Its timers by serial, when it has many and cancels one.
    std::unique_ptr<std::unordered_map<std::uint32_t, timer_node*>> timers;

    std::unique_ptr<exit_reason> stopping;
    bool                         terminating = false;

    // How far the hooks have been told of the end. Each step is made once: by the turn, or by the watchdog when a handler
    // never returns.
    enum class step : unsigned char { none, forgotten, told };
    step       told = step::none;
    small_lock guard;  // of the hooks and the step

    bool make(step next) {
        const std::lock_guard lock{guard};
        return told < next && (told = next, true);
    }

    ~extras() { let_go(hooks); }
    static void let_go(std::unique_ptr<exit_hook>& hooks) {
        while (hooks) hooks = std::move(hooks->next);  // one by one: a long chain must not recurse
    }
};

class alignas(64) process {
public:
    // -- for everybody --------------------------------------------------------------------------------------------
    static process* find(pid who) noexcept;  // null when nobody lives there

    pid           id() const noexcept { return {0, slot, generation.load(std::memory_order_relaxed)}; }
    void          deliver(envelope* sealed) noexcept;  // its generation is already written
    std::uint32_t stamp() const noexcept;              // the time to write on it

    // -- for its own turn -----------------------------------------------------------------------------------------
    // Adds a hook behind those that are there; a process that is ending runs it at once.
    void                       on_exit(std::unique_ptr<exit_hook> hook);
    std::unique_ptr<exit_hook> forget(exit_hook& hook);  // gives it back; null: it has run, or never was here
    template <class Hook>
    Hook* hook() const noexcept;  // its own hook of that type, good for this turn; null: it has none

    // Changes the hooks, or what one of them holds and exited() reads. False: they have been told, nothing is changed.
    // (The watchdog tells the hooks of a process it leaves behind, while a handler of that process may still run.)
    // The change is a few instructions long and neither throws nor changes hooks itself.
    template <class Change>
    bool change_hooks(Change&& change);
    void born() noexcept;  // tells the hooks that init() has come to its end

    void begin(std::coroutine_handle<root_promise> started);  // a coroutine handler ran to its first wait
    // Awaits the answer to a new question. When nobody waits for it yet, `waiter` is std::noop_coroutine(): the answer stays
    // in `w`, for a waiter that comes later.
    void    expect(wait& w, std::coroutine_handle<> waiter, const envelope_kind* answer, std::uint64_t deadline);
    void    expect_part(wait_for_all& all, wait& part, const envelope_kind* answer, std::uint64_t deadline);
    bool    expect_all(wait_for_all& all, std::coroutine_handle<> waiter);         // false: it has no parts
    wait*   answered(std::uint32_t question, const envelope_kind* kind) noexcept;  // null: nobody waits for it any more
    void    resume(wait& w);
    void    check_deadlines();
    void    append(envelope* mail) noexcept;   // mail from itself: a timer that fired
    void    prepend(envelope* mail) noexcept;  // the same, but it comes next, whatever waits and whatever the limit
    void    stop(exit_reason reason);          // after the current message
    extras& more();

    const server_kind* kind() const noexcept { return is.load(std::memory_order_relaxed); }
    template <class Server>
    Server& state_as() noexcept {
        return *static_cast<Server*>(state);
    }

    enum class outcome { idle, more };
    outcome run(worker& here, int slice);
    void    die(exit_reason reason, worker& here) noexcept;

    // -- the first line: everybody's ------------------------------------------------------------------------------
    mail_stack                 incoming;
    std::atomic<std::uint32_t> generation{0};
    std::uint32_t              slot       = 0;
    engine*                    home       = nullptr;
    process*                   next_ready = nullptr;
    std::atomic<extras*>       extra{nullptr};
    std::atomic<bounded_mail*> bounded{nullptr};
    std::atomic<std::uint64_t> doomed{0};             // a life that was killed, and when (ms), for the watchdog
    std::uint32_t              next_deadline_ms = 0;  // the deadline check that is armed; 0: none
    std::atomic<std::uint32_t> lives_before{0};       // the generation at which its runtime got this slot

    // -- the second line: the turn's ------------------------------------------------------------------------------
    alignas(64) envelope* last_mail           = nullptr;  // a ring in order of arrival: last->next is the first
    void*                               state = nullptr;  // in a free slot: the next free one
    std::atomic<const server_kind*>     is{nullptr};      // its type; null before birth and after death
    std::coroutine_handle<root_promise> handler;          // the one that waits
    wait*                               waits  = nullptr;
    timer_node*                         timers = nullptr;
    std::atomic<std::uint32_t>          sorted{0};  // how many are in that ring; others may look
    std::atomic<std::uint32_t>          oldest{0};  // when its first was sent
    std::uint32_t                       handled   = 0;
    std::uint32_t                       questions = 0;

private:
    envelope* next_mail() noexcept;
    void      sort_in(worker& here, envelope* news) noexcept;
    void      link(envelope* first, envelope* last, std::uint32_t count) noexcept;
    void      open(envelope* sealed, worker& here) noexcept;
    void      end(exit_reason reason, worker& here) noexcept;
    void      finish_handler();
    void      hang(wait& w, std::coroutine_handle<> waiter, std::uint64_t deadline);
    void      expect_deadline(std::uint64_t deadline);
    void      refuse_all(worker& here, const no_answer& why) noexcept;
    void      cancel_timers() noexcept;
    remains*  bequeath(pid me, const exit_reason& reason) noexcept;
    void      cancel_operations(remains* kept) noexcept;

    friend class engine;
};

static_assert(sizeof(process) == 128, "two cache lines: the first for senders, the second for the turn");
static_assert(sizeof(extras) == 32, "the smallest block: a supervised process may cost 320 bytes in all");

template <class Hook>
Hook* process::hook() const noexcept {
    auto* rare = extra.load(std::memory_order_relaxed);
    for (auto* each = rare ? rare->hooks.get() : nullptr; each; each = each->next.get())
        if (auto* found = dynamic_cast<Hook*>(each)) return found;
    return nullptr;
}

template <class Change>
bool process::change_hooks(Change&& change) {
    const std::lock_guard lock{more().guard};
    if (more().told != extras::step::none || generation.load() % 2 == 0) return false;
    change();
    return true;
}

// The steps of an end that hooks hear of.
void tell_exited(exit_hook* first, bool forgetting, pid who, const exit_reason& reason) noexcept;
void tell_gone(exit_hook* first, pid who, const exit_reason& reason) noexcept;

// For a hook in exited() and gone(): the name of the message that the process handled last; empty when there was none.
std::string_view last_message() noexcept;

}  // namespace detail
}  // namespace half
