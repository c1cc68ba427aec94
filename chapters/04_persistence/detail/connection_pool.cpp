#include <01_gen_server/detail/engine.hpp>
#include <02_supervisor/link.hpp>
#include <04_persistence/detail/connection_pool.hpp>
#include <04_persistence/detail/connector.hpp>
#include <04_persistence/detail/store_core.hpp>

#include <fmt/format.h>

#include <algorithm>

namespace half::detail {

namespace {

std::string in_words(duration time) {
    if (time < std::chrono::seconds{1})
        return fmt::format("{} ms", std::chrono::ceil<std::chrono::milliseconds>(time).count());
    return fmt::format("{:.3g} s", std::chrono::duration<double>(time).count());
}

stored<lease> refusal(store_error::kind why, std::string what) {
    return std::unexpected{store_error{why, std::move(what), {}}};
}

}  // namespace

//! [lease]
lease::~lease() {
    if (!what_) return;
    what_->give_up_when({});
    if (!what_->usable()) what_.reset();
    home_.cast(connection_pool::came_home{seat_, std::move(what_), unless_.stop_requested()});
}
//! [lease]

connection& lease::use(std::stop_token unless) {
    unless_ = std::move(unless);
    what_->give_up_when(unless_);
    return *what_;
}

// -- the life of the pool -------------------------------------------------------------------------------------------

void connection_pool::init(self<connection_pool> me) {
    home_ = me.here().home;
    if (home_->simulated() && !core_->data->simulated())
        throw std::logic_error{fmt::format("{} is real, and in a simulated runtime time is not: give this store a "
                                           "half::memory_database",
                                           core_->name)};
    core_->pools.add(me, core_->name).or_throw();
    if (!home_->simulated()) draw_.seed(std::random_device{}());

    const auto n     = core_->options.connections;
    const bool parts = core_->data->one_writes() && n > 1;
    for (std::size_t i = 0; i < n; ++i) seats_.push_back({.how = parts && i > 0 ? access::reads : access::writes});
    serve(me);
}

task<> connection_pool::terminate(exit_reason) {
    for (auto& line : lines_)
        for (auto& each : line) each.asker.reply(refusal(store_error::unavailable, "the store is being stopped"));
    try {
        co_await blocking([all = take_idle()]() mutable { all.clear(); });
    } catch (const blocking_pool_full&) {  // then they have been closed here
    }
}

connection_pool::~connection_pool() {
    if (!seats_.empty()) close_elsewhere(*home_, take_idle());
}

// -- what it is told --------------------------------------------------------------------------------------------------

void connection_pool::handle(borrow asked, from<stored<lease>> asker, self<connection_pool> me) {
    const auto& options = core_->options;
    auto&       line    = line_for(asked.how);
    line.push_back({std::move(asker), asked.term, me.now() + std::min(options.wait, longest_delay)});
    serve(me);
    if (in_line() <= options.line) return;

    for (auto& each : lines_) std::erase_if(each, [](auto& who) { return !alive(who.asker.caller()); });
    if (in_line() > options.line) {
        line.back().asker.reply(refusal(
            store_error::busy, fmt::format("no connection is free, and {} others wait for one", in_line() - 1)));
        line.pop_back();
    }
    tell_status(me);
}

void connection_pool::handle(came_home back, self<connection_pool> me) {
    auto&      seat = seats_[back.seat];
    const bool old  = seat.age != age_;
    seat.now        = seat::state::empty;
    seat.due.reset();
    if (back.what && !old) {
        seat.now  = seat::state::idle;
        seat.idle = std::move(back.what);
    } else if (back.what) {
        close_elsewhere(*home_, {std::move(back.what)});
    } else if (!old && !back.given_up) {
        end_age();
    }
    serve(me);
}

void connection_pool::handle(attempted attempt, self<connection_pool> me) {
    auto& seat = seats_[attempt.seat];
    if (attempt.came_to) {
        seat.now  = seat::state::idle;
        seat.age  = age_;
        seat.idle = std::move(*attempt.came_to);
        attempts_ = 0;
        pause_    = {};
        problem_.reset();
    } else {
        seat.now = seat::state::empty;
        problem_ = std::move(attempt.came_to.error());
        rest(me);
    }
    serve(me);
}

void connection_pool::handle(try_again, self<connection_pool> me) {
    resting_ = false;
    serve(me);
}

void connection_pool::handle(enough_waited, self<connection_pool> me) {
    waits_alarm_ = false;
    for (auto& line : lines_)
        for (; !line.empty() && line.front().until <= me.now(); line.pop_front())
            line.front().asker.reply(refusal(
                store_error::busy, fmt::format("no connection came free in {}", in_words(core_->options.wait))));
    serve(me);
}

// The database keeps somebody waiting who had its time. Without its connection, that one is told.
void connection_pool::handle(overdue, self<connection_pool> me) {
    loans_alarm_ = false;
    for (auto& seat : seats_) {
        if (!seat.due || *seat.due > me.now()) continue;
        seat.due.reset();
        if (auto lost = seat.lent.lock()) {
            lost->abandon();
            close_elsewhere(*home_, {std::move(lost)});  // its borrower may just have let go of it
        }
    }
    serve(me);
}

// -- what it does -----------------------------------------------------------------------------------------------------

// After everything that may have changed something.
void connection_pool::serve(self<connection_pool> me) {
    serve(access::writes, me);
    serve(access::reads, me);
    if (!any_open()) open(access::writes, me);  // one is always there, or being tried
    set_alarms(me);
    tell_status(me);
}

//! [serve]
void connection_pool::serve(access how, self<connection_pool> me) {
    auto& line = lines_[std::size_t(how)];
    for (; !line.empty(); line.pop_front()) {
        auto& next = line.front();
        if (!alive(next.asker.caller())) continue;
        auto* free = find(how, seat::state::idle);
        if (free && !free->idle->usable()) end_age(), free = nullptr;  // it broke while nobody used it
        if (free) lend(*free, next, me);
        else if (hopeless(how)) next.asker.reply(refusal(store_error::unavailable, why_hopeless(me.now())));
        else return open(how, me);
    }
}
//! [serve]

void connection_pool::lend(seat& free, waiting& to, self<connection_pool> me) {
    const auto at_most = std::min(core_->options.statement_time, longest_delay) + std::chrono::seconds{1};
    if (to.term == term::usual) free.due = me.now() + at_most;
    free.now  = seat::state::lent;
    free.lent = free.idle;
    to.asker.reply(stored<lease>{lease{me, std::size_t(&free - seats_.data()), std::move(free.idle)}});
}

void connection_pool::open(access how, self<connection_pool> me) {
    if (resting_ || count(seat::state::opening) > 0) return;
    const bool first = !any_open();
    auto*      empty = find(first ? access::writes : how, seat::state::empty);
    if (!empty) return;
    spawn_link(me, connector{core_, me, std::size_t(empty - seats_.data()), empty->how, first});
    empty->now = seat::state::opening;
    ++attempts_;
}

// Twice as long each time; where there is no hope, as long as possible.
void connection_pool::rest(self<connection_pool> me) {
    const auto longest = std::min(core_->options.retry_at_most, longest_delay);
    const auto twice   = pause_ == duration{} ? core_->options.retry : std::min(pause_, longest) * 2;
    pause_             = at_least_one_tick(problem_->why == store_error::wrong ? longest : std::min(twice, longest));
    const auto drawn   = pause_ * std::uniform_real_distribution{0.75, 1.25}(draw_);
    next_attempt_      = me.now() + std::chrono::duration_cast<duration>(drawn);
    resting_           = true;
    me.send_after(next_attempt_ - me.now(), try_again{});
}

void connection_pool::end_age() {
    ++age_;
    close_elsewhere(*home_, take_idle());
}

// All wait equally long, so an alarm that is set for the first of them is early enough for who comes later.
void connection_pool::set_alarms(self<connection_pool> me) {
    auto waits = time_point::max(), loans = time_point::max();
    for (auto& line : lines_)
        if (!line.empty()) waits = std::min(waits, line.front().until);
    for (auto& seat : seats_)
        if (seat.due) loans = std::min(loans, *seat.due);
    if (!waits_alarm_ && waits < time_point::max())
        me.send_after(waits - me.now(), enough_waited{}), waits_alarm_ = true;
    if (!loans_alarm_ && loans < time_point::max()) me.send_after(loans - me.now(), overdue{}), loans_alarm_ = true;
}

void connection_pool::tell_status(self<connection_pool> me) {
    using state    = store_status::state;
    const auto now = any_open() ? state::up : problem_ ? state::down : state::connecting;
    core_->change_status([&](store_status& status) {
        status.now         = now;
        status.lent        = count(seat::state::lent);
        status.connections = count(seat::state::idle) + status.lent;
        status.waiting     = in_line();
        status.attempts    = attempts_;
        status.retry_in    = pause_;
        status.problem     = problem_ ? problem_->what : std::string{};
    });
    if (now == state::down && !reported_)
        report(me, fmt::format("{} is down, and is tried again: {}", core_->name, to_string(*problem_)));
    if (now == state::up && reported_) report(me, fmt::format("{} is up again", core_->name));
    if (now != state::connecting) reported_ = now == state::down;
}

void connection_pool::report(self<connection_pool> me, std::string remark) const {
    home_->tell(
        {.what = half::report::kind::remark, .pid = me.id(), .server = "half::store", .remark = std::move(remark)});
}

// -- what it sees -----------------------------------------------------------------------------------------------------

connection_pool::seat* connection_pool::find(access how, seat::state now) {
    const auto found = std::ranges::find_if(seats_, [&](auto& one) { return one.how == how && one.now == now; });
    return found == seats_.end() ? nullptr : &*found;
}

std::size_t connection_pool::count(seat::state now) const {
    return std::size_t(std::ranges::count(seats_, now, &seat::now));
}

bool connection_pool::is_open(const seat& one) const {
    return one.age == age_ && (one.now == seat::state::idle || one.now == seat::state::lent);
}

bool connection_pool::any_open() const {
    return std::ranges::any_of(seats_, [&](auto& one) { return is_open(one); });
}

bool connection_pool::hopeless(access how) const {
    return problem_ && std::ranges::none_of(seats_, [&](auto& one) { return one.how == how && is_open(one); });
}

connection_pool::waiting_line& connection_pool::line_for(access how) {
    const bool parts = seats_.back().how == access::reads;
    return lines_[std::size_t(parts ? how : access::writes)];
}

std::string connection_pool::why_hopeless(time_point now) const {
    const auto left = resting_ ? next_attempt_ - now : duration{};
    return fmt::format("{} does not answer: {} ({})", core_->name, problem_->what,
                       left > duration{} ? "next attempt in " + in_words(left) : "being tried again");
}

std::vector<std::shared_ptr<connection>> connection_pool::take_idle() {
    std::vector<std::shared_ptr<connection>> all;
    for (auto& one : seats_) {
        if (one.now != seat::state::idle) continue;
        one.now = seat::state::empty;
        all.push_back(std::move(one.idle));
    }
    return all;
}

std::string connection_pool::describe() const { return to_string(core_->status()); }

// -- the other side ---------------------------------------------------------------------------------------------------

task<stored<lease>> borrow_from(std::shared_ptr<store_core> core, access how, term how_long) {
    auto got = co_await core->pool().try_call(connection_pool::borrow{how, how_long});
    if (!got && got.error() == no_answer::no_such_process)
        co_return refusal(store_error::unavailable,
                          "the store is not running: let a supervisor start it before those who use it");
    if (!got)
        co_return refusal(store_error::unavailable,
                          fmt::format("the process behind the store ended: {}", got.error().reason));

    // A database in memory takes its time here, where time is the runtime's.
    const auto takes = core->data->answer_after(), at_most = core->options.statement_time;
    if (*got && takes > duration{}) co_await sleep(std::min(takes, at_most));
    if (*got && takes > at_most)
        co_return refusal(store_error::too_late, fmt::format("it takes longer than {}", in_words(at_most)));
    co_return std::move(*got);
}

}  // namespace half::detail
