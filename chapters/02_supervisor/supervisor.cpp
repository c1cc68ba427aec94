#include <02_supervisor/detail/household.hpp>
#include <02_supervisor/supervisor.hpp>

namespace half {

task<> supervisor::init(self<supervisor> me) {
    auto made = std::make_unique<detail::household>(me.here(), std::move(*this));
    at_work   = made.get();
    me.here().on_exit(std::move(made));
    co_await at_work->start_all();
}

void supervisor::handle(exit_signal asked, self<supervisor> me) {
    if (at_work->ends_by(asked)) me.stop(std::move(asked.reason));
}

task<> supervisor::terminate(exit_reason) { co_await at_work->stop_all(); }

std::vector<child_info>   supervisor::handle(which_children) { return at_work->first(); }
std::optional<child_info> supervisor::handle(which_child m) { return at_work->about(m.id); }
child_counts              supervisor::handle(count_children) { return at_work->count(); }

task<std::expected<pid, child_error>> supervisor::handle(start_child m) {
    co_return co_await at_work->start_new(std::move(m.add));
}
task<std::expected<void, child_error>> supervisor::handle(terminate_child m) { co_return co_await at_work->stop(m.id); }
task<std::expected<pid, child_error>> supervisor::handle(restart_child m) { co_return co_await at_work->restart(m.id); }
std::expected<void, child_error>      supervisor::handle(delete_child m) { return at_work->forget(m.id); }

std::string supervisor::describe() const {
    if (!at_work) return "a supervisor that has not begun";
    return fmt::format("{}, {} children", at_work->strategy(), at_work->size());
}

}  // namespace half
