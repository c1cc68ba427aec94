#include <01_gen_server/detail/engine.hpp>
#include <02_supervisor/child.hpp>
#include <04_persistence/detail/dirty_batch.hpp>
#include <04_persistence/detail/dirty_core.hpp>
#include <04_persistence/persister.hpp>

#include <fmt/ranges.h>

namespace half::detail {
namespace {

class flusher_life final : public exit_hook {
public:
    flusher_life(std::shared_ptr<dirty_core> table, engine& home) : table_{std::move(table)}, home_{home} {}

    bool        forgets() const override { return true; }
    void        exited(pid who, const exit_reason& why) noexcept override { table_->flusher_ended(who, home_, why); }
    std::string describe() const override { return ""; }

private:
    std::shared_ptr<dirty_core> table_;
    engine&                     home_;
};

}  // namespace

// -- the flusher's ------------------------------------------------------------------------------------------------

void dirty_core::flusher_lives(process& here, std::shared_ptr<dirty_core> itself) {
    {
        const std::lock_guard lock{guard_};
        if (flusher_ && alive(flusher_))
            throw already_started{flusher_, fmt::format("a process writes the rows of {} already", name_)};
        flusher_ = here.id();
        wakeful_ = false;
        clock_.ask(here.home);
    }
    here.on_exit(std::make_unique<flusher_life>(std::move(itself), *here.home));
}

void dirty_core::flusher_ended(pid who, engine& home, const exit_reason& why) noexcept {
    std::size_t left = 0;
    std::string problem;
    {
        const std::lock_guard lock{guard_};
        if (flusher_ != who) return;
        flusher_ = {};
        left     = lists_.at_risk() - std::min(lists_.at_risk(), std::exchange(saved_, 0));
        problem  = problem_;
        clock_.now();  // as long as somebody knows it
        clock_.ask(nullptr);
    }
    if (left == 0) return;
    home.tell({.what   = report::kind::remark,
               .pid    = who,
               .server = "persister",
               .remark = fmt::format("it ended ({}); rows of {} that are not written: {}{}", why, name_, left,
                                     problem.empty() ? "" : ", because of the last attempt: " + problem)});
}

void dirty_core::tell(process& here, std::string remark) const {
    here.home->tell(
        {.what = report::kind::remark, .pid = here.id(), .server = "persister", .remark = std::move(remark)});
}

bool dirty_core::simulated(process& here) { return here.home->simulated(); }

void dirty_core::saved_elsewhere(std::size_t rows) {
    const std::lock_guard lock{guard_};
    saved_ = rows;
}

void dirty_core::failed(std::string why) {
    const std::lock_guard lock{guard_};
    problem_ = std::move(why);
}

void dirty_core::all_is_due() {
    const std::lock_guard lock{guard_};
    due_ = clock_.stamp();
    while (auto* one = lists_.first(standing::mended)) lists_.move(*one, standing::urgent);
}

void dirty_core::try_refused_again() {
    const std::lock_guard lock{guard_};
    while (auto* one = lists_.first(standing::refused)) lists_.move(*one, standing::urgent);
}

bool dirty_core::waits_since(std::uint64_t stamp) const {
    const std::lock_guard lock{guard_};
    const auto*           oldest = lists_.first(standing::waiting);
    return lists_.first(standing::urgent) || (oldest && oldest->since <= stamp);
}

bool dirty_core::rests() {
    const std::lock_guard lock{guard_};
    return wakeful_ = !has_work();
}

bool dirty_core::writing() const {
    const std::lock_guard lock{guard_};
    return under_way_;
}

void dirty_core::tell_when_over(from<void> asker) {
    {
        const std::lock_guard lock{guard_};
        if (under_way_) std::swap(waits_for_batch_, asker);
    }
    asker.reply();
}

// -- anybody's ----------------------------------------------------------------------------------------------------

pid dirty_core::flusher() const {
    const std::lock_guard lock{guard_};
    return flusher_;
}

std::uint64_t dirty_core::stamp() const {
    const std::lock_guard lock{guard_};
    return clock_.stamp();
}

persister_status dirty_core::status() const {
    const std::lock_guard lock{guard_};
    std::uint64_t         oldest = in_batch_;
    const auto            look   = [&](const dirty_link& one) { oldest = std::min(oldest, one.since); };
    if (auto* first = lists_.first(standing::waiting)) look(*first);
    lists_.each(standing::urgent, look);
    lists_.each(standing::refused, look);
    lists_.each(standing::mended, look);

    const auto now = clock_.now();
    return {.known   = entries_ - erased_,
            .at_risk = lists_.at_risk(),
            .oldest  = std::chrono::round<std::chrono::milliseconds>(duration{oldest < now ? now - oldest : 0}),
            .refused = rejected_,
            .written = written_,
            .batches = batches_,
            .problem = problem_};
}

void dirty_core::hold(std::shared_ptr<dirty_core> itself) {
    const std::lock_guard lock{guard_};
    if (holders_++ == 0) itself_ = std::move(itself);
}

void dirty_core::let_go() noexcept {
    std::shared_ptr<dirty_core> last;  // perhaps: it goes when the lock has gone
    const std::lock_guard       lock{guard_};
    if (--holders_ == 0) last = std::move(itself_);
}

// -- under the lock -----------------------------------------------------------------------------------------------

dirty_core::change::~change() {
    const pid who = of_.wakeful_ && of_.has_work() ? of_.flusher_ : pid{};
    if (who) of_.wakeful_ = false;  // one message is enough
    lock_.unlock();
    if (who) of_.wake_(who);
}

bool dirty_core::has_work() const { return enough_wait() || next_to_write(false); }

dirty_link* dirty_core::next_to_write(bool due_or_not) const {
    if (auto* one = lists_.first(standing::urgent)) return one;
    auto* one = lists_.first(standing::waiting);
    return one && (due_or_not || one->since <= due_) ? one : nullptr;
}

void dirty_core::put_at_risk(dirty_link& one) {
    if (one.stands == standing::refused) return lists_.move(one, standing::mended);
    if (one.stands != standing::on_disk && one.stands != standing::writing) return;
    one.since = clock_.stamp();
    lists_.move(one, standing::waiting);
}

void dirty_core::put_into_batch(dirty_link& one) {
    in_batch_ = std::min(in_batch_, one.since);
    lists_.move(one, standing::writing);
}

// The rows of a batch come back youngest first: each goes before those that are there.
void dirty_core::put_back(dirty_link& one, std::uint64_t since, bool urgent) noexcept {
    one.since = since;
    urgent    = urgent || one.stands == standing::urgent;
    lists_.move(one, urgent ? standing::urgent : standing::waiting, dirty_lists::end::front);
}

void dirty_core::set_erased(dirty_link& one, bool to) noexcept {
    erased_    = erased_ - one.erased + to;
    one.erased = to;
}

void dirty_core::set_rejected(dirty_link& one, bool to) noexcept {
    rejected_    = rejected_ - one.rejected + to;
    one.rejected = to;
}

// -- a batch's ----------------------------------------------------------------------------------------------------

void dirty_core::begin_batch() {
    const std::lock_guard lock{guard_};
    under_way_ = true;
}

void dirty_core::batch_was_written(std::size_t rows) {
    const std::lock_guard lock{guard_};
    problem_.clear();
    if (rows == 0) return;
    written_ += rows;
    ++batches_;
}

void dirty_core::end_batch() noexcept {
    from<void> told;
    {
        const std::lock_guard lock{guard_};
        under_way_ = false;
        in_batch_  = UINT64_MAX;
        std::swap(told, waits_for_batch_);
    }
    told.reply();
}

std::string refusals::report(std::string_view table) const {
    const auto more = news - told.size();
    return fmt::format("rows of {} that are refused, and left until they change: {}{}", table, fmt::join(told, ", "),
                       more > 0 ? fmt::format(", and {} more", more) : "");
}

}  // namespace half::detail
