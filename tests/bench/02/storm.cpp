// Ten thousand children are killed at once; how long until all of them answer again.
#include "mortal.hpp"

#include <latch>

namespace {

// Each time all children are there, it asks each of them something.
struct storm {
    using child = bench::mortal<storm>;
    struct born {
        half::ref<child> who;
    };
    struct strike {
        std::latch* all_answer;
    };

    std::int64_t                  children;
    std::latch*                   all_answer;
    std::vector<half::ref<child>> alive = {};

    half::task<> handle(born m) {
        alive.push_back(m.who);
        if (std::ssize(alive) < children) co_return;
        for (auto each : alive) co_await each.call(child::get{});
        all_answer->count_down();
    }

    void handle(strike m) {
        all_answer = m.all_answer;
        for (auto each : std::exchange(alive, {})) half::kill(each);
    }
};

}  // namespace

int main() {
    const auto    children = bench::scaled(10'000);
    half::runtime runtime{{.on_report = [](const half::report&) {}}};
    std::latch    before{1}, after{1};

    const auto watcher = runtime.start(storm{children, &before});
    const auto parent  = runtime.start(bench::mortals_of(watcher));
    for (std::int64_t i = 1; i <= children; ++i) runtime.call(parent, bench::mortals<storm>::start_child{i}).value();
    before.wait();

    const bench::stopwatch watch;
    watcher.cast(storm::strike{&after});
    after.wait();
    bench::report("storm", watch.seconds() * 1000, "ms");
    bench::report("storm_cpu", watch.cpu() * 1e9 / double(children), "ns");
    bench::leave();
}
