#include <01_gen_server/blocking.hpp>
#include <01_gen_server/detail/engine.hpp>
#include <01_gen_server/runtime.hpp>

#include <condition_variable>
#include <mutex>

namespace half {
namespace detail {
namespace {

class thread_latch final : public latch {
public:
    bool done() const override {
        std::lock_guard lock{guard_};
        return open_;
    }
    void open() override {
        std::lock_guard lock{guard_};
        open_ = true;
        bell_.notify_all();
    }
    void wait() override {
        std::unique_lock lock{guard_};
        bell_.wait(lock, [&] { return open_; });
    }

private:
    mutable std::mutex      guard_;
    std::condition_variable bell_;
    bool                    open_ = false;
};

// A runtime whose handlers did not all come back cannot be taken apart under them. It stays, and can be found here by
// whoever looks for what was lost.
void keep_for_ever(engine* left_behind) {
    static auto* const    all = new std::vector<engine*>;
    static std::mutex     guard;
    const std::lock_guard lock{guard};
    all->push_back(left_behind);
}

void end_engine(engine* e) {
    if (e->stop()) delete e;
    else keep_for_ever(e);
}

runtime_options options_of(simulated&& s) {
    runtime_options o;
    o.workers       = 1;
    o.max_processes = s.max_processes;
    o.on_report     = std::move(s.on_report);
    return o;
}

}  // namespace

std::shared_ptr<latch> make_latch(engine& home) {
    home.refuse_inside("run() and call()");
    return std::make_shared<thread_latch>();
}
void wait_for(engine& home, latch& finished, pid script) {
    try {
        home.wait_for(finished);
    } catch (...) {
        home.end_now(script);
        throw;
    }
}

}  // namespace detail

runtime::runtime(runtime_options options)
    : engine_{new detail::engine{std::move(options), std::nullopt}, &detail::end_engine} {}
runtime::runtime(simulation what) : engine_{nullptr, &detail::end_engine} {
    const auto seed = what.options.seed;
    engine_.reset(new detail::engine{detail::options_of(std::move(what.options)), seed});
}
runtime::~runtime() = default;

time_point runtime::now() const { return time_point{duration{static_cast<std::int64_t>(engine_->now_ns())}}; }

namespace {

void only_simulated(const detail::engine& e, const char* what) {
    if (!e.simulated())
        throw std::logic_error{fmt::format("{} is for a simulated runtime; real time passes by itself", what)};
}

}  // namespace

void runtime::settle() {
    only_simulated(*engine_, "settle()");
    engine_->settle();
}

void runtime::advance(duration time) {
    only_simulated(*engine_, "advance()");
    if (time < duration::zero()) throw std::logic_error{"advance(): time does not run backwards"};
    engine_->advance(static_cast<std::uint64_t>(time.count()));
}

std::vector<pid> runtime::processes() const {
    std::vector<pid> all;
    engine_->each_process([&](detail::process& p) { all.push_back(p.id()); });
    return all;
}

std::optional<process_info> runtime::info(pid who) { return run(sys::info(who)); }
statistics                  runtime::stats() const { return engine_->stats(); }
asio::io_context&           runtime::io() { return detail::io_of(*engine_); }

no_real_io::no_real_io()
    : logic_error{
          "a simulated runtime has no real I/O: for time use self.send_after or half::sleep, for bytes a simulated "
          "transport, for rows an in-memory store"} {}

nothing_left_to_do::nothing_left_to_do(std::string who_waits)
    : logic_error{"nothing is left to do and no timer is set, so this wait would never end; waiting: "
                  + (who_waits.empty() ? std::string{"nobody"} : who_waits)} {}

blocking_pool_full::blocking_pool_full(std::size_t running, std::size_t waiting)
    : runtime_error{
          fmt::format("the pool for blocking work is full: {} running, {} waiting (runtime_options::blocking_threads, "
                      "blocking_line)",
                      running, waiting)} {}

bool alive(pid who) { return detail::process::find(who) != nullptr; }

std::string to_string(pid who) {
    // Lives are counted from when the runtime got the slot, so that the same simulated run prints the same pids again.
    const auto* slot    = who.node == 0 ? detail::slot_table::at(who.slot) : nullptr;
    const auto  earlier = slot ? slot->lives_before.load(std::memory_order_relaxed) : 0;
    const auto  before  = earlier < who.generation ? earlier : 0;
    return fmt::format("<{}.{}.{}>", who.node, who.slot, (who.generation - before + 1) / 2);
}

}  // namespace half
