// How a runtime begins and ends, and where its processes come from.
#include <01_gen_server/detail/engine.hpp>
#include <01_gen_server/executor.hpp>

#include <algorithm>

namespace half::detail {

constinit thread_local const engine* engine::thread_of_ = nullptr;

namespace {

constexpr int slots_at_a_time = 64;

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
    const auto          before = std::exchange(thread_of_, this);
    for (bool found = true; found;) {  // again, when an end has given birth
        found = false;
        each_process([&](process& p) {
            found = true;
            p.die(exit_reason::shutdown("the runtime ended"), here);
        });
    }
    thread_of_ = before;
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
    auto provide = [&] {  // under slots_guard_
        if (free_slots_) return;
        auto& chunk = slot_table::lend();
        chunks_.push_back(&chunk);
        for (auto i = slot_chunk::size; i-- > 0;) {  // the lowest number on top
            auto& p = chunk.slots[i];
            p.home  = this;
            p.lives_before.store(p.generation.load(std::memory_order_relaxed), std::memory_order_relaxed);
            p.state     = free_slots_;
            free_slots_ = &p;
        }
    };

    auto*    here = worker::current();
    process* born = nullptr;
    try {
        if (here && here->home == this) {
            if (!here->free_slots) {
                std::lock_guard lock{slots_guard_};
                provide();
                here->free_slots = free_slots_;
                auto* last       = free_slots_;
                for (here->free_count = 1; last->state && here->free_count < slots_at_a_time; ++here->free_count)
                    last = static_cast<process*>(last->state);
                free_slots_ = static_cast<process*>(std::exchange(last->state, nullptr));
            }
            born = take(here->free_slots);
            --here->free_count;
        } else {
            std::lock_guard lock{slots_guard_};
            provide();
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
    if (auto* rare = unborn.extra.exchange(nullptr)) pool_delete(rare);
    home->process_ended();
    home->take_back_unborn(unborn);
}

void engine::take_back_unborn(process& unborn) noexcept {
    std::lock_guard lock{slots_guard_};
    unborn.state = free_slots_;
    free_slots_  = &unborn;
}

// -- reports ------------------------------------------------------------------------------------------------------

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
    if (seed_) job->run(), job->answer();
    else blocking_.submit(std::move(job));
}

}  // namespace half::detail
