// What the limit runs. Each workload prints its lines; see ../../README.md for what they mean.
#pragma once

#include "../../measure.hpp"
#include "scheduler.hpp"

#include <bit>
#include <latch>
#include <string_view>

namespace limit {

void run_call();
void run_cast();
void run_ring();
void run_spawn(std::int64_t servers, actor* supervisor = nullptr);
void run_tick(std::int64_t servers, bool with_steady_timers);
void run_fair();
void run_supervised_spawn(std::int64_t servers);
void run_restart();
void run_storm();
void run_registry();
void run_pubsub();
void run_sqlite();
void run_postgres(const std::string& url);
void run_store(std::string_view database);

// The plainest server: one counter.
struct server final : actor {
    std::int64_t count     = 0;
    server*      neighbour = nullptr;
    std::latch*  done      = nullptr;

    void handle(message& m) override;
};

// `go` starts an actor on n operations; the latch falls when they are done.
inline void go(actor* a, std::int64_t n, std::latch& done) {
    send(a, kind::go, nullptr, n, std::bit_cast<std::int64_t>(&done));
}
inline std::latch* latch_of(const message& m) { return std::bit_cast<std::latch*>(m.b); }

}  // namespace limit
