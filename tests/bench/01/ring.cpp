// One message goes round a thousand servers.
#include "../measure.hpp"

#include <01_gen_server/gen_server.hpp>

#include <latch>

namespace {

struct node {
    struct meet {
        half::ref<node> neighbour;
    };
    struct hop {
        std::int64_t left;
    };

    std::latch*     done;
    half::ref<node> neighbour = {};

    void handle(meet m) { neighbour = m.neighbour; }
    void handle(hop m) {
        if (m.left == 0) done->count_down();
        else neighbour.cast(hop{m.left - 1});
    }
};

}  // namespace

int main() {
    half::runtime                runtime;
    std::latch                   done{1};
    std::vector<half::ref<node>> ring;
    for (int i = 0; i < 1000; ++i) ring.push_back(runtime.start(node{&done}));
    for (std::size_t i = 0; i < ring.size(); ++i) ring[i].cast(node::meet{ring[(i + 1) % ring.size()]});

    const auto             hops = bench::scaled(10'000'000);
    const bench::stopwatch watch;
    ring[0].cast(node::hop{hops});
    done.wait();
    watch.report_rate("ring", hops, "hop");
    bench::leave();
}
