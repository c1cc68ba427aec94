#include <01_gen_server/detail/engine.hpp>
#include <01_gen_server/signal.hpp>
#include <02_supervisor/async.hpp>
#include <02_supervisor/detail/family.hpp>
#include <02_supervisor/monitor.hpp>

#include <algorithm>
#include <map>
#include <unordered_map>

namespace half {
namespace detail {

// Tasks by their number. They are linked to the supervisor: that is how it hears of their ends, and they of its.
class task_family final : public family {
public:
    task_family(process& here, std::size_t at_most) : family{here}, at_most_{at_most} {}

    void adopt(pid child) {
        // One that has ended already has told so, and nobody was there to hear it.
        if (!process::find(child)) return;
        if (closed_) return break_link(child, here().id(), exit_reason::shutdown());
        if (numbers_.size() >= at_most_) return break_link(child, here().id(), exit_reason::other("too many tasks"));
        here().change_hooks([&] { numbers_.emplace(child, ++last_); });
        bind_child(here(), child, child_is::linked);
    }
    void close() { closed_ = true; }
    bool forget(pid child) {
        bool found = false;
        here().change_hooks([&] { found = numbers_.erase(child) > 0; });
        return found;
    }
    std::vector<pid> all() const {
        std::vector<std::pair<std::uint64_t, pid>> sorted;
        sorted.reserve(numbers_.size());
        for (const auto& [child, number] : numbers_) sorted.emplace_back(number, child);
        std::ranges::sort(sorted);
        std::vector<pid> children;
        children.reserve(sorted.size());
        for (const auto& each : sorted) children.push_back(each.second);
        return children;
    }

    std::string_view        strategy() const override { return "tasks"; }
    std::size_t             size() const override { return numbers_.size(); }
    std::vector<child_info> first(std::size_t at_most = SIZE_MAX) const override {
        std::vector<child_info> found;
        for (const auto child : all()) {
            if (found.size() == at_most) break;
            const auto* p    = process::find(child);
            const auto* kind = p ? p->kind() : nullptr;
            found.push_back({.id      = fmt::format("{}", numbers_.at(child)),
                             .pid     = child,
                             .server  = kind ? std::string{kind->name} : "",
                             .now     = child_info::status::running,
                             .restart = temporary});
        }
        return found;
    }

private:
    void heard(news) override {}  // its children have links, not ties
    void tell_all_to_end(const exit_reason&) const noexcept override {
        for (const auto& [child, number] : numbers_) kill(child);
    }

    std::size_t                            at_most_;
    bool                                   closed_ = false;  // it ends: nobody comes in any more
    std::uint64_t                          last_   = 0;
    std::unordered_map<pid, std::uint64_t> numbers_;
};

namespace {

class adoption final : public signal {
public:
    adoption(pid child, pid supervisor) : child_{child}, supervisor_{supervisor} {}
    void arrive(process& here) override {
        if (auto* mine = here.hook<task_family>()) mine->adopt(child_);
        else lost(supervisor_);
    }
    void lost(pid nobody) noexcept override { break_link(child_, nobody, exit_reason::noproc()); }

private:
    pid child_, supervisor_;
};

// Ends a process that is linked, and hurts nobody: it takes the link away itself.
class retirement final : public signal {
public:
    explicit retirement(pid linked_to) : linked_to_{linked_to} {}
    void arrive(process& here) override {
        if (linked_to_) unlink(here, linked_to_);
        hear_exit(here, {linked_to_, exit_reason::shutdown("cancelled")});
    }

private:
    pid linked_to_;
};

process* in_whose_turn() {
    auto* here = worker::current();
    return here ? here->running.load(std::memory_order_relaxed) : nullptr;
}

}  // namespace

void adopt(pid supervisor, pid child) { send_signal(supervisor, std::make_unique<adoption>(child, supervisor)); }

void end_job(pid who, pid linked_to) noexcept {
    // It may crash before it hears of this: from now on that is not our end either.
    if (auto* here = in_whose_turn(); here && linked_to && here->id() == linked_to) unlink(*here, who);
    send_signal(who, std::make_unique<retirement>(linked_to));
}

}  // namespace detail

void task_supervisor::init(self<task_supervisor> me) {
    auto made = std::make_unique<detail::task_family>(me.here(), max_children);
    at_work   = made.get();
    me.here().on_exit(std::move(made));
}

std::vector<child_info> task_supervisor::handle(which_children) { return at_work->first(); }
child_counts            task_supervisor::handle(count_children) {
    return {.specs = at_work->size(), .active = at_work->size(), .workers = at_work->size()};
}

void task_supervisor::handle(exit_signal asked, self<task_supervisor> me) {
    const bool was_a_task = at_work->forget(asked.from);
    if (!was_a_task && at_work->ends_by(asked)) me.stop(std::move(asked.reason));
}

task<> task_supervisor::terminate(exit_reason, self<task_supervisor> me) {
    at_work->close();
    const auto children = at_work->all();
    for (auto each : children) exit(each, exit_reason::shutdown());
    const auto deadline = me.now() + std::min(shutdown, detail::longest_delay);
    for (auto each : children) {
        if (!alive(each)) continue;
        const auto left = deadline - me.now();
        if (left <= duration::zero() || !co_await ended(each, left)) kill(each);
    }
    for (auto each : children)
        if (alive(each)) co_await ended(each);
}

std::string task_supervisor::describe() const { return fmt::format("{} tasks", at_work ? at_work->size() : 0); }

}  // namespace half
