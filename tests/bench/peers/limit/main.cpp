// limit <limit|asio> <call|cast|ring|spawn|tick|fair|restart|storm|registry|pubsub|store> [servers [supervised]]
#include "workloads.hpp"

int main(int argc, char** argv) {
    std::string_view kind = argc > 1 ? argv[1] : "", workload = argc > 2 ? argv[2] : "";
    auto             scheduler = limit::make_scheduler(kind);
    if (!scheduler) {
        std::fprintf(stderr,
                     "usage: %s limit|asio call|cast|ring|spawn|tick|fair|restart|storm|registry|pubsub|store ...\n",
                     argv[0]);
        return 2;
    }
    limit::the_scheduler = scheduler.get();
    scheduler->start();
    auto servers    = bench::count_argument(argc, argv, 3, 120'000);
    bool supervised = argc > 4;
    if (workload == "call") limit::run_call();
    else if (workload == "cast") limit::run_cast();
    else if (workload == "ring") limit::run_ring();
    else if (workload == "spawn" && supervised) limit::run_supervised_spawn(servers);
    else if (workload == "spawn") limit::run_spawn(servers);
    else if (workload == "tick") limit::run_tick(servers, kind == "asio");
    else if (workload == "fair") limit::run_fair();
    else if (workload == "restart") limit::run_restart();
    else if (workload == "storm") limit::run_storm();
    else if (workload == "registry") limit::run_registry();
    else if (workload == "pubsub") limit::run_pubsub();
    else if (workload == "store") limit::run_store(argc > 3 ? argv[3] : "");
    else {
        std::fprintf(stderr, "%s: no workload '%s'\n", argv[0], argv[2] ? argv[2] : "");
        return 2;
    }
    bench::leave();
}
