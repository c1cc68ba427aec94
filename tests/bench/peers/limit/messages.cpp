// Calls, casts, the ring, and a ping beside flooded servers.
#include "timers.hpp"
#include "workloads.hpp"

#include <thread>

namespace limit {

void server::handle(message& m) {
    switch (m.what) {
    case kind::get: send(m.from, kind::reply, this, count, m.b); break;
    case kind::add: count += m.a; break;
    case kind::hop:
        if (m.a == 0) done->count_down();
        else send(neighbour, kind::hop, this, m.a - 1);
        break;
    case kind::work: {  // about 0.2 us
        volatile std::int64_t x = 0;
        for (int i = 0; i < 300; ++i) x = x + i;
        ++count;
        break;
    }
    default: break;
    }
}

namespace {

shared_wheel deadlines;

// Calls with a 5 s deadline that is checked lazily: one timer stays armed and looks at the deadline when it fires;
// a call only writes the deadline down.
struct caller final : actor {
    server*       callee;
    std::int64_t  left = 0, call_id = 0;
    std::latch*   done = nullptr;
    timer_node    timer;
    bool          armed       = false;
    std::uint64_t deadline_ms = 0;

    explicit caller(server* s) : callee(s) {}

    void next_call() {
        if (left-- == 0) {
            done->count_down();
            return;
        }
        deadline_ms = deadlines.now_ms() + 5000;
        if (!std::exchange(armed, true)) deadlines.arm(&timer, 5000);
        send(callee, kind::get, this, 0, ++call_id);
    }

    void handle(message& m) override {
        if (m.what == kind::go) {
            left = m.a;
            done = latch_of(m);
            next_call();
        } else if (m.what == kind::reply && m.b == call_id) {
            deadline_ms = 0;
            next_call();
        }
    }
};

struct sender final : actor {
    server*      receiver;
    std::int64_t batch;  // that many, then the others' turn
    std::int64_t left = 0;
    std::latch*  done = nullptr;

    sender(server* s, std::int64_t batch_size) : receiver(s), batch(batch_size) {}

    void handle(message& m) override {
        if (m.what == kind::reply) {
            done->count_down();
            return;
        }
        if (m.what == kind::go) {
            left = m.a;
            done = latch_of(m);
        }
        auto now = std::min(batch, left);
        left -= now;
        for (; now > 0; --now) send(receiver, kind::add, nullptr, 1);
        if (left) send(this, kind::more);
        else send(receiver, kind::get, this);
    }
};

void measure_calls(const char* name, int pairs, std::int64_t calls) {
    std::vector<caller*> callers(static_cast<std::size_t>(pairs));
    for (auto*& c : callers) c = new caller(new server);
    auto all = [&](std::int64_t n) {
        std::latch done(pairs);
        for (auto* c : callers) go(c, n, done);
        done.wait();
    };
    all(bench::scaled(20'000));
    bench::stopwatch watch;
    all(calls);
    watch.report_rate(name, calls * pairs, "call");
}

void measure_casts(const char* name, std::vector<sender*> senders, int rounds, std::int64_t casts) {
    auto all = [&](std::int64_t n) {
        std::latch done(std::ssize(senders));
        for (auto* s : senders) go(s, n, done);
        done.wait();
    };
    all(bench::scaled(20'000));
    bench::stopwatch watch;
    for (int round = 0; round < rounds; ++round) all(casts);
    watch.report_rate(name, rounds * casts * std::ssize(senders), "cast");
}

// Keeps up to 2,000 messages waiting at one server, together with three others.
struct flooder final : actor {
    server* victim;
    explicit flooder(server* s) : victim(s) {}
    void handle(message&) override {
        for (int i = 0; i < 500; ++i) send(victim, kind::work);
        send(victim, kind::get, this);
    }
};

struct pinger final : actor {
    server*                   callee = new server;
    std::vector<std::int64_t> took;
    std::atomic<bool>         waiting{false};

    void handle(message& m) override {
        if (m.what == kind::ping) {
            send(callee, kind::get, this, 0, m.a);
        } else {
            took.push_back(bench::now_ns() - m.b);
            waiting.store(false, std::memory_order_release);
        }
    }
};

}  // namespace

void run_call() {
    deadlines.start([](timer_node*) {});  // no call here takes 5 s
    measure_calls("call_1x1", 1, bench::scaled(2'000'000));
    measure_calls("call_64x64", 64, bench::scaled(40'000));
}

void run_cast() {
    auto million = bench::scaled(1'000'000);
    measure_casts("cast_1x1", {new sender(new server, million)}, 5, million);
    auto*                crowded = new server;
    std::vector<sender*> eight_to_one, eight_to_eight;
    for (int i = 0; i < 8; ++i) {
        eight_to_one.push_back(new sender(crowded, 64));
        eight_to_eight.push_back(new sender(new server, 64));
    }
    measure_casts("cast_8x1", eight_to_one, 1, million);
    measure_casts("cast_8x8", eight_to_eight, 1, million);
}

void run_ring() {
    std::latch           done(1);
    std::vector<server*> ring(1000);
    for (auto*& s : ring) s = new server;
    for (std::size_t i = 0; i < ring.size(); ++i) {
        ring[i]->neighbour = ring[(i + 1) % ring.size()];
        ring[i]->done      = &done;
    }
    auto             hops = bench::scaled(10'000'000);
    bench::stopwatch watch;
    send(ring[0], kind::hop, nullptr, hops);
    done.wait();
    watch.report_rate("ring", hops, "hop");
}

void run_fair() {
    for (int i = 0; i < 8; ++i) {
        auto* victim = new server;
        for (int k = 0; k < 4; ++k) send(new flooder(victim), kind::go);
    }
    pinger ping;
    double seconds = bench::divisor() > 1 ? 0.3 : 1.5;
    for (bench::stopwatch watch; watch.seconds() < seconds;) {
        std::this_thread::sleep_for(std::chrono::microseconds(200));
        if (ping.waiting.exchange(true, std::memory_order_acquire)) continue;
        send(&ping, kind::ping, nullptr, bench::now_ns());
    }
    while (ping.waiting.load(std::memory_order_acquire)) std::this_thread::yield();
    bench::report_percentiles("fair_ping", ping.took);
    bench::leave();  // the floods never end
}

}  // namespace limit
