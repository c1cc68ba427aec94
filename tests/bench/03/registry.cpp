// Looks up names, out of 120,000, on one thread and on two.
#include "../measure.hpp"

#include <03_registry/registry.hpp>

#include <thread>

namespace {

struct somebody {
    half::registry<somebody> names;

    void init(half::self<somebody> self) {
        for (std::int64_t i = 1; i <= bench::names; ++i) names.add(self, bench::pet_name(i)).or_throw();
    }
};

}  // namespace

int main() {
    half::runtime                  runtime;
    const half::registry<somebody> names;
    runtime.start(somebody{names});

    const auto wanted  = bench::wanted_names();
    const auto times   = bench::scaled(3'000'000);
    const auto lookups = [&] {
        for (std::int64_t i = 0; i < times; ++i)
            if (!names.find(wanted[std::size_t(i) % wanted.size()])) std::abort();
    };
    lookups();
    {
        const bench::stopwatch watch;
        lookups();
        watch.report_rate("lookup_1t", times, "lookup");
    }
    const bench::stopwatch watch;
    std::thread            other{lookups};
    lookups();
    other.join();
    watch.report_rate("lookup_2t", 2 * times, "lookup");
    bench::leave();
}
