// How a process ends: in good order or not, what is told to whom, and what has to be kept for a while.
#include <01_gen_server/detail/engine.hpp>
#include <01_gen_server/executor.hpp>
#include <01_gen_server/timer.hpp>

namespace half::detail {

// In good order: terminate() first.
void process::end(exit_reason reason, worker& here) noexcept {
    auto* rare = extra.load(std::memory_order_relaxed);
    // A process that is ended while a handler waits is in the middle of something: there is no good order to end it in.
    if (handler || !kind() || !kind()->terminate || (rare && rare->terminating)) return die(std::move(reason), here);

    const auto life    = generation.load(std::memory_order_relaxed);
    more().terminating = true;
    more().stopping    = std::make_unique<exit_reason>(reason);
    try {
        kind()->terminate(*this, reason);
    } catch (...) {
        return die(reason_of(std::current_exception()), here);
    }
    if (generation.load(std::memory_order_relaxed) != life) return die(exit_reason::killed(), here);  // left behind
    if (handler) return here.release_orphans({no_answer::died, reason});  // terminate() waits for something
    if (here.leaving) reason = std::exchange(here.leaving, {})->reason;
    die(std::move(reason), here);
}

void process::die(exit_reason reason, worker& here) noexcept {
    // What the operating system may still write to is kept until it lets go.
    auto* kept = bequeath(reason);

    // From here on nobody finds this process. If the watchdog was first, it has told everybody.
    auto       life = generation.load(std::memory_order_relaxed);
    const pid  me{0, slot, life % 2 ? life : life - 1};
    const bool first = life % 2 && generation.compare_exchange_strong(life, life + 1, std::memory_order_acq_rel);
    const auto last  = here.message.load(std::memory_order_relaxed);
    if (first) {
        home->process_ended();
        tell_hooks(me, reason, last);
    } else {
        std::lock_guard done{home->watch_guard};
    }

    here.ended   = true;
    here.leaving = {};
    const worker::dying_scope dying{reason};
    const auto*               type = kind();
    cancel_timers();
    cancel_operations(kept);
    const no_answer why{no_answer::died, reason};
    if (!kept) {
        if (handler) handler.destroy();
        if (state) type->destroy(state);  // unborn: its state is still in its first envelope, and refused with it
    } else if (handler) {
        handler.promise().tell_caller(why);  // who waits for this handler need not wait for the operating system too
    }
    handler = {};
    state   = nullptr;
    waits   = nullptr;
    is.store(nullptr, std::memory_order_relaxed);

    auto* limited = bounded.exchange(nullptr, std::memory_order_acq_rel);
    if (limited) limited->close(why);
    refuse_all(here, why);
    if (limited) limited->hand_back();  // its poke is not under way: what was in the mail has been refused
    here.release_orphans(why);
    if (auto* rare = extra.exchange(nullptr, std::memory_order_acq_rel)) pool_delete(rare);
    if (kept) kept->release();

    handled          = 0;
    questions        = 0;
    next_deadline_ms = 0;
    doomed.store(0, std::memory_order_relaxed);

    const bool unexpected = reason.why == exit_reason::kind::crash || reason.why == exit_reason::kind::other;
    if (first && unexpected)
        home->tell({.what    = report::kind::crash,
                    .pid     = me,
                    .server  = type ? std::string{type->name} : "",
                    .message = last ? std::string{last->name} : "",
                    .reason  = reason,
                    .recent  = home->recent_of(me)});
}

// Refuses all that is still in the mail.
void process::refuse_all(worker& here, const no_answer& why) noexcept {
    auto refuse_chain = [&](envelope* chain) {
        while (chain) {
            auto* next = chain->next;
            chain->kind->refuse(chain, why);
            chain = next;
        }
    };
    refuse_chain(std::exchange(here.signals, nullptr));
    if (auto* last = std::exchange(last_mail, nullptr)) refuse_chain(std::exchange(last->next, nullptr));
    sorted.store(0, std::memory_order_relaxed);
    while (incoming.has_mail()) {
        sort_in(here, incoming.take_all());
        refuse_chain(std::exchange(here.signals, nullptr));
        if (auto* last = std::exchange(last_mail, nullptr)) refuse_chain(std::exchange(last->next, nullptr));
        sorted.store(0, std::memory_order_relaxed);
    }
}

namespace {

constinit thread_local const envelope_kind* handled_last = nullptr;

}  // namespace

std::string_view last_message() noexcept { return handled_last ? handled_last->name : ""; }

void process::tell_hooks(pid me, const exit_reason& reason, const envelope_kind* last) noexcept {
    auto* rare = extra.load();
    if (!rare) return;
    // This life is over. A change that saw it alive is done when we have had the lock, and there will be no other.
    { const std::lock_guard changed{rare->guard}; }
    handled_last = last;
    // Names first: who hears of the end must not find the name any more.
    for (auto* hook = rare->hooks.get(); hook; hook = hook->next.get())
        if (hook->forgets()) hook->exited(me, reason);
    for (auto* hook = rare->hooks.get(); hook; hook = hook->next.get())
        if (!hook->forgets()) hook->exited(me, reason);
    handled_last = nullptr;
}

// -- operations of Asio that outlive their process ----------------------------------------------------------------

remains* process::bequeath(const exit_reason& reason) noexcept {
    int pending = 0;
    for (auto* w = waits; w; w = w->next) pending += w->io != nullptr;
    if (!pending) return nullptr;
    home->unfinished_io.fetch_add(1, std::memory_order_relaxed);
    auto* kept = pool_new<remains>(state, kind(), handler, home, reason, pending + 1);
    for (auto* w = waits; w; w = w->next)
        if (w->io) w->io->heir = kept;
    return kept;
}

void process::cancel_operations(remains* kept) noexcept {
    if (!kept) return;
    // Handlers may be destroyed while we cancel, but the frame with the waits stays until the last has let go.
    for (auto* w = std::exchange(waits, nullptr); w;) {
        auto* next = w->next;
        w->before  = nullptr;
        if (w->io) w->io->cancel.emit(asio::cancellation_type::terminal);
        w = next;
    }
}

void remains::release() noexcept {
    if (holders.fetch_sub(1, std::memory_order_acq_rel) != 1) return;
    const worker::dying_scope dying{reason};
    if (handler) handler.destroy();
    if (state) kind->destroy(state);
    home->unfinished_io.fetch_sub(1, std::memory_order_release);
    pool_delete(this);
}

}  // namespace half::detail
