#include <01_gen_server/detail/worker.hpp>
#include <02_supervisor/child.hpp>
#include <02_supervisor/detail/family.hpp>

#include <fmt/format.h>

namespace half {

// An exit reason cannot carry a pid, so the process remembers it for its tie.
already_started::already_started(pid w, std::string what) : leave{exit_reason::shutdown(std::move(what))}, who{w} {
    auto* here  = detail::worker::current();
    auto* child = here ? here->running.load(std::memory_order_relaxed) : nullptr;
    if (!child) return;
    auto fresh = std::make_unique<detail::other_life>(w, reason);
    if (auto* note = child->hook<detail::other_life>())  // somebody tries again and again
        child->change_hooks([&] { std::swap(note->who, fresh->who), std::swap(note->reason, fresh->reason); });
    else child->on_exit(std::move(fresh));
}

std::string to_string(const child_error& e) {
    switch (e.why) {
    case child_error::no_such_child: return fmt::format("there is no child '{}'", e.id);
    case child_error::already_there:
        if (!e.reason.what.empty()) return fmt::format("child '{}' did not start: {}", e.id, e.reason.what);
        return fmt::format("child '{}' is there already: {}", e.id, e.who);
    case child_error::already_known:
        return fmt::format("there is a child '{}' already, and it does not run: restart it, or delete it first", e.id);
    case child_error::running: return fmt::format("child '{}' runs: {}", e.id, e.who);
    case child_error::restarting: return fmt::format("child '{}' is being started again", e.id);
    case child_error::did_not_start: return fmt::format("child '{}' did not start: {}", e.id, e.reason);
    case child_error::ignored: return fmt::format("child '{}' has nothing to do and does not run", e.id);
    case child_error::too_many_children: return "there are as many children as max_children allows";
    case child_error::bad_child: return to_string(e.reason);
    }
    return "?";
}

}  // namespace half
