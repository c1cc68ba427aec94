// How long a ping takes beside eight servers that always have mail waiting.
#include "../measure.hpp"

#include <01_gen_server/gen_server.hpp>

#include <thread>

namespace {

struct server {
    struct work {};
    struct get {
        using reply = std::int64_t;
    };

    std::int64_t count = 0;

    void handle(work) {  // about 0.2 us
        volatile std::int64_t x = 0;
        for (int i = 0; i < 300; ++i) x = x + i;
        ++count;
    }
    std::int64_t handle(get) { return count; }
};

// Keeps up to 2,000 messages waiting at one server, together with three others.
struct flooder {
    half::ref<server> victim;

    half::task<> init() {
        for (;;) {
            for (int i = 0; i < 500; ++i) victim.cast(server::work{});
            co_await victim.call(server::get{}, half::forever);
        }
    }
};

struct pinger {
    struct ping {
        std::int64_t asked_ns;
    };

    half::ref<server>          callee;
    std::vector<std::int64_t>& took;
    std::atomic<bool>&         waiting;

    half::task<> handle(ping m) {
        co_await callee.call(server::get{});
        took.push_back(bench::now_ns() - m.asked_ns);
        waiting.store(false, std::memory_order_release);
    }
};

}  // namespace

int main() {
    half::runtime runtime;
    for (int i = 0; i < 8; ++i) {
        auto victim = runtime.start(server{});
        for (int k = 0; k < 4; ++k) runtime.spawn(flooder{victim});  // not start: their init never ends
    }

    std::vector<std::int64_t> took;
    std::atomic<bool>         waiting{false};
    const auto                ping    = runtime.start(pinger{runtime.start(server{}), took, waiting});
    const double              seconds = bench::divisor() > 1 ? 0.3 : 1.5;
    for (bench::stopwatch watch; watch.seconds() < seconds;) {
        std::this_thread::sleep_for(std::chrono::microseconds(200));
        if (waiting.exchange(true, std::memory_order_acquire)) continue;  // one ping at a time
        ping.cast(pinger::ping{bench::now_ns()});
    }
    while (waiting.load(std::memory_order_acquire)) std::this_thread::yield();
    bench::report_percentiles("fair_ping", took);
    bench::leave();  // the floods never end
}
