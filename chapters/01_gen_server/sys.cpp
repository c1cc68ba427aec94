#include <01_gen_server/detail/engine.hpp>
#include <01_gen_server/signal.hpp>
#include <01_gen_server/sys.hpp>
#include <01_gen_server/timer.hpp>

#include <fmt/ranges.h>

#include <algorithm>
#include <array>

namespace half {

using detail::process;

mail_backlog backlog(pid who) {
    auto* p = process::find(who);
    if (!p) return {};
    // What comes into a bounded mailbox is counted there; only signals come the other way.
    auto*         limited = p->bounded.load(std::memory_order_acquire);
    mail_backlog  found{p->sorted.load(std::memory_order_relaxed) + (limited ? 0 : p->incoming.length()), {}};
    std::uint32_t oldest = p->oldest.load(std::memory_order_relaxed);
    bool          dated  = p->sorted.load(std::memory_order_relaxed) > 0;
    if (limited) {
        found.length += limited->length();
        if (!dated && limited->length()) oldest = limited->oldest(), dated = true;
    }
    if (dated)
        found.age = std::chrono::milliseconds{std::max(0, static_cast<std::int32_t>(p->home->now_ms() - oldest))};
    return found;
}

namespace {

// Asks a process about itself, in its own turn.
class info_request final : public signal {
public:
    explicit info_request(detail::ticket who) : asker_{who} {}

    void arrive(process& here) override {
        process_info found;
        found.pid    = here.id();
        found.server = std::string{here.kind()->name};
        found.now    = here.handler ? process_info::status::waiting : process_info::status::idle;
        try {
            found.state = here.kind()->describe(here.state);
        } catch (const std::exception& e) {
            found.state = fmt::format("describe() threw: {}", e.what());
        }
        const auto mail = backlog(found.pid);
        found.mail      = mail.length;
        found.age       = mail.age;
        found.handled   = here.handled;
        if (auto* limited = here.bounded.load(std::memory_order_relaxed)) {
            found.dropped = limited->dropped();
            found.refused = limited->refused();
        }
        for (auto* t = here.timers; t; t = t->next_timer) ++found.timers;
        found.recent = here.home->recent_of(found.pid);
        if (auto* rare = here.extra.load(std::memory_order_relaxed))
            for (auto* hook = rare->hooks.get(); hook; hook = hook->next.get())
                if (auto text = hook->describe(); !text.empty()) found.attached.push_back(std::move(text));
        asker_.reply(std::move(found));
    }

private:
    from<process_info> asker_;
};

class asking_info {
public:
    using waits_in_a_process = void;

    explicit asking_info(pid who) : who_{who} {}

    bool await_ready() const noexcept { return false; }
    template <class Promise>
    void await_suspend(std::coroutine_handle<Promise> waiter) {
        process& me = *waiter.promise().home;
        me.expect(wait_, waiter, &detail::reply_kind<process_info>, detail::deadline_in(me, std::chrono::seconds{1}));
        send_signal(who_, std::make_unique<info_request>(detail::ticket{me.id(), wait_.question}));
    }
    answer<process_info> await_resume() { return std::move(*wait_.result); }

private:
    pid                              who_;
    detail::reply_wait<process_info> wait_;
};

}  // namespace

task<std::optional<process_info>> sys::info(pid who) {
    auto told = co_await asking_info{who};
    if (told) co_return std::move(*told);
    auto* p = process::find(who);
    if (!p) co_return std::nullopt;
    // It spins, or blocks: this is what can be seen from outside.
    process_info seen;
    seen.pid        = who;
    seen.now        = process_info::status::busy;
    const auto mail = backlog(who);
    seen.mail       = mail.length;
    seen.age        = mail.age;
    seen.recent     = p->home->recent_of(who);
    if (const auto* kind = p->kind()) seen.server = std::string{kind->name};
    co_return seen;
}

namespace {

// "counter::add x126, counter::get": runs folded, the last few of them.
std::string folded(const std::vector<std::string>& names) {
    constexpr std::size_t    shown = 12;
    std::vector<std::string> runs;
    for (std::size_t i = 0; i < names.size();) {
        std::size_t n = 1;
        while (i + n < names.size() && names[i + n] == names[i]) ++n;
        runs.push_back(n == 1 ? names[i] : fmt::format("{} x{}", names[i], n));
        i += n;
    }
    const auto skip = runs.size() - std::min(runs.size(), shown);
    return (skip ? "... " : "")
           + fmt::format("{}", fmt::join(runs.begin() + static_cast<std::ptrdiff_t>(skip), runs.end(), ", "));
}

}  // namespace

std::string to_string(const process_info& i) {
    constexpr std::array words{"idle", "waiting", "busy"};
    auto                 text = fmt::format("{} {}, {}, {} in the mail, {} handled", i.pid, i.server,
                                            words[static_cast<std::size_t>(i.now)], i.mail, i.handled);
    if (i.mail) text += fmt::format(", the oldest for {} ms", i.age.count());
    if (i.dropped || i.refused) text += fmt::format(", {} dropped, {} refused", i.dropped, i.refused);
    if (i.timers) text += fmt::format(", {} timers", i.timers);
    if (!i.state.empty()) text += fmt::format(", state: {}", i.state);
    if (!i.recent.empty()) text += "\n  last messages: " + folded(i.recent);
    if (!i.attached.empty()) text += fmt::format("\n  attached: {}", fmt::join(i.attached, ", "));
    return text;
}

std::string to_string(const report& r) {
    std::string text;
    switch (r.what) {
    case report::kind::crash:
        text = fmt::format("{} {} crashed in {}: {}", r.pid, r.server, r.message, r.reason);
        break;
    case report::kind::long_handler:
        text = fmt::format("{} {} has been handling {} for {} ms: a long handler keeps its worker from everybody else; "
                           "use half::blocking, or co_await",
                           r.pid, r.server, r.message, r.held.count());
        break;
    case report::kind::left_behind:
        text = fmt::format(
            "{} {} was killed and did not come back from {} for {} ms: it is left behind, and its worker replaced",
            r.pid, r.server, r.message, r.held.count());
        break;
    case report::kind::remark: text = fmt::format("{} {}: {}", r.pid, r.server, r.remark); break;
    }
    if (!r.recent.empty()) text += "\n  last messages: " + folded(r.recent);
    return text;
}

}  // namespace half
