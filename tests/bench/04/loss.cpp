// What kill -9 costs, by where a state is kept: a program is killed at any moment, and what it had kept is compared with what
// is in the file. Prints a table for the lesson.
//
//     ch04_bench_loss [KILLS]        of each kind; a third of them where it takes seconds
#include "../../04_persistence/program.hpp"

#include <02_supervisor/application.hpp>
#include <02_supervisor/dynamic_supervisor.hpp>
#include <04_persistence/detail/database.hpp>
#include <04_persistence/detail/reading.hpp>
#include <04_persistence/persister.hpp>
#include <04_persistence/state_guardian.hpp>
#include <04_persistence/store.hpp>

#include <algorithm>
#include <array>
#include <atomic>
#include <random>
#include <vector>

namespace {

using namespace faults;

constexpr std::int64_t pets = 200;

struct pet_row {
    std::int64_t id, version = 0;
};
constexpr half::table<pet_row> pet_table{"pets", {"id", "version"}};

const half::migrations schema{
    {.version = 1, .name = "pets", .up = {"create table pets (id bigint primary key, version bigint not null)"}}};

enum class place { nowhere, guardian, persister, database };

struct kind {
    const char*    name;
    place          where;
    half::duration every;
    half::duration beat;  // of each pet
};

struct notes {
    std::atomic<bool>                                                 started;
    std::array<std::atomic<std::int64_t>, pets + 1>                   kept;  // or acknowledged
    std::array<std::array<std::atomic<std::int64_t>, 2048>, pets + 1> when;
};

struct pet {
    struct tick {};

    place                                       where;
    half::duration                              beat;
    half::store                                 db;
    half::persister<pet_row>                    rows;
    half::state_guardian<pet_row, std::int64_t> guardian;
    notes&                                      log;
    pet_row                                     me;

    void         init(half::self<pet> self) { self.send_after(beat, tick{}); }
    half::task<> handle(tick, half::self<pet> self) {
        ++me.version;
        if (where == place::guardian) guardian.keep(me.id, me);
        if (where == place::persister) rows.keep(me);
        bool kept = true;
        if (where == place::database)
            kept = (co_await db.execute("insert into pets (id, version) values ($1, $2) "
                                        "on conflict (id) do update set version = excluded.version",
                                        me.id, me.version))
                       .has_value();
        if (kept) {
            log.when[std::size_t(me.id)][std::size_t(me.version) % 2048] = now();
            log.kept[std::size_t(me.id)]                                 = me.version;
        }
        self.send_after(beat, tick{});
    }
};

half::application service(const kind& how, const std::string& url, notes& log) {
    half::store                                 db{{.url = url, .schema = schema}};
    half::persister<pet_row>                    rows{{.to = db, .table = pet_table, .every = how.every}};
    half::state_guardian<pet_row, std::int64_t> guardian;

    using nursery = half::dynamic_supervisor<pet, std::int64_t>;
    auto make = [=, &log](std::int64_t id) { return pet{how.where, how.beat, db, rows, guardian, log, {.id = id}}; };
    return {.root    = {.children = {{.id = "database", .start = db},
                                     {.id = "rows", .start = rows},
                                     {.id = "pets", .start = nursery{.start = make}}}},
            .runtime = {.workers = 2},
            .started = [db, &log](half::runtime& r, auto root) {
                auto begin = [](half::store on, half::ref<half::supervisor> top) -> half::task<> {
                    (co_await on.query(pet_table)).or_throw();
                    auto where = co_await half::find_child<nursery>(top, "pets");
                    for (std::int64_t id = 1; id <= pets; ++id) co_await where.call(typename nursery::start_child{id});
                };
                r.run(begin(db, root));
                log.started = true;
            }};
}

struct loss {
    std::int64_t kept = 0, lost = 0, age = 0;
};

loss kill_one(const kind& how, std::chrono::microseconds after) {
    const folder      here;
    const std::string url = "sqlite:" + here / "pets.db";
    shared<notes>     log;
    program           p{[&] { return half::run(service(how, url, *log)); }};
    if (!p.wait_until([&] { return log->started.load(); })) throw std::runtime_error{p.errors()};
    std::this_thread::sleep_for(after);
    const auto killed_at = now();
    p.kill();

    std::array<std::int64_t, pets + 1> there{};
    const auto                         on = half::detail::database_of({.url = url})->open(true);
    for (const auto& each : half::detail::read_rows<pet_row>(*on, "select id, version from pets",
                                                             half::detail::owned_arguments<>{}.view(), SIZE_MAX))
        there[std::size_t(each.id)] = each.version;
    loss found;
    for (std::size_t id = 1; id <= pets; ++id) {
        found.kept += log->kept[id];
        if (there[id] >= log->kept[id]) continue;
        found.lost += log->kept[id] - there[id];
        found.age = std::max(found.age, killed_at - log->when[id][std::size_t(there[id] + 1) % 2048]);
    }
    return found;
}

std::int64_t median(std::vector<loss> all, std::int64_t loss::* of) {
    std::ranges::sort(all, {}, of);
    return all[all.size() / 2].*of;
}

}  // namespace

int main(int argc, char** argv) {
    const int       kills = std::max(3, argc > 1 ? std::atoi(argv[1]) : 21);
    std::mt19937_64 random{4};
    const kind      kinds[] = {
        {"kept nowhere", place::nowhere, 1h, 10ms},
        {"guardian", place::guardian, 1h, 10ms},
        {"persister, every 5 s", place::persister, 5s, 10ms},
        {"persister, every 1 s", place::persister, 1s, 10ms},
        {"persister, every 0.2 s", place::persister, 200ms, 10ms},
        {"`execute` for each change", place::database, 1h, 10ms},
    };
    fmt::print(
        "| a state is | kills | kept or acknowledged | lost, median | lost, at worst | the oldest that was lost |\n"
        "|---|---:|---:|---:|---:|---:|\n");
    for (const auto& how : kinds) {
        const bool slow = how.where == place::persister && how.every >= 1s;
        const auto span = how.where == place::persister ? how.every : half::duration{1s};

        std::vector<loss> all;
        for (int i = 0; i < (slow ? std::max(3, kills / 3) : kills); ++i) {
            const auto least = span / 1us;
            all.push_back(
                kill_one(how, std::chrono::microseconds{least + std::int64_t(random() % std::uint64_t(least))}));
        }
        const auto worst = std::ranges::max(all, {}, &loss::lost);
        const auto age   = std::ranges::max(all, {}, &loss::age).age;
        fmt::print("| {} | {} | {} | {} | {} | {} |\n", how.name, all.size(), median(all, &loss::kept),
                   median(all, &loss::lost), worst.lost, age ? fmt::format("{:.2f} s", double(age) / 1e6) : "-");
        std::fflush(stdout);
    }
}
