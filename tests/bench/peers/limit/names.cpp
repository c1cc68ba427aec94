// Names: a table of 120,000 that readers never lock, and one topic with many subscribers.
#include "workloads.hpp"

#include <thread>

namespace limit {

namespace {

// Open addressing. An entry is published once and never changed; who writes must do so alone.
class name_table {
    struct entry {
        std::size_t hash;
        std::string name;
        actor*      who;
    };
    std::vector<std::atomic<entry*>> entries{1 << 18};

    static std::size_t         hash_of(std::string_view name) { return std::hash<std::string_view>{}(name); }
    std::atomic<entry*>&       at(std::size_t i) { return entries[i & (entries.size() - 1)]; }
    const std::atomic<entry*>& at(std::size_t i) const { return entries[i & (entries.size() - 1)]; }

public:
    void add(std::string name, actor* who) {
        std::size_t hash = hash_of(name), i = hash;
        while (at(i).load(std::memory_order_relaxed)) ++i;
        at(i).store(new entry{hash, std::move(name), who}, std::memory_order_release);
    }

    actor* find(std::string_view name) const {
        std::size_t hash = hash_of(name);
        for (std::size_t i = hash;; ++i) {
            const entry* e = at(i).load(std::memory_order_acquire);
            if (!e) return nullptr;
            if (e->hash == hash && e->name == name) return e->who;
        }
    }
};

struct subscriber final : actor {
    std::int64_t left = 0;
    std::latch*  all  = nullptr;

    void handle(message&) override {
        if (--left == 0) all->count_down();
    }
};

struct publisher final : actor {
    const std::vector<subscriber*>& subscribers;

    explicit publisher(const std::vector<subscriber*>& all) : subscribers(all) {}

    void handle(message& m) override {
        for (actor* each : subscribers) send(each, kind::seen, this, 1, 50);
        if (m.a > 1) send(this, kind::go, nullptr, m.a - 1);  // behind whoever else wants to run
    }
};

void fan_out(const char* name, std::int64_t count, std::int64_t times) {
    std::latch               all(count);
    std::vector<subscriber*> subscribers(static_cast<std::size_t>(count));
    for (auto*& each : subscribers) {
        each       = new subscriber;
        each->left = times;
        each->all  = &all;
    }
    publisher        first(subscribers);
    bench::stopwatch watch;
    send(&first, kind::go, nullptr, times);
    all.wait();
    watch.report_rate(name, count * times, "message");
}

}  // namespace

void run_registry() {
    server     somebody;
    name_table names;
    for (std::int64_t i = 1; i <= bench::names; ++i) names.add(bench::pet_name(i), &somebody);

    const auto wanted  = bench::wanted_names();
    const auto times   = bench::scaled(3'000'000);
    auto       lookups = [&] {
        for (std::int64_t i = 0; i < times; ++i)
            if (!names.find(wanted[std::size_t(i) % wanted.size()])) std::abort();
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

void run_pubsub() {
    fan_out("fan_out_1k", 1000, bench::scaled(1000));
    fan_out("fan_out_10k", 10'000, bench::scaled(100));
    fan_out("fan_out_100k", 100'000, bench::scaled(10));
}

}  // namespace limit
