// tick [servers]: that many pets tick every five seconds, each at its own moment; what the ticks cost and how late they
// come.
#include "pet.hpp"

int main(int argc, char** argv) {
    const auto    servers = bench::count_argument(argc, argv, 1, 120'000);
    half::runtime runtime;

    for (std::int64_t i = 100; i <= servers; i += 100)  // every hundredth pet has a viewer
        bench::pet::watching.add(bench::pet_name(i), runtime.start(bench::viewer{}));
    std::vector<half::ref<bench::pet>> pets;
    runtime.start(bench::starter{servers, pets});

    bench::random_phases phases;
    for (auto each : pets) each.cast(bench::pet::arm{std::chrono::milliseconds{phases.next_ms()}});
    bench::tick_window{servers}.measure(bench::pet::lateness);
    bench::leave();
}
