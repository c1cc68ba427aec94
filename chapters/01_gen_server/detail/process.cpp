// What handlers do to their process, and what a suspended handler waits for.
#include <01_gen_server/detail/engine.hpp>
#include <01_gen_server/timer.hpp>

namespace half::detail {

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
