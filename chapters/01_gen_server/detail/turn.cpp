// One turn of a process: its signals, then its mail, until the slice is used up or nothing is left.
#include <01_gen_server/detail/engine.hpp>

namespace half::detail {

constinit thread_local worker*              worker::current_      = nullptr;
constinit thread_local const exit_reason*   worker::dying_        = nullptr;
constinit thread_local const envelope_kind* worker::last_message_ = nullptr;

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
    link(mails, newest, count);
}

void process::append(envelope* letter) noexcept {
    letter->generation = generation.load(std::memory_order_relaxed);
    letter->sent_at    = stamp();
    if (auto* limited = bounded.load(std::memory_order_relaxed)) {
        (void)limited->offer(*this, id(), letter);
        return;
    }
    link(letter, letter, 1);
}

void process::prepend(envelope* letter) noexcept {
    auto* last         = last_mail;
    letter->generation = generation.load(std::memory_order_relaxed);
    letter->sent_at    = stamp();
    link(letter, letter, 1);
    if (!last) return;
    last_mail = last;  // in a ring, what stands behind the last is the first
    oldest.store(letter->sent_at, std::memory_order_relaxed);
}

// Puts a chain at the end of the ring.
void process::link(envelope* first, envelope* last, std::uint32_t count) noexcept {
    if (last_mail) {
        last->next      = last_mail->next;
        last_mail->next = first;
    } else {
        last->next = first;
        oldest.store(first->sent_at, std::memory_order_relaxed);
    }
    last_mail = last;
    sorted.store(sorted.load(std::memory_order_relaxed) + count, std::memory_order_relaxed);
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
    if (sealed->generation != life) {
        sealed->kind->refuse(sealed, {no_answer::no_such_process});
        // The watchdog left it behind just as its handler came back: the state is still here, and nobody else ends it.
        if (life % 2 == 0 && kind()) die(exit_reason::killed(), here);
        return;
    }

    const auto* what = sealed->kind;
    here.message.store(what, std::memory_order_relaxed);
    here.messages.store(here.messages.load(std::memory_order_relaxed) + 1, std::memory_order_relaxed);
    here.recent.note({0, slot, life}, what, static_cast<std::uint32_t>(home->now_ms()));
    ++handled;
    try {
        what->open(sealed, *this);
    } catch (...) {
        here.leaving = {reason_of(std::current_exception()), !what->birth};
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

}  // namespace half::detail
