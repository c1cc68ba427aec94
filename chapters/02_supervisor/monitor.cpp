#include <01_gen_server/signal.hpp>
#include <02_supervisor/detail/bonds.hpp>
#include <02_supervisor/monitor.hpp>

namespace half {
namespace detail {
namespace {

class watch_begins final : public signal {
public:
    watch_begins(watcher who, pid to) : who_{who}, to_{to} {}
    void arrive(process& here) override {
        if (!add_bond(here, [&](bonds& mine) { mine.watchers.insert(who_); })) tell(who_, to_, exit_reason::killed());
    }
    void lost(pid nobody) noexcept override { tell(who_, nobody, exit_reason::noproc()); }

private:
    watcher who_;
    pid     to_;
};

class watch_ends final : public signal {
public:
    explicit watch_ends(watcher who) : who_{who} {}
    void arrive(process& here) override {
        change_bonds(here, [&](bonds& mine) { mine.watchers.erase(who_); });
    }

private:
    watcher who_;
};

// Waits for the answer that tell() gives. Whoever goes on without it, or is killed while it waits, withdraws.
class waiting_for_the_end {
public:
    using waits_in_a_process = void;

    waiting_for_the_end(pid who, duration timeout) : who_{who}, timeout_{timeout} {}
    waiting_for_the_end(waiting_for_the_end&&) = delete;
    ~waiting_for_the_end() {
        if (me_.who && !answered()) withdraw(me_, who_);
    }

    bool await_ready() const noexcept { return false; }
    template <class Promise>
    bool await_suspend(std::coroutine_handle<Promise> waiter) {
        process& here = *waiter.promise().home;
        if (who_ == here.id()) return false;
        here.expect(wait_, waiter, &reply_kind<exit_reason>, deadline_in(here, timeout_));
        me_ = {here.id(), wait_.question};
        send_signal(who_, std::make_unique<watch_begins>(me_, who_));
        return true;
    }
    std::optional<exit_reason> await_resume() {
        if (!answered()) return std::nullopt;
        return std::move(**wait_.result);
    }

private:
    bool answered() const { return wait_.result && *wait_.result; }

    pid                     who_;
    duration                timeout_;
    watcher                 me_;
    reply_wait<exit_reason> wait_;
};

}  // namespace

void tell(const watcher& whom, pid ended, const exit_reason& reason) noexcept {
    if (!whom.tells) return from<exit_reason>{ticket{whom.who, static_cast<std::uint32_t>(whom.number)}}.reply(reason);
    send_exempt(whom.who, pool_new<down_letter>(envelope{.kind = whom.tells}, down{ended, reason, {whom.number}}));
}

void withdraw(const watcher& who, pid watched) noexcept { send_signal(watched, std::make_unique<watch_ends>(who)); }

void refuse_down(envelope* sealed, const no_answer&) noexcept { pool_delete(static_cast<down_letter*>(sealed)); }

monitor_id monitor(process& here, pid other, const envelope_kind& tells) {
    watcher    me{here.id(), 0, &tells};
    const bool bound = add_bond(here, [&](bonds& mine) { mine.watched.emplace(me.number = ++mine.monitors, other); });
    if (bound && other != me.who) send_signal(other, std::make_unique<watch_begins>(me, other));
    return {me.number};
}

bool use_up(process& here, monitor_id which) {
    bool found = false;
    change_bonds(here, [&](bonds& mine) { found = mine.watched.erase(which.number) > 0; });
    return found;
}

bool demonitor(process& here, monitor_id which) {
    pid other;
    change_bonds(here, [&](bonds& mine) {
        if (auto at = mine.watched.find(which.number); at != mine.watched.end()) other = at->second;
    });
    const bool found = use_up(here, which);
    if (found) withdraw({here.id(), which.number}, other);
    return found;
}

}  // namespace detail

task<std::optional<exit_reason>> ended(pid who, duration timeout) {
    co_return co_await detail::waiting_for_the_end{who, timeout};
}

}  // namespace half
