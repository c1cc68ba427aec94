// The workloads on CAF, the C++ Actor Framework, as Debian 12 ships it (0.17.6; C++17 is the newest it compiles with).
// caf <call|cast|ring|spawn|tick|restart|storm|registry|pubsub> [servers [supervised]]
#include "../../viewers.hpp"
#include "workloads.hpp"

struct counter_state {
    int64_t count = 0;
    actor   neighbour;
};

behavior counter(stateful_actor<counter_state>* self) {
    return {
        [=](get_a) { return self->state.count; },
        [=](add_a, int64_t by) { self->state.count += by; },
        [=](next_a, const actor& neighbour) { self->state.neighbour = neighbour; },
        [=](hop_a, int64_t left, const actor& done) {
            if (left == 0) self->send(done, ok_atom::value);
            else self->send(self->state.neighbour, hop_a::value, left - 1, done);
        },
    };
}

struct caller_state {
    int64_t left = 0;
};

void next_call(stateful_actor<caller_state>* self, const actor& callee, const actor& done) {
    if (self->state.left-- == 0) {
        self->send(done, ok_atom::value);
        return;
    }
    self->request(callee, seconds(5), get_a::value).then([=](int64_t) { next_call(self, callee, done); });
}

behavior caller(stateful_actor<caller_state>* self, const actor& callee) {
    return {[=](go_a, int64_t n, const actor& done) {
        self->state.left = n;
        next_call(self, callee, done);
    }};
}

behavior sender(event_based_actor* self, const actor& receiver) {
    return {[=](go_a, int64_t n, const actor& done) {
        for (int64_t i = 0; i < n; ++i) self->send(receiver, add_a::value, int64_t{1});
        self->request(receiver, infinite, get_a::value).then([=](int64_t) { self->send(done, ok_atom::value); });
    }};
}

bench::histogram*      lateness;
bench::viewers<actor>* viewers;

void arm(stateful_actor<pet_state>* self, int64_t ms) {
    self->state.due_ns = bench::now_ns() + ms * 1'000'000;
    self->delayed_send(self, milliseconds(ms), tick_atom::value);
}

behavior pet(stateful_actor<pet_state>* self, std::string name, const actor& parent) {
    self->state.name = std::move(name);
    self->send(parent, ok_atom::value, actor{self});
    return {
        [=](get_a) { return int64_t{self->state.age}; },
        [=](arm_a, int64_t phase_ms) { arm(self, phase_ms); },
        [=](tick_atom) {
            auto& s = self->state;
            lateness->add_ns(bench::now_ns() - s.due_ns);
            s.hunger = std::min(100, s.hunger + 1);
            s.happy  = std::max(0, s.happy - 1);
            s.energy = std::max(0, s.energy - (s.age & 1));
            ++s.age;
            viewers->each(s.name, [&](const actor& viewer) {
                self->send(viewer, seen_a::value, s.name, s.hunger, s.happy, s.energy, s.age);
            });
            arm(self, 5000);
        },
    };
}

behavior viewer(event_based_actor*) {
    return {[](seen_a, const std::string&, int32_t, int32_t, int32_t, int32_t) {}};
}

// Starts pets one after the other; each must acknowledge its init before the next one is started.
struct starter_state {
    actor              supervisor;  // none: it starts them itself
    std::vector<actor> pets;
    size_t             wanted = 0;
    actor              done;
};

void start_next(stateful_actor<starter_state>* self) {
    auto& s    = self->state;
    auto  name = bench::pet_name(int64_t(s.pets.size()) + 1);
    if (s.pets.size() == s.wanted) self->send(s.done, ok_atom::value);
    else if (s.supervisor) self->send(s.supervisor, start_a::value, name, actor{self});
    else self->spawn(pet, name, actor{self});
}

behavior starter(stateful_actor<starter_state>* self, const actor& supervisor) {
    self->state.supervisor = supervisor;
    return {
        [=](go_a, int64_t n, const actor& done) {
            self->state.wanted = size_t(n);
            self->state.done   = done;
            start_next(self);
        },
        [=](ok_atom, const actor& started) {
            self->state.pets.push_back(started);
            start_next(self);
        },
        [=](arm_a) {
            bench::random_phases phases;
            for (auto& p : self->state.pets) self->send(p, arm_a::value, phases.next_ms());
        },
    };
}

class bench_run {
    actor_system& system;
    scoped_actor  me{system};

    void wait_for(size_t count) {
        size_t done = 0;
        me->receive_while([&] { return done < count; })([&](ok_atom) { ++done; });
    }

    // Every one of them does n operations.
    void go(const std::vector<actor>& all, int64_t n) {
        for (auto& a : all) me->send(a, go_a::value, n, actor_cast<actor>(me));
        wait_for(all.size());
    }

    void rate(const char* name, const char* unit, const std::vector<actor>& all, int64_t n) {
        go(all, bench::scaled(20'000 / int64_t(all.size())));
        bench::stopwatch watch;
        go(all, n);
        watch.report_rate(name, n * int64_t(all.size()), unit);
    }

    actor start_pets(int64_t n, const actor& supervisor = {}) {
        auto first = system.spawn(starter, supervisor);
        go({first}, n);
        return first;
    }

public:
    explicit bench_run(actor_system& s) : system(s) {}

    void call() {
        rate("call_1x1", "call", {system.spawn(caller, system.spawn(counter))}, bench::scaled(250'000));
        std::vector<actor> callers(64);
        for (auto& c : callers) c = system.spawn(caller, system.spawn(counter));
        rate("call_64x64", "call", callers, bench::scaled(5'000));
    }

    void cast() {
        rate("cast_1x1", "cast", {system.spawn(sender, system.spawn(counter))}, bench::scaled(1'000'000));
        auto               crowded = system.spawn(counter);
        std::vector<actor> eight_to_one, eight_to_eight;
        for (int i = 0; i < 8; ++i) eight_to_one.push_back(system.spawn(sender, crowded));
        rate("cast_8x1", "cast", eight_to_one, bench::scaled(250'000));
        for (int i = 0; i < 8; ++i) eight_to_eight.push_back(system.spawn(sender, system.spawn(counter)));
        rate("cast_8x8", "cast", eight_to_eight, bench::scaled(250'000));
    }

    void ring() {
        std::vector<actor> all(1000);
        for (auto& a : all) a = system.spawn(counter);
        for (size_t i = 0; i < all.size(); ++i) me->send(all[i], next_a::value, all[(i + 1) % all.size()]);
        auto             hops = bench::scaled(1'000'000);
        bench::stopwatch watch;
        me->send(all[0], hop_a::value, hops, actor_cast<actor>(me));
        wait_for(1);
        watch.report_rate("ring", hops, "hop");
    }

    void spawn(int64_t servers, bool supervised) {
        auto             supervisor = supervised ? start_supervisor(system) : actor{};
        auto             before     = bench::resident_bytes();
        bench::stopwatch watch;
        auto             keeps_them = start_pets(servers, supervisor);
        bench::report("spawn", watch.seconds() * 1000, "ms");
        bench::report("spawn_cpu", watch.cpu() * 1e9 / double(servers), "ns");
        bench::report("spawn_memory", double(bench::resident_bytes() - before) / double(servers), "B");
        bench::leave();
    }

    void tick(int64_t servers) {
        lateness = new bench::histogram;
        viewers  = new bench::viewers<actor>;
        for (int64_t i = 100; i <= servers; i += 100) viewers->add(bench::pet_name(i), system.spawn(viewer));
        me->send(start_pets(servers), arm_a::value);
        bench::tick_window{servers}.measure(*lateness);
        bench::leave();
    }
};

int main(int argc, char** argv) {
    std::string         workload = argc > 1 ? argv[1] : "";
    actor_system_config config;
    config.set("scheduler.max-threads", size_t{2});
    // Each workload gets the scheduler that CAF does better with.
    bool few = workload == "call" || workload == "cast" || workload == "ring" || workload == "registry";
    config.set("scheduler.policy", few ? atom("stealing") : atom("sharing"));
    actor_system system{config};
    std::printf("# CAF %d.%d.%d\n", CAF_MAJOR_VERSION, CAF_MINOR_VERSION, CAF_PATCH_VERSION);
    bench_run run{system};
    auto      servers = bench::count_argument(argc, argv, 2, 120'000);
    if (workload == "call") run.call();
    else if (workload == "cast") run.cast();
    else if (workload == "ring") run.ring();
    else if (workload == "spawn") run.spawn(servers, argc > 3);
    else if (workload == "tick") run.tick(servers);
    else if (workload == "restart") run_restart(system);
    else if (workload == "storm") run_storm(system);
    else if (workload == "registry") run_registry(system);
    else if (workload == "pubsub") run_pubsub(system);
    else {
        std::fprintf(stderr, "usage: %s call|cast|ring|spawn|tick|restart|storm|registry|pubsub [servers]\n", argv[0]);
        return 2;
    }
    bench::leave();
}
