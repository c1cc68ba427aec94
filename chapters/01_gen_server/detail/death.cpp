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
    if (handler) return;  // terminate() waits for something
    if (here.leaving) reason = std::exchange(here.leaving, {})->reason;
    die(std::move(reason), here);
}

void process::die(exit_reason reason, worker& here) noexcept {
    auto        life = generation.load(std::memory_order_relaxed);
    const pid   me{0, slot, life % 2 ? life : life - 1};
    const auto* last = here.message.load(std::memory_order_relaxed);
    const auto* type = kind();
    using step       = extras::step;

    const worker::dying_scope dying{reason, last};
    const no_answer           why{no_answer::died, reason};
    here.ended = true;

    // First of all: what others do about it may be reported too.
    const bool unexpected = reason.why == exit_reason::kind::crash || reason.why == exit_reason::kind::other;
    if (life % 2 && unexpected)
        home->tell({.what    = report::kind::crash,
                    .pid     = me,
                    .server  = type ? std::string{type->name} : "",
                    .message = last ? std::string{last->name} : "",
                    .reason  = reason,
                    .recent  = home->recent_of(me)});

    // If the watchdog was first, it has told the hooks, and `make` says no to each step.
    auto* rare = extra.load();
    if (rare && rare->make(step::forgotten)) tell_exited(rare->hooks.get(), true, me, reason);

    // What the operating system may still write to is kept until it lets go.
    auto* kept = bequeath(me, reason);
    cancel_timers();
    here.leaving = {reason, false};  // callers who are owed an answer get it when the hooks have been told
    if (!kept) {
        if (handler) handler.destroy();
        if (state) type->destroy(state);  // unborn: its state is still in its first envelope, and refused with it
        handler = {};
        state   = nullptr;
        waits   = nullptr;
    }
    here.leaving = {};

    rare            = extra.load();
    const bool mine = rare && rare->make(step::told);
    if (mine && !kept) tell_gone(rare->hooks.get(), me, reason);
    // From here on nobody finds this process.
    const bool first = life % 2 && generation.compare_exchange_strong(life, life + 1, std::memory_order_acq_rel);
    if (first) {
        home->process_ended();
    } else {
        const std::lock_guard done{home->watch_guard};
    }
    if (mine) tell_exited(rare->hooks.get(), false, me, reason);
    if (mine && kept) kept->hooks = std::move(rare->hooks);

    if (kept) {
        cancel_operations(kept);
        if (handler) handler.promise().tell_caller(why);  // who waits for it need not wait for the operating system too
        handler = {};
        state   = nullptr;
    }
    is.store(nullptr, std::memory_order_relaxed);

    auto* limited = bounded.exchange(nullptr, std::memory_order_acq_rel);
    if (limited) limited->close(why);
    refuse_all(here, why);
    if (limited) limited->hand_back();  // its poke is not under way: what was in the mail has been refused
    here.release_orphans(why);
    if (rare) {
        extra.store(nullptr, std::memory_order_release);
        pool_delete(rare);
    }
    if (kept) kept->release();

    handled          = 0;
    questions        = 0;
    next_deadline_ms = 0;
    doomed.store(0, std::memory_order_relaxed);
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

void tell_exited(exit_hook* first, bool forgetting, pid who, const exit_reason& reason) noexcept {
    for (auto* hook = first; hook; hook = hook->next.get())
        if (hook->forgets() == forgetting) hook->exited(who, reason);
}
void tell_gone(exit_hook* first, pid who, const exit_reason& reason) noexcept {
    for (auto* hook = first; hook; hook = hook->next.get()) hook->gone(who, reason);
}

std::string_view last_message() noexcept {
    const auto* last = worker::last_message();
    return last ? last->name : "";
}

// -- operations of Asio that outlive their process ----------------------------------------------------------------

remains* process::bequeath(pid me, const exit_reason& reason) noexcept {
    int pending = 0;
    for (auto* w = waits; w; w = w->next) pending += w->io != nullptr;
    if (!pending) return nullptr;
    home->unfinished_io.fetch_add(1, std::memory_order_relaxed);
    auto* kept = pool_new<remains>(state, kind(), handler, home, me, reason, worker::last_message(), pending + 1);
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
    const worker::dying_scope dying{reason, last};
    if (handler) handler.destroy();
    if (state) kind->destroy(state);
    tell_gone(hooks.get(), who, reason);
    extras::let_go(hooks);
    home->unfinished_io.fetch_sub(1, std::memory_order_release);
    pool_delete(this);
}

}  // namespace half::detail
