// spawn [servers]: one process starts that many pets; how long it takes, and what each costs while it is idle.
#include "pet.hpp"

int main(int argc, char** argv) {
    const auto                         servers = bench::count_argument(argc, argv, 1, 120'000);
    half::runtime                      runtime;
    std::vector<half::ref<bench::pet>> pets;

    const auto             before = bench::resident_bytes();
    const bench::stopwatch watch;
    runtime.start(bench::starter{servers, pets});
    bench::report("spawn", watch.seconds() * 1000, "ms");
    bench::report("spawn_cpu", watch.cpu() * 1e9 / double(servers), "ns");
    bench::report("spawn_memory", double(bench::resident_bytes() - before) / double(servers), "B");
    bench::leave();
}
