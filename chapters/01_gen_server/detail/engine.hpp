// The engine of a runtime: who runs when, on which thread, and what time it is.
//
// How a process gets to run
//   1. Mail arrives at an idle process: deliver() makes it ready().
//   2. On a worker, it goes into the worker's `next` slot (what was there goes into its ring); from anywhere else, into
//      the injector.
//   3. A *drain* is a handler on the io_context that takes processes from those queues and runs them, about 50 us long;
//      then it posts itself again behind whatever I/O is ready. There is at most one drain per worker, and none when
//      there is nothing to do: then the threads sleep in the io_context, like any Asio program.
//
// Why not post every message to Asio? Each post takes the io_context's lock: seventeen million calls a second on one
// thread, under three million on two. The queues here take a lock only for what comes from outside.
//
// In a simulated runtime there are no threads: ready processes wait in a list, and a seeded draw picks the next.
#pragma once

#include <01_gen_server/detail/blocking_pool.hpp>
#include <01_gen_server/detail/injector.hpp>
#include <01_gen_server/detail/slots.hpp>
#include <01_gen_server/detail/worker.hpp>
#include <01_gen_server/runtime.hpp>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>

#include <condition_variable>
#include <memory>
#include <random>
#include <thread>

namespace half::detail {

class engine {
public:
    engine(runtime_options options, std::optional<std::uint64_t> seed);
    ~engine();
    engine(const engine&)            = delete;
    engine& operator=(const engine&) = delete;

    // Ends everything; false when something had to be left behind, and then this object must stay.
    bool stop();

    // -- processes ------------------------------------------------------------------------------------------------
    process& new_process();
    void     take_back(process& ended, worker& here) noexcept;  // its slot may be let again
    void     take_back_unborn(process& unborn) noexcept;
    void     process_ended() noexcept { live_.fetch_sub(1, std::memory_order_relaxed); }
    template <class F>
    void each_process(F&& f);

    // -- scheduling -----------------------------------------------------------------------------------------------
    void ready(process* p) noexcept;
    void ready_chain(process* first, process* last, int count) noexcept;

    // -- time -----------------------------------------------------------------------------------------------------
    std::uint64_t now_ns() const noexcept;
    std::uint64_t now_ms() const noexcept { return coarse_ms_.load(std::memory_order_relaxed); }  // a few ms behind
    void          hang(timer_node& timer, worker& here);
    void          note_time(std::uint64_t ns) noexcept;

    // -- the simulation -------------------------------------------------------------------------------------------
    bool simulated() const { return seed_.has_value(); }
    void settle();
    void advance(std::uint64_t ns);
    void wait_for(latch& finished);
    void end_now(pid who);                       // between two turns of a simulation
    void refuse_inside(const char* what) const;  // throws where waiting would block a worker

    // -- the rest -------------------------------------------------------------------------------------------------
    void                     tell(report r) noexcept;
    std::vector<std::string> recent_of(pid who) const;
    statistics               stats() const;
    void                     submit(std::shared_ptr<blocking_job> job);

    std::atomic<int> unfinished_io{0};  // dead processes whose operations are still being cancelled
    asio::io_context io;
    std::mutex       watch_guard;  // held by the watchdog while it leaves a process behind

private:
    struct thread_slot {
        std::thread       thread;
        std::atomic<bool> done{false};
    };
    struct watched {
        std::uint64_t                         messages = 0;
        std::chrono::steady_clock::time_point last_look{};
        std::chrono::nanoseconds              held{0};  // how long the same message has been seen
        bool                                  reported = false;
        bool                                  stuck    = false;  // the same message as at the last look
    };

    worker&  add_worker();
    void     add_thread();
    void     serve(thread_slot& mine);
    void     drain(worker& here);
    process* find_work(worker& here);
    void     activate() noexcept;
    void     inject(process* first, process* last, int count) noexcept;
    void     to_ring(worker& here, process* p) noexcept;
    void     rescue(worker& from) noexcept;

    void watch();
    void look_at(worker& w, watched& seen);
    void leave_behind(worker& w, process& p, std::uint32_t life, std::chrono::milliseconds held);

    void          set_alarm(std::uint64_t tick);
    void          on_alarm();
    void          fire(locked_wheel& wheel, std::uint64_t to, std::uint64_t& next);
    std::uint64_t tick_now() const noexcept { return now_ns() / 1'000'000; }

    bool               step();
    std::string        who_waits();
    void               end_all();
    void               leave_the_stuck_behind();
    void               release_slots();
    static std::string server_name(const process& p);

    static constinit thread_local const engine* thread_of_;  // whose thread this is, in or out of a turn

    runtime_options              options_;
    std::optional<std::uint64_t> seed_;

    // Workers are added, never removed; others walk the array while it grows.
    static constexpr std::size_t                         workers_at_most = 512;
    std::array<std::unique_ptr<worker>, workers_at_most> workers_;
    std::atomic<std::size_t>                             worker_count_{0};
    alignas(64) std::atomic<int> active_{0};  // drains that are posted or run
    std::atomic<int> stuck_{0};               // of these, how many hang in a long handler
    int              wanted_ = 0;
    injector         injected_;

    std::mutex                                                                threads_guard_;
    std::vector<std::unique_ptr<thread_slot>>                                 threads_;
    std::optional<asio::executor_work_guard<asio::io_context::executor_type>> work_;
    std::atomic<bool>                                                         stopping_{false};

    std::mutex               slots_guard_;
    std::vector<slot_chunk*> chunks_;
    process*                 free_slots_ = nullptr;
    std::atomic<std::size_t> live_{0};

    std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
    alignas(64) std::atomic<std::uint64_t> coarse_ms_{0};
    std::mutex                 alarm_guard_;
    asio::steady_timer         alarm_{io};
    std::atomic<std::uint64_t> alarm_at_{UINT64_MAX};

    std::thread              watchdog_;
    std::mutex               watchdog_guard_;
    std::condition_variable  watchdog_bell_;
    std::atomic<bool>        watchdog_sleeps_{false};
    std::vector<watched>     seen_;
    std::atomic<std::size_t> left_behind_{0};

    blocking_pool blocking_;

    // The simulation's own.
    std::uint64_t         virtual_ns_ = 0;
    std::mt19937_64       draw_;
    std::vector<process*> runnable_;
};

template <class F>
void engine::each_process(F&& f) {
    std::vector<slot_chunk*> chunks;
    {
        std::lock_guard lock{slots_guard_};
        chunks = chunks_;
    }
    for (auto* chunk : chunks)
        for (auto& p : chunk->slots)
            if (p.generation.load(std::memory_order_acquire) % 2) f(p);
}

}  // namespace half::detail
