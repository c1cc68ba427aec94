// Random processes that keep, forget and erase rows, end, crash and are killed, while the process that writes and the pool
// of connections are killed, the database goes away, has no room or loses an answer, and rows are refused, over many seeds.
// Now and then the program ends as kill -9 ends it, or in order, and is started again on the same disk.
//
// The model knows of each key only which states it was given, in their order, and when. From that follows what may be in
// memory and on disk at any moment.
#include <02_supervisor/dynamic_supervisor.hpp>
#include <02_supervisor/supervisor.hpp>
#include <04_persistence/detail/memory_engine.hpp>
#include <04_persistence/persister.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <optional>
#include <random>
#include <set>
#include <string>
#include <vector>

using namespace std::chrono_literals;

namespace {

struct note {
    std::int64_t id;
    std::string  text;
    std::int64_t serial = 0;  // no two states have the same
    int          mood   = 0;  // less than nothing: the database refuses it
};
constexpr half::table<note> note_table{"notes", {"id", "text", "serial", "mood"}};
const half::migrations      schema{{1,
                                    "notes",
                                    {"create table notes (id bigint primary key, text text not null, serial bigint not null,"
                                          " mood bigint not null check (mood >= 0))"}}};

using persister = half::persister<note>;
using flusher   = half::detail::flusher<note>;
using contents  = std::map<std::int64_t, std::int64_t>;  // what is on disk: which state of which key

constexpr int keys = 10;

// -- the model --------------------------------------------------------------------------------------------------------

struct version {
    enum kind { good, refused, erased } is;
    std::int64_t     serial;
    half::time_point at;
};

struct history {
    std::vector<version> all;            // of this key, oldest first
    int                  at_least = -1;  // which of them is on disk: this one or a later one; -1: perhaps none ever was
    int                  on_disk  = -1;  // this one or an earlier one (it was erased more than once)
    bool                 may_go   = false;  // it may be forgotten when it is on disk

    int newest() const { return static_cast<int>(all.size()) - 1; }
    // Whether a row could be at risk because of something else than its newest states.
    bool refused_since(int from) const {
        return std::any_of(all.begin() + (from + 1), all.end(), [](auto& v) { return v.is == version::refused; });
    }
};

struct tally {
    int kept = 0, erased = 0, forgotten = 0, refused = 0, flushed = 0, unflushed = 0, flushers = 0, pools = 0,
        owners = 0, away = 0, full = 0, doubted = 0, kills = 0, stops = 0, batches = 0, lost = 0, ordered = 0;
};

struct world {
    std::mt19937_64                           random;
    tally&                                    seen;
    half::memory_database                     disk = {};
    std::unique_ptr<half::detail::connection> spy  = {};

    bool           calm;  // nothing is killed, refused, in doubt or erased: then the order can be known
    half::duration every;
    std::size_t    batch;

    // Of one program.
    std::optional<half::store>     db         = {};
    std::optional<persister>       rows       = {};
    std::unique_ptr<half::runtime> sim        = {};
    half::ref<half::supervisor>    root       = {};
    std::map<int, history>         model      = {};
    contents                       last_look  = {};
    half::time_point               calm_since = {};
    std::int64_t                   serials    = 0;
    std::set<half::pid>            owners     = {};
    bool                           away = false, full = false, closing = false;
    std::set<int>                  urgent = {};  // an owner has ended: not in the order of the others

    int              draw(int below) { return static_cast<int>(random() % static_cast<std::uint64_t>(below)); }
    bool             one_in(int n) { return draw(n) == 0; }
    int              any_key() { return 1 + draw(keys); }
    half::time_point now() const { return sim->now(); }

    // -- what is done -------------------------------------------------------------------------------------------------
    void keep(int key) {
        const bool bad = !calm && one_in(12);
        const auto n   = ++serials;
        rows->keep({key, "note " + std::to_string(n), n, bad ? -1 : 0});
        auto& h = model[key];
        h.all.push_back({bad ? version::refused : version::good, n, now()});
        h.may_go = false;
        ++(bad ? seen.refused : seen.kept);
    }
    void erase(int key) {
        rows->erase(key);
        model[key].all.push_back({version::erased, 0, now()});
        ++seen.erased;
    }
    void forget(int key) {
        rows->forget(key);
        model[key].may_go = true;
        ++seen.forgotten;
    }
    void disturb() { calm_since = now(); }

    // -- what must be true ----------------------------------------------------------------------------------------------
    contents read_disk() {
        contents found;
        spy->run("select id, serial from notes", {},
                 [&](const half::detail::cursor& row) { return found[row.integer(0)] = row.integer(1), true; });
        return found;
    }

    // Which of its states is on disk: not an older one than before.
    void look() {
        last_look = read_disk();
        for (auto& [key, h] : model) {
            const auto found = last_look.find(key);
            const auto here  = [&](int i) {
                const auto& v = h.all[std::size_t(i)];
                return found == last_look.end() ? v.is == version::erased
                                                 : v.is == version::good && v.serial == found->second;
            };
            int first = h.at_least, last = h.newest();
            while (first >= 0 && first <= h.newest() && !here(first)) ++first;
            while (last >= 0 && !here(last)) --last;
            if (found != last_look.end()) {
                ASSERT_GE(last, 0) << "on disk is a state of key " << key << " that was never kept";
                ASSERT_GE(last, h.at_least) << "an older state of key " << key << " came after a newer one";
                first = last;
            }
            ASSERT_LE(first, h.newest()) << "key " << key << " is gone from the disk, and nobody has erased it";
            h.at_least = first;
            h.on_disk  = last;
        }
        for (auto& [key, serial] : last_look) ASSERT_TRUE(model.contains(int(key)));
    }
    bool on_disk(const history& h) const { return h.newest() == h.on_disk; }
    // Since when the disk has not had the newest state.
    half::time_point behind_since(const history& h) const { return h.all[std::size_t(h.on_disk) + 1].at; }

    void check_memory() const {
        for (auto& [key, h] : model) {
            const auto found = rows->find(key);
            if (h.all.empty()) continue;
            const auto& last = h.all.back();
            if (found) {
                ASSERT_NE(last.is, version::erased) << key;
                ASSERT_EQ(found->serial, last.serial) << key;
            } else if (last.is != version::erased) {
                ASSERT_TRUE(h.may_go) << key << " was forgotten unasked";
                ASSERT_TRUE(on_disk(h)) << key << " was forgotten before it was written";
            }
        }
    }
    void check_risk() const {
        std::size_t behind = 0;
        auto        oldest = now();
        for (auto& [key, h] : model) {
            if (h.all.empty() || on_disk(h)) continue;
            ++behind;
            if (!h.refused_since(h.on_disk)) oldest = std::min(oldest, behind_since(h));
        }
        const auto status = rows->status();
        ASSERT_GE(status.at_risk, behind);
        ASSERT_GE(status.oldest + 1ms, now() - oldest);
    }
    // Nothing waits for longer than a period, a retry, and a few batches.
    void check_age() const {
        if (away || full) return;
        const auto bound = every + std::min<half::duration>(every, 1s) + 1500ms;
        for (auto& [key, h] : model) {
            if (h.all.empty() || on_disk(h) || h.all.back().is == version::refused) continue;
            int first = h.newest();
            while (first > h.on_disk + 1 && h.all[std::size_t(first - 1)].is != version::refused) --first;
            const auto since = std::max(h.all[std::size_t(first)].at, calm_since);
            ASSERT_LE(now() - since, bound) << "key " << key << " has waited too long";
        }
    }
    void check() {
        look();
        check_memory();
        check_risk();
        check_age();
    }
    // In the flusher, after a batch: what it has written was at risk before all that still is.
    void check_order() {
        const auto before = model;
        look();
        ++seen.batches;
        if (!calm || closing) return;
        std::optional<half::time_point> youngest, oldest;
        for (auto& [key, h] : model) {
            const auto was = before.at(key).on_disk;
            if (urgent.contains(key)) continue;
            if (h.on_disk > was)
                youngest = std::max(youngest.value_or(half::time_point{}), behind_since(before.at(key)));
            else if (!h.all.empty() && !on_disk(h))
                oldest = std::min(oldest.value_or(half::time_point::max()), behind_since(h));
        }
        if (youngest && oldest) {
            ++seen.ordered;
            ASSERT_LE(*youngest, *oldest) << "a younger row was written before an older one";
        }
        std::erase_if(urgent, [&](int key) { return on_disk(model[key]); });
    }

    // -- programs -------------------------------------------------------------------------------------------------------
    void begin();
    void kill_dash_nine();
    void stop_in_order();
};

// -- the processes ----------------------------------------------------------------------------------------------------

// Changes one row, and is the only one that owns it.
struct owner {
    struct step {};

    world* all;
    int    key;

    void init(half::self<owner> me) {
        all->owners.insert(me);
        all->rows->own(me, key);
        me.send_every(std::chrono::milliseconds{1 + all->draw(50)}, step{});
    }
    void handle(step, half::self<owner> me) {
        all->keep(key);
        if (!all->one_in(15)) return;
        all->urgent.insert(key);
        if (all->one_in(2)) throw half::leave{half::exit_reason::other("tired")};
        all->model[key].may_go = true;
        me.stop();
    }
};
using owners = half::dynamic_supervisor<owner, int>;

struct walker {
    struct step {};

    world* all;

    void init(half::self<walker> me) { me.send_every(std::chrono::milliseconds{1 + all->draw(40)}, step{}); }

    half::task<> handle(step, half::self<walker>) {
        auto& w = *all;
        // clang-format off
        switch (w.draw(w.calm || w.closing ? 22 : 40)) {
        case 0: w.calm ? w.keep(w.any_key()) : w.erase(w.any_key()); break;
        case 1: w.forget(w.any_key()); break;
        case 2: co_await flush(); break;
        case 3: if (w.owners.size() < 4) co_await own(); break;
        case 4: case 5: case 6: w.check(); break;
        case 7: co_await half::sleep(std::chrono::milliseconds{w.draw(300)}); break;
        case 22: co_await kill<flusher>("rows", w.seen.flushers); break;
        case 23: co_await kill<half::detail::connection_pool>("db", w.seen.pools); break;
        case 24: w.disturb(); w.away = !w.away && ++w.seen.away; w.away ? w.disk.go_away() : w.disk.come_back(); break;
        case 25: w.disturb(); w.full = !w.full && ++w.seen.full; w.full ? w.disk.fill() : w.disk.make_room(); break;
        case 26: w.disturb(); w.disk.break_connections(); break;
        case 27: w.disturb(); w.disk.lose_next_answer(); ++w.seen.doubted; break;
        case 28: w.disturb(); w.disk.answer_after(std::chrono::milliseconds{w.draw(20)}); break;
        case 29: if (!w.owners.empty()) half::kill(*w.owners.begin()); w.owners.erase(w.owners.begin(), std::next(w.owners.begin(), !w.owners.empty())); break;
        case 30: case 31: w.disturb(); w.away = w.full = false; w.disk.come_back(); w.disk.make_room(); break;
        default: w.keep(w.any_key());
        }
        // clang-format on
    }

    // All that was kept when it was called is on disk when it says so.
    half::task<> flush() {
        auto&              w = *all;
        std::map<int, int> called;
        for (auto& [key, h] : w.model) called[key] = h.newest();
        const auto done = co_await w.rows->flush();
        ++(done ? w.seen.flushed : w.seen.unflushed);
        w.look();
        if (!done) co_return;
        for (auto& [key, newest] : called) {
            EXPECT_GE(w.model[key].on_disk, newest) << "flush() returned before key " << key << " was written";
        }
    }
    half::task<> own() {
        const int key  = all->any_key();
        auto      home = co_await half::find_child<owners>(all->root, "owners");
        ++all->seen.owners;
        (void)co_await home.try_call(owners::start_child{key});
    }
    template <class Server>
    half::task<> kill(const char* who, int& counter) {
        auto found = co_await half::find_child<Server>(all->root, who);
        if (!found) co_return;
        half::kill(found);
        all->disturb();
        ++counter;
    }
};

void world::begin() {
    away = full = closing = false;
    disk.come_back();
    disk.make_room();
    if (!calm || one_in(2)) disk.answer_after(std::chrono::milliseconds{draw(20)});
    owners.clear();
    urgent.clear();
    for (int key = 1; key <= keys; ++key) {
        auto& h = model[key];
        // What is on disk is all there is.
        if (h.on_disk >= 0) h.all = {h.all[std::size_t(h.on_disk)]};
        else h.all.clear();
        h.at_least = h.on_disk = h.newest();
        if (!h.all.empty()) h.all[0].at = {};
        h.may_go = false;
    }
    db.emplace(disk, half::store_options{.schema = schema, .retry = 10ms, .retry_at_most = 200ms});
    rows.emplace(half::persister_options<note>{
        .to = *db, .table = note_table, .every = every, .batch = batch, .on_batch = [this](auto, auto, auto) {
            check_order();
        }});
    sim        = std::make_unique<half::runtime>(half::simulated{.seed = random(), .on_report = [](auto&) {}});
    calm_since = {};
    const half::intensity patient{.restarts = 1'000'000};
    root = sim->start(
        half::supervisor{.at_most  = patient,
                         .children = {{.id = "db", .start = *db}, {.id = "rows", .start = *rows, .shutdown = 1min}}});
    auto loaded = sim->run(rows->load());
    while (!loaded) {  // an answer that was to be lost was lost now
        ASSERT_LT(now().time_since_epoch(), 10s) << to_string(loaded.error());
        sim->advance(100ms);
        loaded = sim->run(rows->load());
    }
    if (!spy) spy = disk.engine()->open(false, {});
    look();
    ASSERT_EQ(loaded->size(), last_look.size());
    check_memory();

    auto       make = [this](int key) { return owner{this, key}; };
    const auto add  = [&](half::child one) {
        ASSERT_TRUE(sim->call(root, half::supervisor::start_child{std::move(one)}));
    };
    add({.id = "owners", .start = ::owners{.start = make, .restart = half::temporary, .at_most = patient}});
    for (int i = 0; i < 4; ++i) add({.id = "walker " + std::to_string(i), .start = walker{this}});
    sim->advance(std::chrono::milliseconds{draw(2500)});
}

void world::kill_dash_nine() {
    check();
    ++seen.kills;
    for (auto& [key, h] : model) seen.lost += !h.all.empty() && !on_disk(h);
    sim.reset();
    rows.reset();
    db.reset();
    look();
}

void world::stop_in_order() {
    closing = true;
    disk.come_back();
    disk.make_room();
    sim->advance(300ms);  // the store looks again
    ++seen.stops;
    root.stop(half::exit_reason::shutdown());
    sim->run(half::ended(root.id()));
    look();
    std::size_t refused = 0;
    for (auto& [key, h] : model) {
        if (h.all.empty()) continue;
        if (h.all.back().is == version::refused) ++refused;
        else EXPECT_TRUE(on_disk(h)) << "key " << key << " was lost in an orderly stop";
    }
    EXPECT_EQ(rows->status().at_risk, refused);
    check_memory();
    sim.reset();
    rows.reset();
    db.reset();
}

void live(std::uint64_t seed, tally& seen) {
    std::mt19937_64 random{seed};
    const auto      every = std::chrono::milliseconds{20 + static_cast<int>(random() % 1500)};
    const auto      batch = random() % 2 ? 1 + random() % 5 : 1000;
    world           w{.random = random, .seen = seen, .calm = seed % 3 == 0, .every = every, .batch = batch};
    for (int program = 0; program < 3 && !testing::Test::HasFailure(); ++program) {
        w.begin();
        if (testing::Test::HasFailure()) return;
        if (w.one_in(2)) w.kill_dash_nine();
        else w.stop_in_order();
    }
}

TEST(PersisterProperty, TheDiskIsNeverWrongAndOnlyALittleBehind) {
#if __has_feature(thread_sanitizer) || __has_feature(address_sanitizer)
    constexpr std::uint64_t seeds = 60;
#else
    constexpr std::uint64_t seeds = 1000;
#endif
    tally seen;
    for (std::uint64_t seed = 1; seed <= seeds; ++seed) {
        SCOPED_TRACE(seed);
        live(seed, seen);
        if (HasFailure()) return;
    }
    // Something happened.
    const auto& s = seen;
    fmt::print("kept {}, erased {}, forgotten {}, refused {}, flushed {} (not: {}), killed: {} flushers, {} pools; "
               "owners {}, away {}, full {}, in "
               "doubt {}; kill -9 {} (lost {}), stops {}, batches {}, ordered {}\n",
               s.kept, s.erased, s.forgotten, s.refused, s.flushed, s.unflushed, s.flushers, s.pools, s.owners, s.away,
               s.full, s.doubted, s.kills, s.lost, s.stops, s.batches, s.ordered);
    for (int happened : {s.kept, s.erased, s.forgotten, s.refused, s.flushed, s.unflushed, s.flushers, s.pools,
                         s.owners, s.away, s.full, s.doubted, s.kills, s.lost, s.stops, s.batches, s.ordered})
        EXPECT_GT(happened, static_cast<int>(seeds) / 4);
}

}  // namespace
