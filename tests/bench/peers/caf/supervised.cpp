// A supervisor on CAF, which has none of its own: monitors, and a handler that starts again what went down.
#include "workloads.hpp"

namespace {

struct child {
    std::string name;
    actor       asker;
    actor       who;  // an actor that nobody holds is gone
};

struct supervisor_state {
    std::unordered_map<actor_addr, child> children;
};

void start(stateful_actor<supervisor_state>* self, child what) {
    what.who     = self->spawn<monitored>(pet, what.name, what.asker);
    auto address = what.who.address();
    self->state.children.emplace(address, std::move(what));
}

behavior supervisor(stateful_actor<supervisor_state>* self) {
    self->set_down_handler([=](down_msg& down) {
        auto at     = self->state.children.find(down.source);
        auto orphan = std::move(at->second);
        self->state.children.erase(at);
        start(self, std::move(orphan));
    });
    return {[=](start_a, const std::string& name, const actor& asker) { start(self, {name, asker, {}}); }};
}

// Kills a pet, waits for its replacement and asks it something; then that one's turn comes.
struct killer_state {
    actor                done;
    int64_t              left = 0, killed_ns = 0;
    std::vector<int64_t> took;
};

void kill(stateful_actor<killer_state>* self, const actor& victim) {
    self->state.killed_ns = bench::now_ns();
    anon_send_exit(victim, exit_reason::kill);
}

behavior killer(stateful_actor<killer_state>* self, const actor& pets) {
    return {
        [=](go_a, int64_t times, const actor& done) {
            self->state.left = times;
            self->state.done = done;
            self->send(pets, start_a::value, bench::pet_name(1), actor{self});
        },
        [=](ok_atom, const actor& born) {
            if (!self->state.killed_ns) return kill(self, born);
            self->request(born, infinite, get_a::value).then([=](int64_t) {
                auto& s = self->state;
                s.took.push_back(bench::now_ns() - s.killed_ns);
                if (--s.left > 0) return kill(self, born);
                s.took.erase(s.took.begin(), s.took.begin() + bench::scaled(200));  // to warm up
                bench::report_percentiles("restart", s.took);
                self->send(s.done, ok_atom::value);
            });
        },
    };
}

// Kills all pets at once, and asks each replacement something when all are there.
struct storm_state {
    actor              done;
    size_t             wanted = 0, answered = 0;
    std::vector<actor> alive;
};

behavior storm(stateful_actor<storm_state>* self, const actor& pets) {
    return {
        [=](go_a, int64_t count, const actor& done) {  // the first to start them, the second to kill them
            auto& s = self->state;
            s.done  = done;
            if (s.wanted == 0) {
                s.wanted = size_t(count);
                for (int64_t i = 1; i <= count; ++i) self->send(pets, start_a::value, bench::pet_name(i), actor{self});
                return;
            }
            auto victims = std::move(s.alive);
            s.alive.clear();
            for (auto& victim : victims) anon_send_exit(victim, exit_reason::kill);
        },
        [=](ok_atom, const actor& born) {
            auto& s = self->state;
            s.alive.push_back(born);
            if (s.alive.size() < s.wanted) return;
            for (auto& each : s.alive) {
                self->request(each, infinite, get_a::value).then([=](int64_t) {
                    if (++self->state.answered % self->state.wanted == 0) self->send(self->state.done, ok_atom::value);
                });
            }
        },
    };
}

void go(scoped_actor& me, const actor& whom, int64_t n) {
    me->send(whom, go_a::value, n, actor_cast<actor>(me));
    me->receive([](ok_atom) {});
}

}  // namespace

actor start_supervisor(actor_system& system) { return system.spawn(supervisor); }

void run_restart(actor_system& system) {
    scoped_actor me{system};
    go(me, system.spawn(killer, start_supervisor(system)), bench::scaled(200) + bench::scaled(5000));
}

void run_storm(actor_system& system) {
    scoped_actor me{system};
    auto         all  = system.spawn(storm, start_supervisor(system));
    auto         pets = bench::scaled(10'000);
    go(me, all, pets);
    bench::stopwatch watch;
    go(me, all, pets);
    bench::report("storm", watch.seconds() * 1000, "ms");
    bench::report("storm_cpu", watch.cpu() * 1e9 / double(pets), "ns");
}
