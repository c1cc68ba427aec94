// Many servers with the state of a pet: how fast they start, what an idle one costs, what their ticks cost.
#include "../../viewers.hpp"
#include "pet.hpp"

namespace limit {

namespace {

bench::histogram*       lateness;
bench::viewers<actor*>* viewers;
shared_wheel*           ticks;  // none: every pet has an Asio timer of its own

struct viewer final : actor {
    void handle(message&) override {}
};

}  // namespace

void pet::handle(message& m) {
    switch (m.what) {
    case kind::start:  // init: acknowledged to whoever started us
        name = bench::pet_name(m.a);
        send(m.from, kind::started, this, m.a, m.b);
        break;
    case kind::arm: arm(m.a); break;
    case kind::tick: tick(); break;
    case kind::get: send(m.from, kind::reply, this, age); break;
    case kind::kill: send(parent, kind::down, this, std::int64_t(id)); break;
    default: break;
    }
}

void pet::tick() {
    lateness->add_ns(bench::now_ns() - due_ns);
    hunger = std::min(100, hunger + 1);
    happy  = std::max(0, happy - 1);
    energy = std::max(0, energy - (age & 1));
    ++age;
    viewers->each(name, [&](actor* viewer) { send(viewer, kind::seen, this, age, hunger); });
    arm(5000);
}

void pet::arm(std::int64_t ms) {
    due_ns = bench::now_ns() + ms * 1'000'000;
    if (ticks) {
        ticks->arm(this, std::uint64_t(ms + 1));  // +1: never early
        return;
    }
    if (!own_timer) own_timer = std::make_unique<asio::steady_timer>(the_scheduler->context);
    own_timer->expires_after(std::chrono::milliseconds(ms));
    own_timer->async_wait([this](auto error) {
        if (!error) send(this, kind::tick);
    });
}

void starter::handle(message& m) {
    if (m.what == kind::go) {
        wanted = m.a;
        done   = latch_of(m);
        pets.reserve(std::size_t(wanted));
    } else {
        pets.push_back(m.from);
    }
    auto started = std::ssize(pets);
    if (started == wanted) {
        done->count_down();
        return;
    }
    if (supervisor) {
        send(supervisor, kind::start, this, started + 1);
        return;
    }
    auto* next   = new pet;
    next->id     = std::uint64_t(started + 1);
    next->parent = this;
    send(next, kind::start, this, started + 1);
}

void run_spawn(std::int64_t servers, actor* supervisor) {
    auto    before = bench::resident_bytes();
    starter first;
    first.supervisor = supervisor;
    std::latch       done(1);
    bench::stopwatch watch;
    go(&first, servers, done);
    done.wait();
    bench::report("spawn", watch.seconds() * 1000, "ms");
    bench::report("spawn_cpu", watch.cpu() * 1e9 / double(servers), "ns");
    bench::report("spawn_memory", double(bench::resident_bytes() - before) / double(servers), "B");
    bench::leave();
}

void run_tick(std::int64_t servers, bool with_steady_timers) {
    lateness = new bench::histogram;
    viewers  = new bench::viewers<actor*>;
    for (std::int64_t i = 100; i <= servers; i += 100) viewers->add(bench::pet_name(i), new viewer);
    if (!with_steady_timers) {
        ticks = new shared_wheel;
        ticks->start([](timer_node* n) { send(static_cast<pet*>(n), kind::tick); });
    }
    starter    first;
    std::latch done(1);
    go(&first, servers, done);
    done.wait();
    bench::random_phases phases;
    for (actor* a : first.pets) send(a, kind::arm, nullptr, phases.next_ms());
    bench::tick_window{servers}.measure(*lateness);
    bench::leave();
}

}  // namespace limit
