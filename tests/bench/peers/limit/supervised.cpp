// Pets under a supervisor, the least that can be called one: how fast they start, how soon one that was killed is
// back, and ten thousand of them.
#include "pet.hpp"

#include <unordered_map>

namespace limit {

namespace {

// Starts children and starts again those that go down; whoever asked for a child hears of each of its lives. The dead
// are not freed: nothing here counts references.
struct supervisor final : actor {
    struct child {
        std::int64_t number;
        actor*       asker;
    };
    std::unordered_map<std::uint64_t, child> children;
    std::uint64_t                            last_id = 0;

    void handle(message& m) override {
        switch (m.what) {
        case kind::start: start({m.a, m.from}); break;
        case kind::started: send(children.at(static_cast<pet*>(m.from)->id).asker, kind::started, m.from); break;
        case kind::down: {
            auto at     = children.find(std::uint64_t(m.a));
            auto orphan = at->second;
            children.erase(at);
            start(orphan);
            break;
        }
        default: break;
        }
    }

    void start(child what) {
        auto* newborn   = new pet;
        newborn->id     = ++last_id;
        newborn->parent = this;
        children.emplace(newborn->id, what);
        send(newborn, kind::start, this, what.number);
    }
};

// Kills a pet, waits for its replacement and asks it something; then that one's turn comes.
struct killer final : actor {
    actor*                    pets;
    std::vector<std::int64_t> took;
    std::int64_t              left = 0, killed_ns = 0;
    std::latch*               done = nullptr;

    explicit killer(actor* s) : pets(s) {}

    void handle(message& m) override {
        switch (m.what) {
        case kind::go:
            left = m.a;
            done = latch_of(m);
            send(pets, kind::start, this, 1);
            break;
        case kind::started:
            if (killed_ns) send(m.from, kind::get, this);
            else kill(m.from);
            break;
        case kind::reply:
            took.push_back(bench::now_ns() - killed_ns);
            if (--left) kill(m.from);
            else done->count_down();
            break;
        default: break;
        }
    }

    void kill(actor* victim) {
        killed_ns = bench::now_ns();
        send(victim, kind::kill);
    }
};

// Kills all pets at once, and asks each replacement something when all are there.
struct storm final : actor {
    actor*              pets;
    std::vector<actor*> alive;
    std::size_t         wanted = 0, answered = 0;
    std::latch*         done = nullptr;

    explicit storm(actor* s) : pets(s) {}

    void handle(message& m) override {
        switch (m.what) {
        case kind::go:  // the first to start them, the second to kill them
            done = latch_of(m);
            if (!std::exchange(wanted, std::size_t(m.a))) {
                for (std::int64_t i = 1; i <= m.a; ++i) send(pets, kind::start, this, i);
            } else {
                for (actor* victim : std::exchange(alive, {})) send(victim, kind::kill);
            }
            break;
        case kind::started:
            alive.push_back(m.from);
            if (alive.size() < wanted) break;
            for (actor* newborn : alive) send(newborn, kind::get, this);
            break;
        case kind::reply:
            if (++answered % wanted == 0) done->count_down();
            break;
        default: break;
        }
    }
};

}  // namespace

void run_supervised_spawn(std::int64_t servers) { run_spawn(servers, new supervisor); }

void run_restart() {
    killer     it(new supervisor);
    auto       all = bench::scaled(5000), warm = bench::scaled(200);
    std::latch done(1);
    go(&it, warm + all, done);
    done.wait();
    it.took.erase(it.took.begin(), it.took.begin() + warm);
    bench::report_percentiles("restart", it.took);
}

void run_storm() {
    storm it(new supervisor);
    auto  pets = bench::scaled(10'000);
    auto  once = [&] {
        std::latch done(1);
        go(&it, pets, done);
        done.wait();
    };
    once();
    bench::stopwatch watch;
    once();
    bench::report("storm", watch.seconds() * 1000, "ms");
    bench::report("storm_cpu", watch.cpu() * 1e9 / double(pets), "ns");
}

}  // namespace limit
