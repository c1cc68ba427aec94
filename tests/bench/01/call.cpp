// A process calls a counter, again and again: one pair, then 64 pairs at once.
#include "../measure.hpp"

#include <01_gen_server/gen_server.hpp>

#include <latch>

namespace {

struct counter {
    struct get {
        using reply = std::int64_t;
    };

    std::int64_t count = 0;

    std::int64_t handle(get) { return count; }
};

// Waits for each answer before it asks again, each time for the usual five seconds at most.
struct caller {
    struct go {
        std::int64_t calls;
        std::latch*  done;
    };

    half::ref<counter> callee;

    half::task<> handle(go m) {
        for (; m.calls > 0; --m.calls) co_await callee.call(counter::get{});
        m.done->count_down();
    }
};

void measure(half::runtime& runtime, const char* name, int pairs, std::int64_t calls) {
    std::vector<half::ref<caller>> callers;
    for (int i = 0; i < pairs; ++i) callers.push_back(runtime.start(caller{runtime.start(counter{})}));

    auto all = [&](std::int64_t n) {
        std::latch done{pairs};
        for (auto each : callers) each.cast(caller::go{n, &done});
        done.wait();
    };
    all(bench::scaled(20'000));  // the first calls make the pages and the memory they use
    const bench::stopwatch watch;
    all(calls);
    watch.report_rate(name, calls * pairs, "call");
}

}  // namespace

int main() {
    half::runtime runtime;
    measure(runtime, "call_1x1", 1, bench::scaled(2'000'000));
    measure(runtime, "call_64x64", 64, bench::scaled(40'000));
    bench::leave();
}
