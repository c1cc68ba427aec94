// One process broadcasts to 1,000, to 10,000 and to 100,000 subscribers; how many messages arrive per second.
#include "../measure.hpp"

#include <03_registry/pubsub.hpp>

#include <latch>

namespace {

struct seen {
    half::pid    pet;
    std::int32_t age, hunger;
};

using sightings = half::pubsub<seen>;

struct subscriber {
    sightings    all;
    std::latch&  ready;
    std::latch&  over;
    std::int64_t left;  // to hear

    void init(half::self<subscriber> self) {
        all.subscribe(self, "pets");
        ready.count_down();
    }
    void handle(seen) {
        if (--left == 0) over.count_down();
    }
};

struct publisher {
    struct go {
        std::int64_t times;
    };

    sightings all;

    void handle(go m, half::self<publisher> self) {
        all.broadcast("pets", seen{self, 1, 50});
        if (m.times > 1) self.cast(go{m.times - 1});  // behind whoever else wants to run
    }
};

void measure(half::runtime& runtime, const char* name, std::int64_t subscribers, std::int64_t times) {
    const sightings                    all;
    std::latch                         ready{subscribers}, over{subscribers};
    std::vector<half::ref<subscriber>> everybody;
    for (std::int64_t i = 0; i < subscribers; ++i)
        everybody.push_back(runtime.spawn(subscriber{all, ready, over, times}));
    ready.wait();

    const auto             first = runtime.start(publisher{all});
    const bench::stopwatch watch;
    first.cast(publisher::go{times});
    over.wait();
    watch.report_rate(name, subscribers * times, "message");
    for (auto each : everybody) each.stop();
}

}  // namespace

int main() {
    half::runtime runtime;
    measure(runtime, "fan_out_1k", 1000, bench::scaled(1000));
    measure(runtime, "fan_out_10k", 10'000, bench::scaled(100));
    measure(runtime, "fan_out_100k", 100'000, bench::scaled(10));
    bench::leave();
}
