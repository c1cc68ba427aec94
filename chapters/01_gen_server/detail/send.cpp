// Putting an envelope into a mailbox.
#include <01_gen_server/detail/engine.hpp>

namespace half::detail {

// When an envelope was sent. The runtime's clock stands still while it is idle, so whoever wakes it from outside sets it.
std::uint32_t process::stamp() const noexcept {
    if (!worker::current()) home->note_time(home->now_ns());
    return static_cast<std::uint32_t>(home->now_ms());
}

void process::deliver(envelope* sealed) noexcept {
    auto* runtime = home;  // read before the push: afterwards the process may be gone and its slot another runtime's
    if (incoming.push(sealed)) runtime->ready(this);
}

void send(pid to, envelope* sealed) noexcept {
    auto* target = process::find(to);
    if (!target) return sealed->kind->refuse(sealed, {no_answer::no_such_process});
    sealed->generation = to.generation;
    sealed->sent_at    = target->stamp();
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
    sealed->sent_at    = target->stamp();
    return mail->offer(*target, to, sealed);
}

}  // namespace half::detail
