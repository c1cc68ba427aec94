#include <01_gen_server/detail/engine.hpp>
#include <01_gen_server/timer.hpp>
#include <02_supervisor/detail/brood.hpp>

#include <algorithm>
#include <numeric>
#include <stdexcept>

namespace half::detail {

namespace {

// -- a child that was asked to end, and takes too long -------------------------------------------------------------

struct overdue_letter : envelope {
    pid who;
};

void open_overdue(envelope* sealed, process&) {
    auto*     letter = static_cast<overdue_letter*>(sealed);
    const pid who    = letter->who;
    pool_delete(letter);
    kill(who);
}
void refuse_overdue(envelope* sealed, const no_answer&) noexcept { pool_delete(static_cast<overdue_letter*>(sealed)); }

constexpr envelope_kind overdue_kind{&open_overdue, &refuse_overdue, "a child takes too long", lane::mail, false, true};

timer_node* kill_later(process& here, pid who, duration delay) {
    auto* node     = arm(here, message_timer, delay, duration::zero());
    node->original = pool_new<overdue_letter>(envelope{.kind = &overdue_kind}, who);
    node->make     = [](timer_node& t) -> envelope* { return std::exchange(t.original, nullptr); };
    return node;
}

}  // namespace

brood::brood(process& here, rules how) : family{here}, rules_{how}, patience_{how.at_most} {
    if (how.shutdown && *how.shutdown < duration::zero() && *how.shutdown != brutal_kill)
        throw std::invalid_argument{"a negative .shutdown: give it a time, or half::brutal_kill"};
}

// -- the table ------------------------------------------------------------------------------------------------------

std::uint32_t brood::take_number() {
    const bool new_one = free_ == none;
    const auto number  = new_one ? static_cast<std::uint32_t>(lives_.size()) : free_;
    if (!new_one) free_ = lives_[number].slot;
    const bool ours = here().change_hooks([&] {
        if (new_one) lives_.emplace_back();
        lives_[number] = {.order = started_++};
    });
    if (!ours) throw leave{exit_reason::killed()};
    return number;
}

void brood::give_back(std::uint32_t number) noexcept {
    forget(number);
    here().change_hooks([&] { lives_[number] = {.slot = free_}; });
    free_ = number;
}

pid brood::lives(std::uint32_t number, pid who) {
    const bool alone = !here().change_hooks([&] {
        lives_[number].slot       = who.slot;
        lives_[number].generation = who.generation;
    });
    if (alone) {
        kill(who);
        throw leave{exit_reason::killed()};
    }
    ++living_;
    if (by_slot_) by_slot_->insert_or_assign(who.slot, number);
    return who;
}

std::optional<std::uint32_t> brood::number_of(pid who) {
    if (!by_slot_) {
        by_slot_.emplace();
        for (std::uint32_t n = 0; n < lives_.size(); ++n)
            if (lives_[n].generation) by_slot_->emplace(lives_[n].slot, n);
    }
    const auto found = by_slot_->find(who.slot);
    if (found == by_slot_->end() || lives_[found->second].who() != who) return std::nullopt;
    return found->second;
}

// -- what can be asked ----------------------------------------------------------------------------------------------

std::vector<std::uint32_t> brood::numbers(std::size_t at_most) const {
    std::vector<std::uint32_t> all;
    all.reserve(living_);
    for (std::uint32_t n = 0; n < lives_.size(); ++n)
        if (lives_[n].generation) all.push_back(n);
    // Counted back from now, so that the count may begin again at zero.
    const auto age   = [&](std::uint32_t n) { return started_ - lives_[n].order; };
    const auto older = [&](std::uint32_t a, std::uint32_t b) { return age(a) > age(b); };
    const auto shown = std::min(at_most, all.size());
    if (!std::ranges::is_sorted(all, older))
        std::ranges::partial_sort(all, all.begin() + static_cast<std::ptrdiff_t>(shown), older);
    all.resize(shown);
    return all;
}

std::vector<pid> brood::everybody() const {
    std::vector<pid> all;
    all.reserve(living_);
    for (const auto n : numbers(SIZE_MAX)) all.push_back(lives_[n].who());
    return all;
}

std::vector<child_info> brood::first(std::size_t at_most) const {
    std::vector<child_info> all;
    for (const auto n : numbers(at_most))
        all.push_back({.id         = std::to_string(n),
                       .pid        = lives_[n].who(),
                       .server     = std::string{rules_.server},
                       .now        = child_info::status::running,
                       .supervisor = rules_.supervisors,
                       .restart    = rules_.restart,
                       .restarts   = lives_[n].restarts});
    return all;
}

child_counts brood::count() const {
    return {.specs       = living_,
            .active      = living_,
            .supervisors = rules_.supervisors ? living_ : 0,
            .workers     = rules_.supervisors ? 0 : living_};
}

// -- ends -----------------------------------------------------------------------------------------------------------

void brood::heard(news what) {
    if (what.number >= lives_.size() || lives_[what.number].who() != what.who) return;
    auto& life = lives_[what.number];
    if (!what.ended) return began(what.number);
    --living_;
    if (by_slot_) by_slot_->erase(what.who.slot);
    if (const auto left = leaving_.find(what.number); left != leaving_.end()) {
        cancel(here(), left->second.timer, left->second.serial);
        for (auto& each : left->second.callers) each.reply(std::expected<void, child_error>{});
        leaving_.erase(left);
        return give_back(what.number);
    }
    if (closing_) return give_back(what.number);

    const bool unborn  = !what.born && life.restarts == 0;
    const bool nothing = !what.born && what.reason.why == exit_reason::kind::normal;  // to do: half::ignore
    const bool again =
        !what.born || rules_.restart == permanent || (rules_.restart == transient && !what.reason.expected());
    if (unborn) did_not_begin(what.number, what.reason);
    if (unborn || nothing || !again) return give_back(what.number);
    start_again(what);
}

void brood::start_again(const news& last) {
    for (;;) {
        if (!patience_.bears_one_more(here().home->now_ns())) return give_up(last);
        ++lives_[last.number].restarts;
        if (patience_.worth_a_report())
            report(fmt::format("child {} ({}) {} with {}; it is started again, {} so far", last.number, last.who,
                               last.born ? "ended" : "did not start", last.reason, patience_.in_words()),
                   last.last_message, last.reason);
        try {
            lives(last.number, spawn_again(last.number, tie(last.number, tells::ends)));
            return;
        } catch (const leave&) {
            throw;
        } catch (...) {  // too_many_processes, or a copy of the argument: a restart that fails, like any other
        }
    }
}

void brood::give_up(const news& last) {
    closing_ = gave_up_ = true;
    auto why = fmt::format("gave up: children ended {}, the last of them {} with {}", patience_.in_words(), last.who,
                           last.reason);
    report(why, last.last_message, last.reason);
    give_back(last.number);
    here().stop(exit_reason::shutdown(std::move(why)));
}

void brood::tell_all_to_end(const exit_reason& why) const noexcept {
    for (const auto& each : lives_)
        if (each.generation) ask_to_end(each.who(), why);
}

// -- being ended ------------------------------------------------------------------------------------------------------

void brood::end_one(pid who, from<std::expected<void, child_error>> caller) {
    const auto number = number_of(who);
    if (!number)
        return caller.reply(std::expected<void, child_error>{
            std::unexpected{child_error{child_error::no_such_child, to_string(who), who}}});
    auto [left, first] = leaving_.try_emplace(*number);
    left->second.callers.push_back(std::move(caller));
    if (!first) return;
    const auto patient = may_take(rules_.shutdown, rules_.supervisors);
    if (patient == brutal_kill) return kill(who);
    if (patient != forever) {
        left->second.timer  = kill_later(here(), who, patient);
        left->second.serial = left->second.timer->serial;
    }
    ask_to_end(who, exit_reason::shutdown());
}

task<> brood::end_all() {
    closing_           = true;
    const auto patient = may_take(rules_.shutdown, rules_.supervisors);
    if (patient != brutal_kill) {
        const auto deadline = deadline_in(here(), patient);
        tell_all_to_end(exit_reason::shutdown());
        while (living_ && co_await any_news(deadline)) {}
    }
    for (const auto& each : lives_)
        if (each.generation) kill(each.who());
    while (living_) co_await any_news();
}

}  // namespace half::detail
