// What handlers do to their process, and what a suspended handler waits for.
#include <01_gen_server/detail/engine.hpp>
#include <01_gen_server/timer.hpp>

namespace half::detail {

extras& process::more() {
    auto* rare = extra.load(std::memory_order_relaxed);
    if (!rare) extra.store(rare = pool_new<extras>());  // in one order with the end of this life: see tell_hooks()
    return *rare;
}

void process::stop(exit_reason reason) {
    auto& rare = more();
    if (!rare.stopping) rare.stopping = std::make_unique<exit_reason>(std::move(reason));
}

void process::on_exit(std::unique_ptr<exit_hook> hook) {
    const bool added = change_hooks([&] {
        hook->next   = std::move(more().hooks);
        more().hooks = std::move(hook);
    });
    if (added) return;
    const auto* reason = worker::dying();
    hook->exited({0, slot, generation.load(std::memory_order_relaxed) - 1}, reason ? *reason : exit_reason::killed());
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
    auto* here = worker::current();
    if (auto* reason = worker::dying()) tell(to, {no_answer::died, *reason});
    else if (here && (here->leaving || std::uncaught_exceptions() > 0)) here->orphans.push_back({to, tell});
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

}  // namespace half::detail
