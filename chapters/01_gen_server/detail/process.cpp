#include <01_gen_server/detail/engine.hpp>
#include <01_gen_server/executor.hpp>
#include <01_gen_server/signal.hpp>
#include <01_gen_server/timer.hpp>

#include <algorithm>

namespace half::detail {

constinit thread_local worker*            worker::current_ = nullptr;
constinit thread_local const exit_reason* worker::dying_   = nullptr;

// -- sending ------------------------------------------------------------------------------------------------------

namespace {

// When an envelope was sent. The runtime's clock stands still while it is idle, so whoever wakes it from outside sets it.
std::uint32_t stamp(const process& to) noexcept {
    if (!worker::current()) to.home->note_time(to.home->now_ns());
    return static_cast<std::uint32_t>(to.home->now_ms());
}

}  // namespace

void process::deliver(envelope* sealed) noexcept {
    auto* runtime = home;  // read before the push: afterwards the process may be gone and its slot another runtime's
    if (incoming.push(sealed)) runtime->ready(this);
}

void send(pid to, envelope* sealed) noexcept {
    auto* target = process::find(to);
    if (!target) return sealed->kind->refuse(sealed, {no_answer::no_such_process});
    sealed->generation = to.generation;
    sealed->sent_at    = stamp(*target);
    target->deliver(sealed);
}

bool send_bounded(pid to, envelope* sealed) noexcept {
    auto* target = process::find(to);
    auto* mail   = target ? target->bounded.load(std::memory_order_acquire) : nullptr;
    if (!mail) {
        sealed->kind->refuse(sealed, {no_answer::no_such_process});
        return true;
    }
    sealed->generation = to.generation;
    sealed->sent_at    = stamp(*target);
    return mail->offer(*target, to, sealed);
}

// -- a turn -------------------------------------------------------------------------------------------------------

process::outcome process::run(worker& here, int slice) {
    // The count moves before the name: the watchdog must not take this turn for the one it saw last.
    here.messages.store(here.messages.load(std::memory_order_relaxed) + 1, std::memory_order_relaxed);
    here.running.store(this, std::memory_order_release);
    here.ended = false;
    for (int left = slice; left > 0 || here.ended;) {
        // Signals first, and often: a process deep in its mail still hears that it is to end.
        if (incoming.has_mail() && (!last_mail || handler || left == slice || left % 16 == 0)) {
            auto* news = incoming.take_all();
            if (news && !news->next) {  // one alone needs no sorting
                const auto by = news->kind->goes_by;
                if (by == lane::signal || (by == lane::mail && !last_mail && !handler)) {
                    open(news, here);
                    --left;
                    continue;
                }
            }
            sort_in(here, news);
            while (auto* signal = here.signals) {
                here.signals = signal->next;
                open(signal, here);
                --left;
            }
        }
        if (auto* letter = next_mail()) {
            open(letter, here);
            --left;
            continue;
        }
        if (incoming.has_mail()) continue;
        // Nobody lives here any more: when the slot is idle it may be let again. A stray envelope may still schedule it;
        // that turn will find only strangers to refuse.
        const bool ended   = here.ended;
        auto*      runtime = home;
        if (!incoming.try_idle()) continue;
        if (ended) runtime->take_back(*this, here);
        return outcome::idle;
    }
    return outcome::more;
}

void process::sort_in(worker& here, envelope* news) noexcept {
    envelope *    signals = nullptr, *mails = nullptr, *newest = nullptr;
    std::uint32_t count = 0;
    for (auto* e = news; e;) {  // newest first; this turns it round
        auto*      older = e->next;
        const auto by    = e->kind->goes_by;
        if (by == lane::signal || (by == lane::trappable && !(kind() && kind()->trap))) {
            e->next = signals;
            signals = e;
        } else {
            if (!newest) newest = e;
            e->next = mails;
            mails   = e;
            ++count;
        }
        e = older;
    }
    here.signals = signals;
    if (!mails) return;
    if (last_mail) {
        newest->next    = last_mail->next;
        last_mail->next = mails;
    } else {
        newest->next = mails;
        oldest.store(mails->sent_at, std::memory_order_relaxed);
    }
    last_mail = newest;
    sorted.store(sorted.load(std::memory_order_relaxed) + count, std::memory_order_relaxed);
}

void process::append(envelope* letter) noexcept {
    letter->generation = generation.load(std::memory_order_relaxed);
    letter->sent_at    = stamp(*this);
    if (auto* limited = bounded.load(std::memory_order_relaxed)) {
        (void)limited->offer(*this, id(), letter);
        return;
    }
    if (last_mail) {
        letter->next    = last_mail->next;
        last_mail->next = letter;
    } else {
        letter->next = letter;
        oldest.store(letter->sent_at, std::memory_order_relaxed);
    }
    last_mail = letter;
    sorted.store(sorted.load(std::memory_order_relaxed) + 1, std::memory_order_relaxed);
}

envelope* process::next_mail() noexcept {
    if (handler) return nullptr;  // a handler waits: one message at a time
    if (!last_mail) {
        auto* limited = bounded.load(std::memory_order_relaxed);
        return limited ? limited->pop(id()) : nullptr;
    }
    auto* first = last_mail->next;
    if (first == last_mail) last_mail = nullptr;
    else last_mail->next = first->next;
    sorted.store(sorted.load(std::memory_order_relaxed) - 1, std::memory_order_relaxed);
    if (last_mail) oldest.store(last_mail->next->sent_at, std::memory_order_relaxed);
    return first;
}

void process::open(envelope* sealed, worker& here) noexcept {
    const auto life = generation.load(std::memory_order_relaxed);
    if (sealed->generation != life) return sealed->kind->refuse(sealed, {no_answer::no_such_process});

    const auto* what = sealed->kind;
    here.message.store(what, std::memory_order_relaxed);
    here.messages.store(here.messages.load(std::memory_order_relaxed) + 1, std::memory_order_relaxed);
    here.recent.note({0, slot, life}, what, static_cast<std::uint32_t>(home->now_ms()));
    ++handled;
    try {
        what->open(sealed, *this);
    } catch (...) {
        here.leaving = {reason_of(std::current_exception()), true};
    }

    if (generation.load(std::memory_order_relaxed) != life) return die(exit_reason::killed(), here);  // left behind
    auto* rare = extra.load(std::memory_order_relaxed);
    if (rare && rare->stopping && !rare->terminating && !handler && !here.leaving)
        here.leaving = {*rare->stopping, true};
    if (here.leaving) {
        auto [reason, politely] = *std::exchange(here.leaving, {});
        politely ? end(std::move(reason), here) : die(std::move(reason), here);
    } else if (!here.orphans.empty()) {
        here.release_orphans({no_answer::unanswered});
    }
}

// -- the end ------------------------------------------------------------------------------------------------------

// In good order: terminate() first.
void process::end(exit_reason reason, worker& here) noexcept {
    auto* rare = extra.load(std::memory_order_relaxed);
    // A process that is ended while a handler waits is in the middle of something: there is no good order to end it in.
    if (handler || !kind() || !kind()->terminate || (rare && rare->terminating)) return die(std::move(reason), here);

    const auto life    = generation.load(std::memory_order_relaxed);
    more().terminating = true;
    more().stopping    = reason;
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
        tell_hooks(me, reason);
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
    delete extra.exchange(nullptr, std::memory_order_acq_rel);
    if (kept) kept->release();

    handled          = 0;
    questions        = 0;
    next_deadline_ms = 0;
    doomed.store(0, std::memory_order_relaxed);

    const bool unexpected = reason.why == exit_reason::kind::crash || reason.why == exit_reason::kind::other;
    if (first && unexpected)
        home->tell({report::kind::crash,
                    me,
                    type ? std::string{type->name} : "",
                    last ? std::string{last->name} : "",
                    reason,
                    {},
                    home->recent_of(me)});
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

void process::tell_hooks(pid me, const exit_reason& reason) noexcept {
    auto* rare = extra.load(std::memory_order_acquire);
    if (!rare) return;
    std::unique_ptr<exit_hook> hooks;
    {
        std::lock_guard lock{rare->guard};
        hooks = std::move(rare->hooks);
    }
    // Names first: who hears of the end must not find the name any more.
    for (auto* hook = hooks.get(); hook; hook = hook->next.get())
        if (hook->forgets()) hook->exited(me, reason);
    for (auto* hook = hooks.get(); hook; hook = hook->next.get())
        if (!hook->forgets()) hook->exited(me, reason);
    while (hooks) hooks = std::move(hooks->next);  // one by one: a long chain must not recurse
}

// -- operations of Asio that outlive their process -----------------------------------------------------------------

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

// -- what handlers do ---------------------------------------------------------------------------------------------

extras& process::more() {
    auto* rare = extra.load(std::memory_order_relaxed);
    if (!rare) extra.store(rare = new extras, std::memory_order_release);
    return *rare;
}

void process::stop(exit_reason reason) {
    auto& rare = more();
    if (!rare.stopping) rare.stopping = std::move(reason);
}

void process::on_exit(std::unique_ptr<exit_hook> hook) {
    {
        auto&           rare = more();
        std::lock_guard lock{rare.guard};
        if (generation.load(std::memory_order_acquire) % 2) {
            hook->next = std::move(rare.hooks);
            rare.hooks = std::move(hook);
            return;
        }
    }
    const auto* reason = worker::dying();
    hook->exited({0, slot, generation.load(std::memory_order_relaxed) - 1}, reason ? *reason : exit_reason::killed());
}

std::unique_ptr<exit_hook> process::forget(exit_hook& hook) {
    auto* rare = extra.load(std::memory_order_relaxed);
    if (!rare) return {};
    std::lock_guard lock{rare->guard};
    for (auto* link = &rare->hooks; *link; link = &(*link)->next) {
        if (link->get() != &hook) continue;
        auto found = std::move(*link);
        *link      = std::move(found->next);
        return found;
    }
    return {};
}

void process::begin(std::coroutine_handle<root_promise> started) {
    handler                    = started;
    handler.promise().handling = worker::current()->message.load(std::memory_order_relaxed);
    if (handler.done()) finish_handler();
}

void process::finish_handler() {
    auto& here   = *worker::current();
    auto  frame  = std::exchange(handler, {});
    auto  thrown = std::exchange(frame.promise().thrown, {});
    auto* rare   = extra.load(std::memory_order_relaxed);
    if (thrown)
        here.message.store(frame.promise().handling, std::memory_order_relaxed);  // for the report: not the answer
    if (thrown) here.leaving = {reason_of(thrown), !(rare && rare->terminating)};
    else if (rare && rare->terminating) here.leaving = {*rare->stopping, false};
    frame.destroy();  // a caller who was not answered is told when the reason is known
}

void process::expect(wait& w, std::coroutine_handle<> waiter, const envelope_kind* answer, std::uint64_t deadline) {
    w.owner    = this;
    w.waiter   = waiter;
    w.expects  = answer;
    w.question = ++questions;
    w.deadline = deadline;
    w.next     = waits;
    w.before   = &waits;
    if (waits) waits->before = &w.next;
    waits = &w;
    if (deadline) expect_deadline(deadline);
}

wait* process::answered(std::uint32_t question, const envelope_kind* answer) noexcept {
    for (auto* w = waits; w; w = w->next)
        if (w->question == question && w->expects == answer) return w;
    return nullptr;
}

void process::resume(wait& w) {
    w.unlink();
    w.waiter.resume();
    if (handler && handler.done()) finish_handler();
}

// -- deadlines: one timer for all the calls of a process, looked at when it fires ------------------------------------

namespace {

// A call reads a clock that may be some milliseconds behind, because reading the real one would cost as much as the
// call. This is added, so that a deadline is never early.
constexpr std::uint64_t clock_lag_ms = 12;

void open_deadline(envelope* sealed, process& here) {
    auto* fired = static_cast<timer_node*>(sealed);
    forget_timer(*fired);
    pool_delete(fired);
    here.next_deadline_ms = 0;
    here.check_deadlines();
}

void refuse_timer(envelope* sealed, const no_answer& why) noexcept {
    auto* fired = static_cast<timer_node*>(sealed);
    if (fired->original) fired->original->kind->refuse(fired->original, why);
    forget_timer(*fired);
    pool_delete(fired);
}

constexpr envelope_kind deadline_timer{&open_deadline, &refuse_timer, "deadline", lane::signal};

}  // namespace

std::uint64_t deadline_in(process& here, duration timeout) {
    if (timeout == forever) return 0;
    const auto ns  = static_cast<std::uint64_t>(std::clamp(timeout, duration::zero(), longest_delay).count());
    const auto now = here.home->simulated() ? here.home->now_ns() : (here.home->now_ms() + clock_lag_ms) * 1'000'000;
    return std::max<std::uint64_t>((now + ns + 999'999) / 1'000'000, 1);
}

void process::expect_deadline(std::uint64_t deadline) {
    const auto look = std::min<std::uint64_t>(deadline, home->now_ms() + (1u << 30));         // 32 bits of it are kept
    const auto soon = std::max(static_cast<std::uint32_t>(look), 1u);                         // 0 is: no look is armed
    if (next_deadline_ms && static_cast<std::int32_t>(soon - next_deadline_ms) >= 0) return;  // an earlier one is
    next_deadline_ms = soon;
    const auto now   = home->now_ns();
    const auto due   = look * 1'000'000;
    arm(*this, deadline_timer, duration{due > now ? static_cast<std::int64_t>(due - now) : 0}, duration::zero());
}

void process::check_deadlines() {
    const auto    now  = home->now_ns() / 1'000'000;
    std::uint64_t next = 0;
    for (auto* w = waits; w;) {
        if (w->deadline && w->deadline <= now) {
            w->deadline = 0;
            if (!w->expire(*w)) continue;
            resume(*w);
            w    = waits;  // that may have changed everything
            next = 0;
            continue;
        }
        if (w->deadline && (!next || w->deadline < next)) next = w->deadline;
        w = w->next;
    }
    if (next) expect_deadline(next);
}

// -- timers -------------------------------------------------------------------------------------------------------

namespace {

void open_message_timer(envelope* sealed, process& here) {
    auto* fired = static_cast<timer_node*>(sealed);
    if (fired->period) {
        auto* letter = fired->make(*fired);
        fired->due += fired->period;  // from when it was due, not from when it came: no drift
        here.home->hang(*fired, *worker::current());
        here.append(letter);
    } else {
        forget_timer(*fired);
        auto* letter = fired->make(*fired);
        pool_delete(fired);
        if (letter) here.append(letter);  // null: cancelled on the way
    }
}

void open_sleep_timer(envelope* sealed, process& here) {
    auto*      fired    = static_cast<timer_node*>(sealed);
    const auto question = fired->serial;
    forget_timer(*fired);
    pool_delete(fired);
    if (auto* sleeper = here.answered(question, &sleep_timer)) here.resume(*sleeper);
}

}  // namespace

constexpr envelope_kind message_timer{&open_message_timer, &refuse_timer, "timer", lane::signal};
constexpr envelope_kind sleep_timer{&open_sleep_timer, &refuse_timer, "end of sleep", lane::signal};

time_point now(process& here) { return time_point{duration{static_cast<std::int64_t>(here.home->now_ns())}}; }

timer_node* arm(process& here, const envelope_kind& what, duration delay, duration period) {
    auto& turn        = *worker::current();
    auto* timer       = pool_new<timer_node>();
    timer->kind       = &what;
    timer->generation = here.id().generation;
    timer->target     = &here;
    timer->due =
        here.home->now_ns() + static_cast<std::uint64_t>(std::clamp(delay, duration::zero(), longest_delay).count());
    timer->period       = static_cast<std::uint64_t>(std::clamp(period, duration::zero(), longest_delay).count());
    timer->serial       = ++here.questions;
    timer->next_timer   = here.timers;
    timer->timer_before = &here.timers;
    if (here.timers) here.timers->timer_before = &timer->next_timer;
    here.timers = timer;
    here.home->hang(*timer, turn);
    return timer;
}

void forget_timer(timer_node& timer) noexcept {
    if (!timer.timer_before) return;
    *timer.timer_before = timer.next_timer;
    if (timer.next_timer) timer.next_timer->timer_before = timer.timer_before;
    timer.timer_before = nullptr;
}

bool cancel(process& here, timer_node* wanted, std::uint32_t serial) {
    for (auto* timer = here.timers; timer; timer = timer->next_timer) {
        if (timer != wanted || timer->serial != serial) continue;
        {
            std::lock_guard lock{timer->hangs_in->guard};
            if (!timer->hangs()) {  // it is under way to us: let it come, with nothing to say
                timer->period = 0;
                if (timer->original)
                    timer->original->kind->refuse(std::exchange(timer->original, nullptr), {no_answer::unanswered});
                timer->make = [](timer_node&) -> envelope* { return nullptr; };
                return true;
            }
            timer->hangs_in->timers.cancel(*timer);
        }
        forget_timer(*timer);
        if (timer->original) timer->original->kind->refuse(timer->original, {no_answer::unanswered});
        pool_delete(timer);
        return true;
    }
    return false;
}

void process::cancel_timers() noexcept {
    for (auto* timer = std::exchange(timers, nullptr); timer;) {
        auto* next          = timer->next_timer;
        timer->timer_before = nullptr;
        bool hung           = false;
        {
            std::lock_guard lock{timer->hangs_in->guard};
            hung = timer->hangs();
            if (hung) timer->hangs_in->timers.cancel(*timer);
        }
        if (hung) refuse_timer(timer, {no_answer::no_such_process});  // otherwise it arrives as a stranger
        timer = next;
    }
}

}  // namespace half::detail
