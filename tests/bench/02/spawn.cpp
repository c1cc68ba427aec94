// spawn [servers] supervised: one process has that many pets started by a supervisor; how long it takes, and what each
// costs while it is idle.
#include "../01/pet.hpp"

#include <02_supervisor/dynamic_supervisor.hpp>

namespace {

using kennel = half::dynamic_supervisor<bench::pet, std::int64_t>;

// Has pets started one after the other: each must have acknowledged its init before the next one is asked for.
struct customer {
    half::ref<kennel>                   pets;
    std::int64_t                        wanted;
    std::vector<half::ref<bench::pet>>& started;

    half::task<> init() {
        started.reserve(std::size_t(wanted));
        for (std::int64_t i = 1; i <= wanted; ++i)
            started.push_back((co_await pets.call(kennel::start_child{i})).value());
    }
};

}  // namespace

int main(int argc, char** argv) {
    const auto                         servers = bench::count_argument(argc, argv, 1, 120'000);
    half::runtime                      runtime;
    std::vector<half::ref<bench::pet>> started;

    const auto pets =
        runtime.start(kennel{.start = [](std::int64_t i) { return bench::pet{.name = bench::pet_name(i)}; }});

    const auto             before = bench::resident_bytes();
    const bench::stopwatch watch;
    runtime.start(customer{pets, servers, started});
    bench::report("spawn", watch.seconds() * 1000, "ms");
    bench::report("spawn_cpu", watch.cpu() * 1e9 / double(servers), "ns");
    bench::report("spawn_memory", double(bench::resident_bytes() - before) / double(servers), "B");
    bench::leave();
}
