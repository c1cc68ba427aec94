// The four signals of a link: it is set, it is taken away, that is acknowledged, it breaks.
#include <01_gen_server/signal.hpp>
#include <02_supervisor/detail/bonds.hpp>
#include <02_supervisor/link.hpp>

namespace half::detail {

namespace {

link_state next(link_state& last) {
    do ++last;
    while (last == linked || last == starting);
    return last;
}

class link_set final : public signal {
public:
    link_set(pid from, pid to) : from_{from}, to_{to} {}
    void arrive(process& here) override {
        if (!add_bond(here, [&](bonds& mine) { mine.links.try_emplace(from_, linked); })) lost(to_);
    }
    void lost(pid nobody) noexcept override { break_link(from_, nobody, exit_reason::noproc()); }

private:
    pid from_, to_;
};

class unlink_seen final : public signal {
public:
    unlink_seen(pid from, link_state number) : from_{from}, number_{number} {}
    void arrive(process& here) override {
        change_bonds(here, [&](bonds& mine) {
            if (auto at = mine.links.find(from_); at != mine.links.end() && at->second == number_) mine.links.erase(at);
        });
    }

private:
    pid        from_;
    link_state number_;
};

class link_taken_away final : public signal {
public:
    link_taken_away(pid from, link_state number, pid to) : from_{from}, number_{number}, to_{to} {}
    void arrive(process& here) override {
        change_bonds(here, [&](bonds& mine) {
            auto at = mine.links.find(from_);
            if (at != mine.links.end() && (at->second == linked || at->second == starting)) mine.links.erase(at);
        });
        lost(to_);
    }
    void lost(pid) noexcept override { send_signal(from_, std::make_unique<unlink_seen>(to_, number_)); }

private:
    pid        from_;
    link_state number_;
    pid        to_;
};

struct broken_link : envelope {
    exit_signal signal;
};

void open_broken_link(envelope* sealed, process& here) {
    auto* letter = static_cast<broken_link*>(sealed);
    auto  signal = std::move(letter->signal);
    pool_delete(letter);
    bool counts = false;
    change_bonds(here, [&](bonds& mine) {
        auto at = mine.links.find(signal.from);
        if (at == mine.links.end()) return;
        counts = at->second == linked;
        mine.links.erase(at);
    });
    if (counts) hear_exit(here, std::move(signal));
}

void refuse_broken_link(envelope* sealed, const no_answer&) noexcept { pool_delete(static_cast<broken_link*>(sealed)); }

constexpr envelope_kind broken_link_kind{&open_broken_link, &refuse_broken_link, "exit", lane::trappable, false, true};

}  // namespace

void break_link(pid to, pid ended, const exit_reason& reason) noexcept {
    send_exempt(to, pool_new<broken_link>(envelope{.kind = &broken_link_kind}, exit_signal{ended, reason, true}));
}

void link(process& here, pid other) {
    const pid me = here.id();
    if (other == me) return;
    bool news = false;
    add_bond(here, [&](bonds& mine) {
        auto [at, added] = mine.links.try_emplace(other, linked);
        news             = added || (at->second != linked && at->second != starting);
        if (news) at->second = linked;
    });
    if (news) send_signal(other, std::make_unique<link_set>(me, other));
}

void unlink(process& here, pid other) {
    const pid  me     = here.id();
    link_state number = linked;
    change_bonds(here, [&](bonds& mine) {
        auto at = mine.links.find(other);
        if (at != mine.links.end() && at->second == linked) number = at->second = next(mine.unlinks);
    });
    if (number != linked) send_signal(other, std::make_unique<link_taken_away>(me, number, other));
}

std::unique_ptr<exit_hook> bond_to(pid other) { return std::make_unique<bonds>(other); }

void bind_child(process& here, pid child, child_is now) {
    const auto state = now == child_is::linked ? linked : starting;
    if (add_bond(here, [&](bonds& mine) { mine.links.emplace(child, state); })) return;
    pid left_behind = here.id();
    --left_behind.generation;  // the life that the child knows is over
    break_link(child, left_behind, exit_reason::killed());
}

void settle_child(process& here, pid child, bool started) {
    change_bonds(here, [&](bonds& mine) {
        auto at = mine.links.find(child);
        if (at == mine.links.end()) return;
        if (started) at->second = linked;
        else mine.links.erase(at);
    });
}

}  // namespace half::detail
