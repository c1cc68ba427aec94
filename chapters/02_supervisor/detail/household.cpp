#include <01_gen_server/detail/engine.hpp>
#include <02_supervisor/detail/household.hpp>

#include <algorithm>
#include <ranges>
#include <stdexcept>

namespace half::detail {

namespace {

// What a specification contradicts itself in; empty when it doesn't.
std::string complaint_about(const child& c, auto_shutdown how) {
    if (c.id.empty()) return "a child has no id: give it one, like .id = \"cook\"";
    if (c.shutdown && *c.shutdown < duration::zero() && *c.shutdown != brutal_kill)
        return fmt::format("child '{}' has a negative .shutdown: give it a time, or half::brutal_kill", c.id);
    if (!c.significant) return {};
    if (c.restart == permanent)
        return fmt::format("child '{}' is significant and permanent, so it never ends for good: make it transient or "
                           "temporary",
                           c.id);
    if (how == auto_shutdown::never)
        return fmt::format(
            "child '{}' is significant, but its supervisor's .auto_shutdown is never: say any_significant "
            "or all_significant there",
            c.id);
    return {};
}

// -- mail to itself ---------------------------------------------------------------------------------------------------

struct look_letter : envelope {
    std::uint32_t tried_again = 0;
};

root drive_look(process& here, household& mine, std::uint32_t tried_again) {
    (void)here;
    co_await mine.look_after(tried_again);
}

void open_look(envelope* sealed, process& here) {
    auto*      letter      = static_cast<look_letter*>(sealed);
    const auto tried_again = letter->tried_again;
    pool_delete(letter);
    if (auto* mine = here.hook<household>()) here.begin(drive_look(here, *mine, tried_again).frame);
}

void refuse_look(envelope* sealed, const no_answer&) noexcept { pool_delete(static_cast<look_letter*>(sealed)); }

constexpr envelope_kind look_kind{&open_look, &refuse_look, "look after children", lane::mail, false, true};

// In front of all other mail: who knows that a child has died, and asks for it, is told of the next one.
void look_first(process& here) { here.prepend(pool_new<look_letter>(envelope{.kind = &look_kind})); }

// Behind all other mail: a restart that fails again and again must not keep a stop() waiting.
void look_again(process& here, std::uint32_t number) {
    here.append(pool_new<look_letter>(envelope{.kind = &look_kind}, number));
}

}  // namespace

// -- the members ----------------------------------------------------------------------------------------------------

household::household(process& here, supervisor plan)
    : family{here}, strategy_{plan.strategy}, auto_shutdown_{plan.auto_shutdown}, patience_{plan.at_most} {
    for (auto& c : plan.children) {
        if (auto wrong = complaint_about(c, auto_shutdown_); !wrong.empty()) throw std::invalid_argument{wrong};
        if (find(c.id))
            throw std::invalid_argument{
                fmt::format("two children are called '{}': an id tells siblings apart, so give each its own", c.id)};
        add(std::move(c));
    }
}

auto household::find(std::string_view id) -> member* {
    const auto found = numbers_.find(std::string{id});
    return found == numbers_.end() ? nullptr : &members_.at(found->second);
}

auto household::add(child spec) -> member& {
    const auto number = ++last_number_;
    numbers_.emplace(spec.id, number);
    member* added = nullptr;
    if (!here().change_hooks([&] { added = &members_.emplace(number, member{std::move(spec), number}).first->second; }))
        throw leave{exit_reason::killed()};
    return *added;
}

void household::erase(member& gone) {
    numbers_.erase(gone.spec.id);
    here().change_hooks([&] { members_.erase(gone.number); });
}

// -- what can be asked ----------------------------------------------------------------------------------------------

std::string_view household::strategy() const {
    switch (strategy_) {
    case one_for_one: return "one_for_one";
    case one_for_all: return "one_for_all";
    case rest_for_one: return "rest_for_one";
    }
    return "?";
}

child_info household::describe_member(const member& m) const {
    using status     = child_info::status;
    const bool lives = static_cast<bool>(m.who);
    const bool again = m.now == state::ended || m.now == state::restarting;
    return {.id         = m.spec.id,
            .pid        = m.who,
            .server     = std::string{m.spec.start.server()},
            .now        = lives   ? status::running
                          : again ? status::restarting
                                  : status::stopped,
            .supervisor = m.spec.start.supervisor(),
            .restart    = m.spec.restart,
            .restarts   = m.restarts,
            .last_end   = m.last_end};
}

std::vector<child_info> household::first(std::size_t at_most) const {
    std::vector<child_info> all;
    for (const auto& m : members_ | std::views::values | std::views::take(std::min(at_most, members_.size())))
        all.push_back(describe_member(m));
    return all;
}

std::optional<child_info> household::about(std::string_view id) const {
    const auto found = numbers_.find(std::string{id});
    if (found == numbers_.end()) return std::nullopt;
    return describe_member(members_.at(found->second));
}

child_counts household::count() const {
    child_counts n{.specs = members_.size()};
    for (const auto& m : members_ | std::views::values) {
        n.active += static_cast<bool>(m.who);
        n.supervisors += m.spec.start.supervisor();
    }
    n.workers = n.specs - n.supervisors;
    return n;
}

// -- one child ------------------------------------------------------------------------------------------------------

task<bool> household::start(member& m) {
    m.now        = state::starting;
    m.left_alone = false;
    try {
        const pid born = m.spec.start.spawn(*here().home, tie(m.number, tells::births_and_ends));
        if (!here().change_hooks([&] { m.who = born; })) {
            kill(born);
            throw leave{exit_reason::killed()};
        }
    } catch (const std::runtime_error& e) {  // too_many_processes
        m.now      = state::stopped;
        m.last_end = exit_reason::crash(e.what());
        co_return false;
    }
    while (m.now == state::starting) co_await any_news();
    co_return m.now != state::stopped || m.last_end.why == exit_reason::kind::normal;
}

task<> household::stop(member& m) {
    if (m.who) {
        m.now              = state::stopping;
        const auto patient = may_take(m.spec.shutdown, m.spec.start.supervisor());
        if (patient != brutal_kill) {
            const auto deadline = deadline_in(here(), patient);
            ask_to_end(m.who, exit_reason::shutdown());
            while (m.who && co_await any_news(deadline)) {}
        }
        if (m.who) kill(m.who);
        while (m.who) co_await any_news();
    }
    m.now = state::stopped;
}

void household::heard(news what) {
    const auto found = members_.find(what.number);
    if (found == members_.end() || found->second.who != what.who) return;
    auto& m = found->second;
    if (!what.ended) {
        if (m.now == state::starting) m.now = state::running;
        return;
    }
    here().change_hooks([&] { m.who = {}; });
    m.last_end     = std::move(what.reason);
    m.last_message = what.last_message;
    m.instead      = what.instead;
    if (m.now != state::running) {
        m.now = state::stopped;  // it is being waited for
        return;
    }
    m.now = state::ended;
    ended_.push_back(m.number);
    if (ended_.size() == 1) look_first(here());
}

void household::tell_all_to_end(const exit_reason& why) const noexcept {
    for (const auto& m : members_ | std::views::values)
        if (m.who) ask_to_end(m.who, why);
}

// -- all of them ----------------------------------------------------------------------------------------------------

task<> household::start_all() {
    for (auto next = members_.begin(); next != members_.end();) {
        auto& m = next++->second;
        if (!co_await start(m)) {
            auto why = fmt::format("child '{}' did not start: {}", m.spec.id, m.last_end);
            report(why, m.last_message, m.last_end);
            co_await stop_all();
            throw leave{exit_reason::shutdown(std::move(why))};
        }
        if (m.now == state::stopped && m.spec.restart == temporary) erase(m);  // it had nothing to do
    }
}

task<> household::stop_all() {
    closing_ = true;
    for (auto& m : members_ | std::views::values | std::views::reverse) co_await stop(m);
}

// -- ends -----------------------------------------------------------------------------------------------------------

task<> household::look_after(std::uint32_t tried_again) {
    if (const auto found = members_.find(tried_again);
        found != members_.end() && found->second.now == state::restarting && !closing_)
        co_await start_again(found->second);
    else if (tried_again && strategy_ != one_for_one && !closing_)
        co_await start_those_in_line();  // somebody stopped it meanwhile
    while (!ended_.empty()) {
        const auto found = members_.find(ended_.front());
        ended_.pop_front();
        // Its end may have been seen to with that of a sibling.
        if (found == members_.end() || found->second.now != state::ended || closing_) continue;
        auto&      m     = found->second;
        const bool again = m.spec.restart == permanent || (m.spec.restart == transient && !m.last_end.expected());
        if (again) co_await start_again(m);
        else is_done(m);
    }
}

task<> household::start_again(member& m) {
    if (!patience_.bears_one_more(here().home->now_ns())) co_return give_up(m);
    if (patience_.worth_a_report())
        report(fmt::format("child '{}' {} with {}; it is started again, {} so far", m.spec.id,
                           m.now == state::restarting ? "did not start" : "ended", m.last_end, patience_.in_words()),
               m.last_message, m.last_end);

    m.now = state::stopped;
    if (strategy_ == one_for_one) {
        co_await try_again(m);
        co_return;
    }
    const auto from  = strategy_ == one_for_all ? members_.begin() : members_.find(m.number);
    const auto group = std::ranges::subrange{from, members_.end()};
    for (auto& each : group | std::views::values | std::views::reverse) co_await stop(each);
    for (auto next = from; next != members_.end();) {
        auto& each = next++->second;
        if (each.spec.restart == temporary) erase(each);
        else if (!each.left_alone) each.now = state::restarting;
    }
    co_await start_those_in_line();
}

// Starts all that stand in line, up to one that does not start.
task<> household::start_those_in_line() {
    for (auto& each : members_ | std::views::values)
        if (each.now == state::restarting && !co_await try_again(each)) co_return;
}

task<bool> household::try_again(member& m) {
    const bool started = co_await start(m);
    if (started) {
        m.restarts += m.now != state::stopped;
    } else {
        m.now = state::restarting;
        look_again(here(), m.number);
    }
    co_return started;
}

// It ended and is not started again.
void household::is_done(member& m) {
    m.now                  = state::stopped;
    const bool significant = m.spec.significant;
    const auto id          = m.spec.id;
    if (m.spec.restart == temporary) {
        if (!m.last_end.expected())
            report(fmt::format("child '{}' ended with {}", id, m.last_end), m.last_message, m.last_end);
        erase(m);
    }
    if (!significant) return;
    const bool another = std::ranges::any_of(members_ | std::views::values, [](const member& each) {
        return each.spec.significant && each.now != state::stopped;
    });
    if (auto_shutdown_ == auto_shutdown::all_significant && another) return;
    closing_ = true;
    here().stop(exit_reason::shutdown(fmt::format("significant child '{}' is done", id)));
}

void household::give_up(member& last) {
    closing_ = gave_up_ = true;
    last.now            = state::stopped;
    auto why            = fmt::format("gave up: children ended {}, the last of them '{}' with {}", patience_.in_words(),
                                      last.spec.id, last.last_end);
    report(why, last.last_message, last.last_end);
    here().stop(exit_reason::shutdown(std::move(why)));
}

// -- what can be done -----------------------------------------------------------------------------------------------

task<std::expected<pid, child_error>> household::start_new(child spec) {
    if (auto wrong = complaint_about(spec, auto_shutdown_); !wrong.empty())
        co_return std::unexpected{child_error{child_error::bad_child, spec.id, {}, exit_reason::other(wrong)}};
    if (const auto* there = find(spec.id)) {
        const auto why = there->who                     ? child_error::already_there
                         : there->now == state::stopped ? child_error::already_known
                                                        : child_error::restarting;
        co_return std::unexpected{child_error{why, spec.id, there->who}};
    }
    auto& added = add(std::move(spec));
    auto  got   = co_await start_asked(added);
    if (added.now == state::stopped && (got.error() != child_error::ignored || added.spec.restart == temporary))
        erase(added);
    co_return got;
}

task<std::expected<pid, child_error>> household::restart(std::string_view id) {
    auto* m = find(id);
    if (!m) co_return std::unexpected{child_error{child_error::no_such_child, std::string{id}}};
    if (m->who) co_return std::unexpected{child_error{child_error::running, m->spec.id, m->who}};
    if (m->now != state::stopped) co_return std::unexpected{child_error{child_error::restarting, m->spec.id}};
    co_return co_await start_asked(*m);
}

task<std::expected<pid, child_error>> household::start_asked(member& m) {
    const bool started = co_await start(m);
    if (started && m.who) co_return m.who;
    const auto why = started     ? child_error::ignored
                     : m.instead ? child_error::already_there
                                 : child_error::did_not_start;
    if (!started) report(fmt::format("child '{}' did not start: {}", m.spec.id, m.last_end), "init", m.last_end);
    co_return std::unexpected{child_error{why, m.spec.id, m.instead, m.last_end}};
}

task<std::expected<void, child_error>> household::stop(std::string_view id) {
    auto* m = find(id);
    if (!m) co_return std::unexpected{child_error{child_error::no_such_child, std::string{id}}};
    co_await stop(*m);
    m->left_alone = true;
    if (m->spec.restart == temporary) erase(*m);
    co_return std::expected<void, child_error>{};
}

std::expected<void, child_error> household::forget(std::string_view id) {
    auto* m = find(id);
    if (!m) return std::unexpected{child_error{child_error::no_such_child, std::string{id}}};
    if (m->who) return std::unexpected{child_error{child_error::running, m->spec.id, m->who}};
    if (m->now != state::stopped) return std::unexpected{child_error{child_error::restarting, m->spec.id}};
    erase(*m);
    return {};
}

}  // namespace half::detail
