// What handlers do to their process, and what a suspended handler waits for.
#include <01_gen_server/detail/engine.hpp>
#include <01_gen_server/timer.hpp>

namespace half::detail {

extras& process::more() {
    auto* rare = extra.load(std::memory_order_relaxed);
    if (!rare)
        extra.store(rare = pool_new<extras>());  // in one order with the end of this life: the watchdog looks for it
    return *rare;
}

void process::stop(exit_reason reason) {
    auto& rare = more();
    if (!rare.stopping) rare.stopping = std::make_unique<exit_reason>(std::move(reason));
}

void process::on_exit(std::unique_ptr<exit_hook> hook) {
    const bool added = change_hooks([&] {
        auto* end = &more().hooks;
        while (*end) end = &(*end)->next;
        *end = std::move(hook);
    });
    if (added) return;
    const auto* dying  = worker::dying();
    const auto  reason = dying ? *dying : exit_reason::killed();
    const auto  life   = generation.load(std::memory_order_relaxed);
    const pid   me{0, slot, life % 2 ? life : life - 1};
    hook->exited(me, reason);
    hook->gone(me, reason);
}

std::unique_ptr<exit_hook> process::forget(exit_hook& hook) {
    std::unique_ptr<exit_hook> found;
    if (extra.load(std::memory_order_relaxed))
        change_hooks([&] {
            for (auto* link = &more().hooks; *link; link = &(*link)->next) {
                if (link->get() != &hook) continue;
                found = std::move(*link);
                *link = std::move(found->next);
                return;
            }
        });
    return found;
}

void process::born() noexcept {
    auto* rare = extra.load(std::memory_order_relaxed);
    if (!rare || generation.load(std::memory_order_relaxed) % 2 == 0) return;
    for (auto* hook = rare->hooks.get(); hook;) {
        auto* next = hook->next.get();  // it may go now
        hook->born(id());
        hook = next;
    }
}

void leave_orphan(ticket to, void (*tell)(ticket, const no_answer&)) noexcept {
    auto*       here   = worker::current();
    const auto* reason = worker::dying();
    if (here && (here->leaving || (!reason && std::uncaught_exceptions() > 0))) here->orphans.push_back({to, tell});
    else if (reason) tell(to, {no_answer::died, *reason});
    else tell(to, {no_answer::unanswered});
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
    if (thrown) {
        const auto* handling = frame.promise().handling;
        here.message.store(handling, std::memory_order_relaxed);  // for the report: not the answer that woke it
        here.leaving = {reason_of(thrown), !handling->birth && !(rare && rare->terminating)};
    } else if (rare && rare->terminating) {
        here.leaving = {*rare->stopping, false};
    }
    frame.destroy();  // a caller who was not answered is told when the reason is known
}

void process::expect(wait& w, std::coroutine_handle<> waiter, const envelope_kind* answer, std::uint64_t deadline) {
    w.expects  = answer;
    w.question = ++questions;
    hang(w, waiter, deadline);
}

void process::hang(wait& w, std::coroutine_handle<> waiter, std::uint64_t deadline) {
    w.owner    = this;
    w.waiter   = waiter;
    w.deadline = deadline;
    w.next     = waits;
    w.before   = &waits;
    if (waits) waits->before = &w.next;
    waits = &w;
    if (deadline) expect_deadline(deadline);
}

wait* process::answered(std::uint32_t question, const envelope_kind* answer) noexcept {
    for (auto* w = waits; w; w = w->next) {
        auto* asked = w;
        if (w->whole) {
            const std::uint32_t nth = question - w->question;
            if (nth >= w->whole->parts.size()) continue;
            asked = w->whole->parts[nth];
        }
        if (asked->question == question && asked->expects == answer) return asked;
    }
    return nullptr;
}

void process::resume(wait& w) {
    auto* over = &w;
    if (w.whole && w.whole != &w) {
        w.expects = nullptr;  // answered: nothing more is for it
        if (--w.whole->left) return;
        over = w.whole;
    }
    over->unlink();
    over->waiter.resume();
    if (handler && handler.done()) finish_handler();
}

// -- several answers ----------------------------------------------------------------------------------------------

wait_for_all::wait_for_all() {
    whole  = this;
    expire = [](wait& w) {
        auto&      all = *w.whole;
        const auto now = all.owner->home->now_ns() / 1'000'000;
        for (auto* part : all.parts) {
            if (!part->expects || !part->deadline) continue;
            if (part->deadline <= now && part->expire(*part)) {
                part->expects = nullptr;
                --all.left;
            } else if (!all.deadline || part->deadline < all.deadline) {
                all.deadline = part->deadline;
            }
        }
        return all.left == 0;
    };
}

void process::expect_part(wait_for_all& all, wait& part, const envelope_kind* answer, std::uint64_t deadline) {
    part.owner    = this;
    part.whole    = &all;
    part.expects  = answer;
    part.question = ++questions;
    part.deadline = deadline;
    if (all.parts.empty()) all.question = part.question;
    all.parts.push_back(&part);
}

bool process::expect_all(wait_for_all& all, std::coroutine_handle<> waiter) {
    std::uint64_t first = 0;
    for (auto* part : all.parts)
        if (part->deadline && (!first || part->deadline < first)) first = part->deadline;
    all.left = all.parts.size();
    if (all.left) hang(all, waiter, first);
    return all.left;
}

}  // namespace half::detail
