// tick [servers]: that many pets tick every five seconds, each at its own moment, and each tick is kept by a persister that
// writes all of them every five seconds: how late the ticks come beside it, and what it costs.
#include "../pet_row.hpp"

#include <04_persistence/persister.hpp>

namespace {

using namespace std::chrono_literals;
using bench::pet_row;

constexpr half::table<pet_row> pets{"pets", {"id", "name", "hunger", "happy", "energy", "age", "alive"}};

bench::histogram          lateness;
half::persister<pet_row>* saves;

struct pet {
    struct arm {
        std::chrono::milliseconds phase;
    };
    struct tick {};

    pet_row      me;
    std::int64_t due_ns = 0;

    void handle(arm m, half::self<pet> self) { tick_after(m.phase, self); }
    void handle(tick, half::self<pet> self) {
        lateness.add_ns(bench::now_ns() - due_ns);
        me.hunger = std::min(100, me.hunger + 1);
        me.happy  = std::max(0, me.happy - 1);
        me.energy = std::max(0, me.energy - (me.age & 1));
        ++me.age;
        saves->keep(me);
        tick_after(5s, self);
    }

private:
    void tick_after(std::chrono::milliseconds time, half::self<pet> self) {
        due_ns = bench::now_ns() + std::chrono::nanoseconds{time}.count();
        self.send_after(time, tick{});
    }
};

}  // namespace

int main(int argc, char** argv) {
    const auto                  servers = bench::count_argument(argc, argv, 1, 120'000);
    const bench::scratch_folder folder;
    half::runtime               runtime;
    const half::migrations      schema{
             {.version = 1,
              .name    = "pets",
              .up      = {"create table pets (id bigint primary key, name text not null, hunger bigint not null, "
                                    "happy bigint not null, energy bigint not null, age bigint not null, alive boolean not null)"}}};
    const half::store        db{{.url = "sqlite:" + folder.file(), .schema = schema}};
    half::persister<pet_row> persister{{.to = db, .table = pets, .every = 5s}};
    saves = &persister;
    runtime.start(db());
    runtime.start(persister());

    bench::random_phases phases;
    for (auto& row : bench::pet_rows()) {
        if (row.id > servers) break;
        runtime.spawn(pet{.me = row}).cast(pet::arm{std::chrono::milliseconds{phases.next_ms()}});
    }
    bench::tick_window{servers}.measure(lateness);
    const auto status = persister.status();
    bench::report("saved", double(status.written), "rows");
    bench::report("saved_batches", double(status.batches), "transactions");
    if (status.written == 0 || !status.problem.empty()) std::abort();
    folder.remove();
    bench::leave();
}
