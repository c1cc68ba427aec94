// CAF's registry, and one topic with many subscribers.
#include "workloads.hpp"

#include <thread>

namespace {

behavior nobody(event_based_actor*) {
    return {[](get_a) { return int64_t{0}; }};
}

struct subscriber_state {
    int64_t left = 0;
};

behavior subscriber(stateful_actor<subscriber_state>* self, int64_t times, const actor& done) {
    self->state.left = times;
    return {[=](seen_a, const std::string&, int32_t, int32_t, int32_t, int32_t) {
        if (--self->state.left == 0) self->send(done, ok_atom::value);
    }};
}

behavior publisher(event_based_actor* self, const std::vector<actor>* subscribers) {
    return {[=](go_a, int64_t times) {
        auto seen = make_message(seen_a::value, std::string("pet-10000001"), 50, 50, 50, 1);
        for (auto& each : *subscribers) self->send(each, seen);
        if (times > 1) self->send(self, go_a::value, times - 1);  // behind whoever else wants to run
    }};
}

// Counts those who have heard the last word.
struct counting_state {
    int64_t left = 0;
};

behavior counting(stateful_actor<counting_state>* self, int64_t subscribers, const actor& done) {
    self->state.left = subscribers;
    return {[=](ok_atom) {
        if (--self->state.left == 0) self->send(done, ok_atom::value);
    }};
}

void fan_out(actor_system& system, const char* name, int64_t count, int64_t times) {
    scoped_actor       me{system};
    auto               all = system.spawn(counting, count, actor_cast<actor>(me));
    std::vector<actor> subscribers;
    for (int64_t i = 0; i < count; ++i) subscribers.push_back(system.spawn(subscriber, times, all));
    auto             first = system.spawn(publisher, &subscribers);
    bench::stopwatch watch;
    me->send(first, go_a::value, times);
    me->receive([](ok_atom) {});
    watch.report_rate(name, count * times, "message");
    for (auto& each : subscribers) anon_send_exit(each, exit_reason::kill);
}

}  // namespace

// Names in CAF 0.17 are atoms of ten letters, or numbers: numbers are the only way to 120,000 of them.
void run_registry(actor_system& system) {
    auto somebody = actor_cast<strong_actor_ptr>(system.spawn(nobody));
    for (int64_t i = 1; i <= bench::names; ++i) system.registry().put(actor_id(1'000'000 + i), somebody);

    std::vector<actor_id> wanted;
    for (auto& name : bench::wanted_names()) wanted.push_back(1'000'000 + std::stoul(name.substr(5)));
    auto times   = bench::scaled(2'000'000);
    auto lookups = [&] {
        for (int64_t i = 0; i < times; ++i)
            if (!system.registry().get(wanted[size_t(i) % wanted.size()])) std::abort();
    };
    lookups();
    {
        bench::stopwatch watch;
        lookups();
        watch.report_rate("lookup_1t", times, "lookup");
    }
    bench::stopwatch watch;
    std::thread      other(lookups);
    lookups();
    other.join();
    watch.report_rate("lookup_2t", 2 * times, "lookup");
}

void run_pubsub(actor_system& system) {
    fan_out(system, "fan_out_1k", 1000, bench::scaled(500));
    fan_out(system, "fan_out_10k", 10'000, bench::scaled(50));
    fan_out(system, "fan_out_100k", 100'000, bench::scaled(5));
}
