#include <01_gen_server/blocking.hpp>
#include <01_gen_server/detail/engine.hpp>
#include <01_gen_server/timer.hpp>

#include <boost/asio/defer.hpp>
#include <boost/asio/post.hpp>

#include <algorithm>

namespace half::detail {

namespace {

// Which engine's thread this is, in or out of a turn.
constinit thread_local const engine* thread_of = nullptr;
// This thread's worker was left behind: when the handler that never came back does, the thread ends.
constinit thread_local bool retired = false;

constexpr int  slice                  = 64;  // messages in a turn: a flooded process gives way after these
constexpr auto drain_time_ns          = 50'000;
constexpr int  messages_between_looks = 64;  // and turns: a call is two of each
constexpr int  worth_a_thread  = 4;  // waking an idle core costs 15 to 20 us; fewer ready processes are not worth it
constexpr int  slots_at_a_time = 64;
constexpr auto watch_period    = std::chrono::milliseconds{5};

unsigned workers_wanted(const runtime_options& o) {
    return o.workers ? o.workers : std::max(1u, std::thread::hardware_concurrency());
}

}  // namespace

// -- beginning and end --------------------------------------------------------------------------------------------

engine::engine(runtime_options options, std::optional<std::uint64_t> seed)
    : io(static_cast<int>(workers_wanted(options))),
      options_{std::move(options)},
      seed_{seed},
      wanted_{static_cast<int>(seed ? 1 : workers_wanted(options_))},
      blocking_{options_.blocking_threads, options_.blocking_line} {
    if (static_cast<std::size_t>(wanted_) > workers_at_most / 2)
        throw std::invalid_argument{
            fmt::format("runtime_options::workers is {}; at most {} are possible", wanted_, workers_at_most / 2)};
    for (int i = 0; i < wanted_; ++i) add_worker();
    if (seed_) {
        draw_.seed(*seed_);
        return;
    }
    work_.emplace(io.get_executor());
    for (int i = 0; i < wanted_; ++i) add_thread();
    watchdog_ = std::thread{[this] { watch(); }};
}

engine::~engine() = default;

bool engine::stop() {
    const auto deadline = std::chrono::steady_clock::now() + options_.stop_deadline;
    bool       clean    = true;

    stopping_.store(true, std::memory_order_seq_cst);
    if (watchdog_.joinable()) {
        {
            std::lock_guard lock{watchdog_guard_};
            watchdog_bell_.notify_all();
        }
        watchdog_.join();
    }
    io.stop();
    for (auto& t : threads_) {
        while (!t->done.load(std::memory_order_acquire) && std::chrono::steady_clock::now() < deadline)
            std::this_thread::sleep_for(std::chrono::microseconds{50});
        if (t->done.load(std::memory_order_acquire)) t->thread.join();
        else {
            t->thread.detach();  // its handler never came back
            clean = false;
        }
    }
    if (!clean) leave_the_stuck_behind();
    end_all();
    clean = blocking_.stop(deadline) && clean;
    if (!clean) return false;

    release_slots();
    // Operations of dead processes complete as cancelled, and let go of what they held.
    io.restart();
    while (unfinished_io.load(std::memory_order_acquire) > 0 && std::chrono::steady_clock::now() < deadline)
        io.run_one_for(std::chrono::milliseconds{10});
    return true;
}

void engine::leave_the_stuck_behind() {
    for (std::size_t i = 0; i < worker_count_.load(std::memory_order_relaxed); ++i) {
        auto& w = *workers_[i];
        auto* p = w.running.load(std::memory_order_acquire);
        if (!p || w.abandoned.load(std::memory_order_relaxed)) continue;
        const auto life = p->generation.load(std::memory_order_acquire);
        if (life % 2) leave_behind(w, *p, life, options_.stop_deadline);
    }
}

// Nobody runs any more: this thread ends all that is left, in the place of a worker.
void engine::end_all() {
    worker              here{*this};
    const worker::scope scope{here};
    const auto          before = std::exchange(thread_of, this);
    for (bool found = true; found;) {  // again, when an end has given birth
        found = false;
        each_process([&](process& p) {
            found = true;
            p.die(exit_reason::shutdown("the runtime ended"), here);
        });
    }
    thread_of = before;
}

void engine::release_slots() {
    worker              here{*this};
    const worker::scope scope{here};
    for (auto* chunk : chunks_) {
        for (auto& p : chunk->slots) {
            p.refuse_all(here, {no_answer::no_such_process});
            p.incoming.reset();
            p.home  = nullptr;
            p.state = nullptr;
        }
        slot_table::hand_back(*chunk);
    }
    chunks_.clear();
}

// -- processes ----------------------------------------------------------------------------------------------------

process& engine::new_process() {
    if (live_.fetch_add(1, std::memory_order_relaxed) >= options_.max_processes) {
        live_.fetch_sub(1, std::memory_order_relaxed);
        throw too_many_processes{options_.max_processes};
    }
    auto take = [](process*& list) {
        auto* p  = list;
        list     = static_cast<process*>(p->state);
        p->state = nullptr;
        return p;
    };
    auto refill = [&](process*& list, int& count) {  // under slots_guard_
        if (!free_slots_) {
            auto& chunk = slot_table::lend();
            chunks_.push_back(&chunk);
            for (auto i = slot_chunk::size; i-- > 0;) {  // the lowest number on top
                auto& p     = chunk.slots[i];
                p.home      = this;
                p.state     = free_slots_;
                free_slots_ = &p;
            }
        }
        while (free_slots_ && count < slots_at_a_time) {
            auto* p  = take(free_slots_);
            p->state = list;
            list     = p;
            ++count;
        }
    };

    auto*    here = worker::current();
    process* born = nullptr;
    try {
        if (here && here->home == this) {
            if (!here->free_slots) {
                std::lock_guard lock{slots_guard_};
                refill(here->free_slots, here->free_count);
            }
            born = take(here->free_slots);
            --here->free_count;
        } else {
            std::lock_guard lock{slots_guard_};
            int             count = 0;
            process*        list  = nullptr;
            if (!free_slots_) refill(list, count);
            while (list) {
                auto* p     = take(list);
                p->state    = free_slots_;
                free_slots_ = p;
            }
            born = take(free_slots_);
        }
    } catch (...) {
        live_.fetch_sub(1, std::memory_order_relaxed);
        throw;
    }
    born->generation.store(born->generation.load(std::memory_order_relaxed) + 1, std::memory_order_release);
    return *born;
}

void engine::take_back(process& ended, worker& here) noexcept {
    ended.state     = here.free_slots;
    here.free_slots = &ended;
    if (++here.free_count < 2 * slots_at_a_time) return;
    std::lock_guard lock{slots_guard_};
    while (here.free_count > slots_at_a_time) {
        auto* p         = here.free_slots;
        here.free_slots = static_cast<process*>(p->state);
        p->state        = free_slots_;
        free_slots_     = p;
        --here.free_count;
    }
}

process& new_process(engine& home) { return home.new_process(); }

void give_up(process& unborn) noexcept {
    auto* home = unborn.home;
    unborn.generation.fetch_add(1, std::memory_order_release);
    if (auto* limited = unborn.bounded.exchange(nullptr)) {
        limited->close({no_answer::no_such_process});
        limited->hand_back();
    }
    home->process_ended();
    home->take_back_unborn(unborn);
}

void engine::take_back_unborn(process& unborn) noexcept {
    std::lock_guard lock{slots_guard_};
    unborn.state = free_slots_;
    free_slots_  = &unborn;
}

// -- the queues ---------------------------------------------------------------------------------------------------

void injector::push(process* first, process* last, int count) {
    std::lock_guard lock{guard_};
    last->next_ready                     = nullptr;
    (last_ ? last_->next_ready : first_) = first;
    last_                                = last;
    size_.fetch_add(count, std::memory_order_seq_cst);
}

process* injector::pop() {
    if (size() == 0) return nullptr;
    std::lock_guard lock{guard_};
    auto*           p = first_;
    if (!p) return nullptr;
    first_ = p->next_ready;
    if (!first_) last_ = nullptr;
    size_.fetch_sub(1, std::memory_order_relaxed);
    return p;
}

process* injector::pop_share(run_ring& ring, unsigned workers) {
    const int waiting = size();
    if (waiting == 0) return nullptr;
    std::lock_guard lock{guard_};
    auto*           first = first_;
    if (!first) return nullptr;
    first_    = first->next_ready;
    int taken = 1;
    for (const int share = std::min(waiting / static_cast<int>(workers) + 1, 128); first_ && taken < share; ++taken) {
        auto* next = first_->next_ready;
        if (!ring.push(first_)) break;
        first_ = next;
    }
    if (!first_) last_ = nullptr;
    size_.fetch_sub(taken, std::memory_order_relaxed);
    return first;
}

void engine::ready(process* p) noexcept {
    if (seed_) return runnable_.push_back(p);
    auto* here = worker::current();
    if (!here || here->home != this) return inject(p, p, 1);
    // Only this worker fills `next`; the watchdog only empties it. So an empty one stays empty until we fill it.
    if (!here->next.load(std::memory_order_relaxed)) return here->next.store(p, std::memory_order_release);
    if (auto* displaced = here->next.exchange(p, std::memory_order_acq_rel)) to_ring(*here, displaced);
}

void engine::ready_chain(process* first, process* last, int count) noexcept {
    if (!seed_) return inject(first, last, count);
    for (auto* p = first;; p = p->next_ready) {
        runnable_.push_back(p);
        if (p == last) return;
    }
}

void engine::inject(process* first, process* last, int count) noexcept {
    injected_.push(first, last, count);
    // An I/O handler on one of our own threads: while somebody drains (and does not hang in a long handler), what it
    // readied is polled first in the next drain.
    if (thread_of != this || active_.fetch_add(0, std::memory_order_acq_rel) <= stuck_.load(std::memory_order_relaxed)
        || injected_.size() > worth_a_thread)
        activate();
}

void engine::to_ring(worker& here, process* p) noexcept {
    if (!here.ring.push(p)) {  // full: half of it goes where everybody looks
        process *first = nullptr, *last = nullptr;
        int      count = 0;
        for (; count < 128; ++count) {
            auto* moved = here.ring.pop();
            if (!moved) break;
            (last ? last->next_ready : first) = moved;
            last                              = moved;
        }
        if (count) injected_.push(first, last, count);
        if (!here.ring.push(p)) injected_.push(p, p, 1);
    }
    if (here.ring.size() > worth_a_thread) activate();
}

// Starts one more drain if a worker is free. The increment by nothing orders it after the push that called for it: a
// drain that is just ending either sees that push or is seen to have ended here.
void engine::activate() noexcept {
    if (active_.fetch_add(0, std::memory_order_acq_rel) >= wanted_) return;
    const auto count = worker_count_.load(std::memory_order_acquire);
    for (std::size_t i = 0; i < count; ++i) {
        auto& w    = *workers_[i];
        bool  free = false;
        if (w.abandoned.load(std::memory_order_relaxed) || w.draining.load(std::memory_order_relaxed)) continue;
        if (!w.draining.compare_exchange_strong(free, true)) continue;
        // If nobody else is at work, a handler that woke the first process runs it next, on its own thread.
        const bool first = active_.fetch_add(1, std::memory_order_acq_rel) == 0;
        if (first && thread_of == this) asio::defer(io, [this, &w] { drain(w); });
        else asio::post(io, [this, &w] { drain(w); });
        if (watchdog_sleeps_.exchange(false, std::memory_order_acq_rel)) watchdog_bell_.notify_one();
        return;
    }
}

process* engine::find_work(worker& here) {
    if (++here.ticks % 61 == 0)
        if (auto* p = injected_.pop()) return p;
    // `next` again and again would starve the ring: two processes that talk to each other must not own a core.
    if (here.streak < 16 && here.next.load(std::memory_order_relaxed))
        if (auto* p = here.next.exchange(nullptr, std::memory_order_acq_rel)) {
            ++here.streak;
            return p;
        }
    here.streak = 0;
    if (auto* p = here.ring.pop()) return p;
    if (here.next.load(std::memory_order_relaxed))
        if (auto* p = here.next.exchange(nullptr, std::memory_order_acq_rel)) return p;
    if (auto* p = injected_.pop_share(here.ring, static_cast<unsigned>(wanted_))) return p;

    // Steal half of somebody's ring.
    const auto count = worker_count_.load(std::memory_order_acquire);
    for (std::size_t i = 0; i < count; ++i) {
        auto& other = *workers_[i];
        if (&other == &here) continue;
        process* first = nullptr;
        for (auto want = (other.ring.size() + 1) / 2; want > 0; --want) {
            auto* p = other.ring.pop();
            if (!p) break;
            if (!first) first = p;
            else if (!here.ring.push(p)) {
                injected_.push(p, p, 1);
                break;
            }
        }
        if (first) return first;
    }
    return nullptr;
}

void engine::drain(worker& here) {
    if (stopping_.load(std::memory_order_relaxed)) return;  // what is left is ended by stop()
    {
        const worker::scope scope{here};
        auto                until = now_ns();
        note_time(until);
        until += drain_time_ns;
        // The clock is read after so many messages, not turns: a turn may be one message or a whole slice.
        const auto done = [&](int turns) {
            return here.messages.load(std::memory_order_relaxed) + static_cast<unsigned>(turns);
        };
        auto look = done(0) + messages_between_looks;
        for (int turns = 0;; ++turns) {
            if (done(turns) >= look) {
                look           = done(turns) + messages_between_looks;
                const auto now = now_ns();
                note_time(now);
                if (now >= until) break;
            }
            auto* p = turns == 0 ? injected_.pop() : nullptr;  // what I/O made ready goes first in every drain
            if (!p) p = find_work(here);
            if (p) {
                const auto left = p->run(here, slice);
                here.running.store(nullptr, std::memory_order_relaxed);
                if (here.abandoned.load(std::memory_order_acquire)) {  // it came back after all
                    if (left == process::outcome::more) injected_.push(p, p, 1);
                    retired   = true;
                    thread_of = nullptr;
                    rescue(here);
                    return activate();
                }
                if (left == process::outcome::more) to_ring(here, p);
                continue;
            }
            // Nothing to do. Whoever pushes after this sees a free worker; what was pushed before is looked for once more.
            here.draining.store(false, std::memory_order_release);
            active_.fetch_sub(1, std::memory_order_acq_rel);
            bool more = injected_.size() > 0;
            for (std::size_t i = 0, n = worker_count_.load(std::memory_order_acquire); i < n && !more; ++i)
                more = workers_[i]->ring.size() > 0;
            if (more) activate();
            return;
        }
        if (here.ring.size() > 0) activate();  // it had to wait a whole drain: worth a thread
    }
    asio::defer(io, [this, &here] { drain(here); });  // behind the I/O that is ready; wakes nobody
}

// -- threads ------------------------------------------------------------------------------------------------------

worker& engine::add_worker() {
    const auto i = worker_count_.load(std::memory_order_relaxed);
    workers_[i]  = std::make_unique<worker>(*this);
    worker_count_.store(i + 1, std::memory_order_release);
    return *workers_[i];
}

void engine::add_thread() {
    std::lock_guard lock{threads_guard_};
    auto&           mine = *threads_.emplace_back(std::make_unique<thread_slot>());
    mine.thread          = std::thread{[this, &mine] { serve(mine); }};
}

void engine::serve(thread_slot& mine) {
    thread_of = this;
    while (!retired && !stopping_.load(std::memory_order_relaxed)) io.run_one();
    // What the handlers of this thread deferred is in the io_context's queue, but nobody was woken for it: Asio counted on
    // this thread.
    if (retired) asio::post(io, [] {});
    mine.done.store(true, std::memory_order_release);
}

// -- time ---------------------------------------------------------------------------------------------------------

// Everybody reads this clock and every drain sets it: written only when it moves, its cache line stays with the readers.
void engine::note_time(std::uint64_t ns) noexcept {
    const auto ms = ns / 1'000'000;
    if (coarse_ms_.load(std::memory_order_relaxed) != ms) coarse_ms_.store(ms, std::memory_order_relaxed);
}

std::uint64_t engine::now_ns() const noexcept {
    if (seed_) return virtual_ns_;
    return static_cast<std::uint64_t>(std::chrono::nanoseconds{std::chrono::steady_clock::now() - start_}.count());
}

void engine::hang(timer_node& timer, worker& here) {
    const auto tick = (timer.due + 999'999) / 1'000'000;  // never early
    timer.hangs_in  = &here.wheel;
    {
        std::lock_guard lock{here.wheel.guard};
        here.wheel.timers.arm(timer, tick, tick_now());
    }
    if (!seed_ && tick < alarm_at_.load(std::memory_order_relaxed)) asio::post(io, [this, tick] { set_alarm(tick); });
}

// One steady_timer rings for all wheels.
void engine::set_alarm(std::uint64_t tick) {
    std::lock_guard lock{alarm_guard_};
    if (tick >= alarm_at_.load(std::memory_order_relaxed)) return;
    alarm_at_.store(tick, std::memory_order_relaxed);
    alarm_.expires_at(start_ + std::chrono::milliseconds{tick});
    alarm_.async_wait([this](boost::system::error_code error) {
        if (!error) on_alarm();
    });
}

void engine::on_alarm() {
    {
        std::lock_guard lock{alarm_guard_};
        alarm_at_.store(UINT64_MAX, std::memory_order_relaxed);
    }
    const auto    now  = tick_now();
    std::uint64_t next = UINT64_MAX;
    note_time(now * 1'000'000);
    for (std::size_t i = 0, n = worker_count_.load(std::memory_order_acquire); i < n; ++i)
        fire(workers_[i]->wheel, now, next);
    if (next != UINT64_MAX) set_alarm(std::max(next, now + 1));
}

void engine::fire(locked_wheel& wheel, std::uint64_t to, std::uint64_t& next) {
    wheel_link* due = nullptr;
    {
        std::lock_guard lock{wheel.guard};
        due = wheel.timers.advance(to);
        if (auto soonest = wheel.timers.next()) next = std::min(next, *soonest);
    }
    process *first = nullptr, *last = nullptr;
    int      count = 0;
    while (due) {
        auto* timer  = static_cast<timer_node*>(due);
        due          = due->after;
        auto* target = timer->target;
        if (!target->incoming.push(timer)) continue;
        (last ? last->next_ready : first) = target;
        last                              = target;
        ++count;
    }
    if (count) ready_chain(first, last, count);
}

// -- the simulation -----------------------------------------------------------------------------------------------

bool engine::step() {
    if (runnable_.empty()) return false;
    const auto pick = draw_() % runnable_.size();
    auto*      p    = std::exchange(runnable_[pick], runnable_.back());
    runnable_.pop_back();
    worker&             here = *workers_[0];
    const worker::scope scope{here};
    const auto          left = p->run(here, 1);  // one message: every order that can happen, may
    here.running.store(nullptr, std::memory_order_relaxed);
    if (left == process::outcome::more) runnable_.push_back(p);
    return true;
}

void engine::settle() {
    refuse_inside("settle()");
    constexpr std::uint64_t too_many = 100'000'000;
    for (std::uint64_t turns = 0; step(); ++turns)
        if (turns == too_many)
            throw std::logic_error{
                "settle() ran a hundred million messages and there is more to do: do two processes talk for ever?"};
}

void engine::advance(std::uint64_t ns) {
    refuse_inside("advance()");
    const auto until = virtual_ns_ + ns;
    settle();
    for (auto& wheel = workers_[0]->wheel;;) {
        const auto next = wheel.timers.next();
        if (!next || *next * 1'000'000 > until) break;
        virtual_ns_ = std::max(virtual_ns_, *next * 1'000'000);
        note_time(virtual_ns_);
        std::uint64_t unused = 0;
        fire(wheel, *next, unused);
        settle();
    }
    virtual_ns_ = until;
    note_time(virtual_ns_);
}

void engine::refuse_inside(const char* what) const {
    if (worker::current() || thread_of == this)
        throw std::logic_error{
            fmt::format("{} of a runtime waits, and inside a process nothing may: let the handler be a "
                        "task and co_await",
                        what)};
}

void engine::wait_for(latch& finished) {
    if (!seed_) return finished.wait();
    while (!finished.done()) {
        if (step()) continue;
        const auto next = workers_[0]->wheel.timers.next();
        if (!next) throw nothing_left_to_do{who_waits()};
        advance(std::max(*next * 1'000'000, virtual_ns_) - virtual_ns_);
    }
}

std::string engine::who_waits() {
    std::string who;
    each_process([&](process& p) {
        if (!p.handler) return;
        who += fmt::format("{}{} {}", who.empty() ? "" : ", ", p.id(), p.kind() ? p.kind()->name : "?");
    });
    return who;
}

// -- the watchdog: looks at the workers from outside ----------------------------------------------------------------

void engine::watch() {
    std::unique_lock lock{watchdog_guard_};
    while (!stopping_.load(std::memory_order_relaxed)) {
        if (active_.load(std::memory_order_acquire) == 0) {
            watchdog_sleeps_.store(true, std::memory_order_release);
            watchdog_bell_.wait_for(lock, std::chrono::seconds{1});
            watchdog_sleeps_.store(false, std::memory_order_release);
        } else {
            watchdog_bell_.wait_for(lock, watch_period);
        }
        note_time(now_ns());
        const auto count = worker_count_.load(std::memory_order_acquire);
        seen_.resize(count);
        for (std::size_t i = 0; i < count; ++i) look_at(*workers_[i], seen_[i]);
    }
}

void engine::look_at(worker& w, watched& seen) {
    if (w.abandoned.load(std::memory_order_relaxed)) return rescue(w);  // what its handler still sends
    const auto now      = std::chrono::steady_clock::now();
    auto*      p        = w.running.load(std::memory_order_acquire);
    const auto messages = w.messages.load(std::memory_order_relaxed);
    if (!p || messages != seen.messages) {
        if (seen.stuck) stuck_.fetch_sub(1, std::memory_order_relaxed);
        seen = {messages, now, {}, false, false};
        return;
    }
    // The same message as last time: whoever waits behind it goes to another worker.
    if (!std::exchange(seen.stuck, true)) stuck_.fetch_add(1, std::memory_order_relaxed);
    rescue(w);
    // A look that comes late says that the machine was busy, not that the handler was.
    seen.held += std::min<std::chrono::nanoseconds>(now - seen.last_look, 2 * watch_period);
    seen.last_look  = now;
    const auto held = std::chrono::duration_cast<std::chrono::milliseconds>(seen.held);
    const auto life = p->generation.load(std::memory_order_acquire);
    const auto last = w.message.load(std::memory_order_relaxed);
    if (held >= options_.long_handler && !seen.reported) {
        seen.reported = true;
        const pid who{0, p->slot, life};
        tell({report::kind::long_handler,
              who,
              server_name(*p),
              last ? std::string{last->name} : "",
              {},
              held,
              recent_of(who)});
    }
    const auto doomed = p->doomed.load(std::memory_order_relaxed);
    if (life % 2 == 0 || doomed >> 32 != life || held < 2 * watch_period) return;
    const auto since = static_cast<std::int32_t>(now_ms() - static_cast<std::uint32_t>(doomed));
    if (since >= options_.kill_deadline.count()) leave_behind(w, *p, life, held);
}

// Gives what waits in a worker's queue to the others.
void engine::rescue(worker& from) noexcept {
    if (auto* p = from.next.exchange(nullptr, std::memory_order_acq_rel)) injected_.push(p, p, 1);
    if (from.abandoned.load(std::memory_order_relaxed))
        while (auto* p = from.ring.pop()) injected_.push(p, p, 1);
    if (injected_.size() > 0 || from.ring.size() > 0) activate();
}

void engine::leave_behind(worker& w, process& p, std::uint32_t life, std::chrono::milliseconds held) {
    std::lock_guard whole{watch_guard};
    const pid       who{0, p.slot, life};
    const auto      name = server_name(p);
    if (!p.generation.compare_exchange_strong(life, life + 1, std::memory_order_acq_rel)) return;  // it has just ended
    process_ended();
    left_behind_.fetch_add(1, std::memory_order_relaxed);
    p.tell_hooks(who, exit_reason::killed());
    // Callers need not wait for their deadlines. (What the process had already taken in is its own, and is refused when its
    // handler comes back; so are its timers and signals, which go back into the mailbox.)
    const no_answer why{no_answer::died, exit_reason::killed()};
    if (auto* limited = p.bounded.load(std::memory_order_acquire)) limited->close(why);
    for (auto* letter = p.incoming.take_all(); letter;) {
        auto* next = letter->next;
        if (letter->kind->asks) letter->kind->refuse(letter, why);
        else p.incoming.push(letter);
        letter = next;
    }
    const auto last = w.message.load(std::memory_order_relaxed);
    w.abandoned.store(true, std::memory_order_release);
    active_.fetch_sub(1, std::memory_order_acq_rel);  // its drain will not end
    stuck_.fetch_sub(1, std::memory_order_relaxed);
    if (!stopping_.load(std::memory_order_relaxed) && worker_count_.load(std::memory_order_relaxed) < workers_at_most) {
        add_worker();
        add_thread();
    }
    rescue(w);
    activate();
    tell({report::kind::left_behind, who, name, last ? std::string{last->name} : "", exit_reason::killed(), held,
          recent_of(who)});
}

// -- the rest -----------------------------------------------------------------------------------------------------

std::string engine::server_name(const process& p) {
    // The name is a constant of the type; the process that is looked at is stuck in a handler and does not change it.
    const auto* kind = p.is.load(std::memory_order_relaxed);
    return kind ? std::string{kind->name} : std::string{"?"};
}

void engine::tell(report r) noexcept {
    try {
        if (options_.on_report) options_.on_report(r);
        else fmt::print(stderr, "{}\n", to_string(r));
    } catch (...) {  // a report that cannot be told must not end the runtime
    }
}

std::vector<std::string> engine::recent_of(pid who) const {
    std::vector<recent_messages::entry> found;
    for (std::size_t i = 0, n = worker_count_.load(std::memory_order_acquire); i < n; ++i)
        workers_[i]->recent.collect(who, found);
    std::ranges::sort(found, {}, [](const auto& each) { return std::pair{each.at, each.order}; });
    std::vector<std::string> names;
    names.reserve(found.size());
    for (auto& each : found) names.emplace_back(each.message);
    return names;
}

statistics engine::stats() const {
    statistics s;
    s.processes   = live_.load(std::memory_order_relaxed);
    s.left_behind = left_behind_.load(std::memory_order_relaxed);
    s.workers     = static_cast<std::size_t>(wanted_);
    for (std::size_t i = 0, n = worker_count_.load(std::memory_order_acquire); i < n; ++i) {
        std::lock_guard lock{workers_[i]->wheel.guard};
        s.timers += workers_[i]->wheel.timers.size();
    }
    blocking_.count(s);
    return s;
}

asio::io_context& io_of(engine& home) {
    if (home.simulated()) throw no_real_io{};
    return home.io;
}

// -- blocking work ------------------------------------------------------------------------------------------------

void submit(engine& home, std::shared_ptr<blocking_job> job) { home.submit(std::move(job)); }

void engine::submit(std::shared_ptr<blocking_job> job) {
    if (seed_) job->run();
    else blocking_.submit(std::move(job));
}

void blocking_pool::submit(std::shared_ptr<blocking_job> job) {
    auto&           all = *all_;
    std::lock_guard lock{all.guard};
    if (all.line.size() >= line_at_most_) throw blocking_pool_full{all.at_work.size(), all.line.size()};
    all.line.push_back(std::move(job));
    if (all.idle >= all.line.size()) return all.work.notify_one();
    if (all.threads == threads_at_most_) return;
    ++all.threads;
    std::thread{&blocking_pool::serve, all_}.detach();  // stop() waits for it; what never returns is left behind
}

void blocking_pool::serve(std::shared_ptr<shared> all) {
    std::unique_lock lock{all->guard};
    while (true) {
        ++all->idle;
        all->work.wait(lock, [&] { return all->stopping || !all->line.empty(); });
        --all->idle;
        if (all->stopping) break;
        auto job = std::move(all->line.front());
        all->line.pop_front();
        // The user's code, and what it owns, never runs or ends under our lock.
        const bool wanted = !job->cancelled.stop_requested();  // otherwise its process is gone
        if (wanted) all->at_work.push_back(job);
        lock.unlock();
        if (wanted) job->run();
        lock.lock();
        if (wanted) std::erase(all->at_work, job);
        ++(wanted ? all->done : all->dropped);
        lock.unlock();
        job.reset();
        lock.lock();
    }
    --all->threads;
    all->over.notify_all();
}

bool blocking_pool::stop(std::chrono::steady_clock::time_point deadline) {
    std::deque<std::shared_ptr<blocking_job>> dropped;
    std::unique_lock                          lock{all_->guard};
    all_->stopping = true;
    all_->dropped += all_->line.size();
    dropped.swap(all_->line);
    all_->work.notify_all();
    const auto at_work = all_->at_work;
    lock.unlock();
    dropped.clear();
    for (auto& job : at_work) job->cancelled.request_stop();
    lock.lock();
    return all_->over.wait_until(lock, deadline, [&] { return all_->threads == 0; });
}

void blocking_pool::count(statistics& into) const {
    std::lock_guard lock{all_->guard};
    into.blocking_running = all_->at_work.size();
    into.blocking_waiting = all_->line.size();
    into.blocking_done    = all_->done;
    into.blocking_dropped = all_->dropped;
}

}  // namespace half::detail
