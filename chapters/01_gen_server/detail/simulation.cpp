// A runtime without threads: a seeded draw says who runs next, and time passes when it is told to.
#include <01_gen_server/detail/engine.hpp>

namespace half::detail {

bool engine::step() {
    if (runnable_.empty()) return false;
    const auto pick = draw_() % runnable_.size();
    auto*      p    = std::exchange(runnable_[pick], runnable_.back());
    runnable_.pop_back();
    worker&             here = *workers_[0];
    const worker::scope scope{here};
    const auto          left = p->run(here, 1);  // one message: every order that can happen, may
    here.running.store(nullptr, std::memory_order_relaxed);
    if (left == process::outcome::more) runnable_.push_back(p);
    return true;
}

void engine::settle() {
    refuse_inside("settle()");
    constexpr std::uint64_t too_many = 100'000'000;
    for (std::uint64_t turns = 0; step(); ++turns)
        if (turns == too_many)
            throw std::logic_error{
                "settle() ran a hundred million messages and there is more to do: do two processes talk for ever?"};
}

void engine::advance(std::uint64_t ns) {
    refuse_inside("advance()");
    const auto until = virtual_ns_ + ns;
    settle();
    for (auto& wheel = workers_[0]->wheel;;) {
        const auto next = wheel.timers.next();
        if (!next || *next * 1'000'000 > until) break;
        virtual_ns_ = std::max(virtual_ns_, *next * 1'000'000);
        note_time(virtual_ns_);
        std::uint64_t unused = 0;
        fire(wheel, *next, unused);
        settle();
    }
    virtual_ns_ = until;
    note_time(virtual_ns_);
}

void engine::refuse_inside(const char* what) const {
    if (worker::current() || thread_of_ == this)
        throw std::logic_error{
            fmt::format("{} of a runtime waits, and inside a process nothing may: let the handler be a "
                        "task and co_await",
                        what)};
}

void engine::wait_for(latch& finished) {
    if (!seed_) return finished.wait();
    while (!finished.done()) {
        if (step()) continue;
        const auto next = workers_[0]->wheel.timers.next();
        if (!next) throw nothing_left_to_do{who_waits()};
        advance(std::max(*next * 1'000'000, virtual_ns_) - virtual_ns_);
    }
}

void engine::end_now(pid who) {
    worker&             here = *workers_[0];
    const worker::scope scope{here};
    if (auto* p = process::find(who)) p->die(exit_reason::killed(), here);
}

std::string engine::who_waits() {
    std::string who;
    each_process([&](process& p) {
        if (!p.handler) return;
        who += fmt::format("{}{} {}", who.empty() ? "" : ", ", p.id(), p.kind() ? p.kind()->name : "?");
    });
    return who;
}

}  // namespace half::detail
