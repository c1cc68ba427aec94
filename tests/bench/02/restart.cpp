// A child is killed, its supervisor starts it again, and it answers: how long that takes.
#include "mortal.hpp"

#include <latch>

namespace {

// Kills the child, waits for its next life and asks that one something; then it is its turn.
struct killer {
    using child = bench::mortal<killer>;
    struct born {
        half::ref<child> who;
    };

    std::int64_t               left;
    std::latch&                done;
    std::vector<std::int64_t>& took;
    std::int64_t               killed_ns = 0;

    half::task<> handle(born m) {
        if (killed_ns) {
            co_await m.who.call(child::get{});
            took.push_back(bench::now_ns() - killed_ns);
        }
        if (left-- > 0) {
            killed_ns = bench::now_ns();
            half::kill(m.who);
        } else {
            done.count_down();
        }
    }
};

}  // namespace

int main() {
    const auto                warm = bench::scaled(200), times = bench::scaled(5000);
    half::runtime             runtime{{.on_report = [](const half::report&) {}}};
    std::latch                done{1};
    std::vector<std::int64_t> took;

    const auto watcher = runtime.start(killer{warm + times, done, took});
    const auto parent  = runtime.start(bench::mortals_of(watcher));
    runtime.call(parent, bench::mortals<killer>::start_child{1}).value();
    done.wait();
    took.erase(took.begin(), took.begin() + warm);
    bench::report_percentiles("restart", took);
    bench::leave();
}
