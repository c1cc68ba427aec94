#include <01_gen_server/detail/engine.hpp>
#include <01_gen_server/signal.hpp>

namespace half {
namespace detail {
namespace {

// -- exits ----------------------------------------------------------------------------------------------------------

struct exit_letter : envelope {
    exit_signal signal;
};

void refuse_exit(envelope* sealed, const no_answer&) noexcept { pool_delete(static_cast<exit_letter*>(sealed)); }

void open_exit(envelope* sealed, process& here) {
    auto* letter = static_cast<exit_letter*>(sealed);
    auto  signal = std::move(letter->signal);
    pool_delete(letter);
    hear_exit(here, std::move(signal));
}

void open_kill(envelope* sealed, process&) {
    pool_delete(static_cast<exit_letter*>(sealed));
    worker::current()->leaving = {exit_reason::killed(), false};
}

void open_stop(envelope* sealed, process&) {
    auto* letter               = static_cast<exit_letter*>(sealed);
    worker::current()->leaving = {std::move(letter->signal.reason), true};
    pool_delete(letter);
}

constexpr envelope_kind exit_kind{&open_exit, &refuse_exit, "exit", lane::trappable, false, true};
constexpr envelope_kind kill_kind{&open_kill, &refuse_exit, "kill", lane::signal};
constexpr envelope_kind stop_kind{&open_stop, &refuse_exit, "stop", lane::mail, false, true};

pid sender() {
    auto* here = worker::current();
    auto* p    = here ? here->running.load(std::memory_order_relaxed) : nullptr;
    return p ? p->id() : pid{};
}

void send_exit(pid who, const envelope_kind& kind, exit_reason reason) {
    send_exempt(who, pool_new<exit_letter>(envelope{.kind = &kind}, exit_signal{sender(), std::move(reason)}));
}

// -- signals of higher chapters -------------------------------------------------------------------------------------

struct signal_letter : envelope {
    pid                     to;
    std::unique_ptr<signal> what;
};

void open_signal(envelope* sealed, process& here) {
    auto* letter = static_cast<signal_letter*>(sealed);
    auto  what   = std::move(letter->what);
    pool_delete(letter);
    what->arrive(here);
}

void refuse_signal(envelope* sealed, const no_answer&) noexcept {
    auto* letter = static_cast<signal_letter*>(sealed);
    letter->what->lost(letter->to);
    pool_delete(letter);
}

constexpr envelope_kind signal_kind{&open_signal, &refuse_signal, "signal", lane::signal, true};  // lost() is an answer

}  // namespace

void hear_exit(process& here, exit_signal signal) {
    if (here.kind()->trap) return here.kind()->trap(here, signal);
    if (signal.reason.why == exit_reason::kind::normal) return;
    worker::current()->leaving = {std::move(signal.reason), false};
}

void send_exempt(pid to, envelope* sealed) noexcept {
    auto*       target  = process::find(to);
    const auto* type    = target ? target->kind() : nullptr;
    const auto  by      = sealed->kind->goes_by;
    const bool  is_mail = by == lane::mail || (by == lane::trappable && type && type->trap);
    if (target && is_mail && target->bounded.load(std::memory_order_acquire)) (void)send_bounded(to, sealed);
    else send(to, sealed);
}

void send_stop(pid to, exit_reason reason) { send_exit(to, stop_kind, std::move(reason)); }

}  // namespace detail

void exit(pid who, exit_reason reason) { detail::send_exit(who, detail::exit_kind, std::move(reason)); }

void kill(pid who) {
    if (auto* target = detail::process::find(who)) {
        const auto now = target->home->now_ms();
        target->doomed.store(std::uint64_t{who.generation} << 32 | static_cast<std::uint32_t>(now),
                             std::memory_order_relaxed);  // should it spin
    }
    detail::send_exit(who, detail::kill_kind, exit_reason::killed());
}

void send_signal(pid to, std::unique_ptr<signal> what) {
    detail::send(to, detail::pool_new<detail::signal_letter>(detail::envelope{.kind = &detail::signal_kind}, to,
                                                             std::move(what)));
}

}  // namespace half
