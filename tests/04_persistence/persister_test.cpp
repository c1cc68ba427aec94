// The persister: what is in memory at once, what is on disk when, and what it costs when something ends.
#include <02_supervisor/supervisor.hpp>
#include <04_persistence/persister.hpp>

#include <gmock/gmock.h>

#include <condition_variable>
#include <functional>
#include <map>
#include <string>
#include <thread>
#include <vector>

namespace {

using namespace std::chrono_literals;
using half::exit_reason;
using half::store_error;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

struct pet_row {
    std::int64_t id;
    std::string  name;
    int          age = 0;

    bool operator==(const pet_row&) const = default;
};
constexpr half::table<pet_row> pet_table{"pets", {"id", "name", "age"}};

const half::migrations schema{
    {.version = 1,
     .name    = "pets",
     .up      = {"create table pets (id bigserial primary key, name text not null unique,"
                      " age bigint not null check (age >= 0))",
                 "create table chips (of_pet bigint primary key references pets (id))"}},
};

std::string any_name(std::int64_t id) { return "pet " + std::to_string(id); }
pet_row     pet_of(std::int64_t id, int age = 0) { return {id, any_name(id), age}; }

using rows_of_pets = half::persister<pet_row>;
using writer       = half::detail::flusher<pet_row>;

// A program that is started on a disk: once more, if the disk has been used before.
struct house {
    half::memory_database          disk;
    std::vector<std::string>       remarks;
    half::store                    db;
    rows_of_pets                   rows;
    std::unique_ptr<half::runtime> sim;
    half::ref<half::supervisor>    root;

    explicit house(half::memory_database on = {}, std::function<void(half::persister_options<pet_row>&)> change = {})
        : disk{on},
          db{disk, {.schema = schema}},
          rows{options(change)},
          sim{std::make_unique<half::runtime>(half::simulated{.on_report = [this](const half::report& r) {
              if (r.what == half::report::kind::remark && r.server == "persister") remarks.push_back(r.remark);
          }})} {
        root = sim->start(
            half::supervisor{.at_most  = {.restarts = 1000},
                             .children = {{.id = "db", .start = db}, {.id = "rows", .start = rows, .shutdown = 1min}}});
    }
    explicit house(std::function<void(half::persister_options<pet_row>&)> change)
        : house{half::memory_database{}, std::move(change)} {}

    half::persister_options<pet_row> options(const std::function<void(half::persister_options<pet_row>&)>& change) {
        half::persister_options<pet_row> o{.to = db, .table = pet_table};
        if (change) change(o);
        return o;
    }
    half::ref<writer> flusher() { return sim->run(half::find_child<writer>(root, "rows")); }
    half::stored<>    flush() { return sim->run(rows.flush()); }
    void              stop() {
        root.stop(exit_reason::shutdown());
        sim->run(half::ended(root.id()));
    }
    // What another connection finds there.
    std::vector<pet_row> on_disk() { return sim->run(db.query(pet_table, "order by id")).or_throw(); }
    std::uint64_t        execute(std::string sql) {
        return sim->run(db.execute(half::trusted_sql{std::move(sql)})).or_throw();
    }
};

// What the next program finds there.
std::vector<pet_row> after(half::memory_database disk) { return house{disk}.on_disk(); }

// A process that does what it is told.
struct actor {
    struct act {
        std::function<void(half::self<actor>)> what;
    };
    void handle(act a, half::self<actor> me) { a.what(me); }
};

struct loader {
    rows_of_pets                                   rows;
    std::function<void(std::vector<std::int64_t>)> tell;

    half::task<> init() { tell((co_await rows.load()).or_throw()); }
};

// -- keeping --------------------------------------------------------------------------------------------------------

TEST(Persister, KeepsAtOnceAndWritesALittleLater) {
    house here;
    here.rows.keep(pet_of(1, 3));
    EXPECT_EQ(here.rows.find(1), pet_of(1, 3));
    EXPECT_EQ(here.rows.at(1), pet_of(1, 3));
    EXPECT_EQ(here.rows.status().at_risk, 1u);
    EXPECT_THAT(here.on_disk(), IsEmpty());
    here.sim->advance(5s);
    EXPECT_THAT(here.on_disk(), ElementsAre(pet_of(1, 3)));
    EXPECT_EQ(here.rows.status().at_risk, 0u);
    EXPECT_EQ(here.rows.status().known, 1u);
}

TEST(Persister, SaysWhichKeyIsNotThere) {
    house here;
    EXPECT_FALSE(here.rows.find(7));
    try {
        (void)here.rows.at(7);
        FAIL();
    } catch (const std::out_of_range& e) {
        EXPECT_THAT(e.what(), HasSubstr("'7'"));
        EXPECT_THAT(e.what(), HasSubstr("pets"));
    }
}

TEST(Persister, CopiesAreTheSamePersister) {
    house      here;
    const auto other = here.rows;
    other.keep(pet_of(1));
    EXPECT_TRUE(here.rows.find(1));
}

TEST(Persister, OfManyChangesOneIsWritten) {
    house here;
    for (int age = 1; age <= 1000; ++age) here.rows.keep(pet_of(1, age));
    here.sim->advance(5s);
    EXPECT_THAT(here.on_disk(), ElementsAre(pet_of(1, 1000)));
    EXPECT_EQ(here.rows.status().written, 1u);
    EXPECT_EQ(here.rows.status().batches, 1u);
}

TEST(Persister, WritesNothingWhenNothingHasChanged) {
    house here;
    here.rows.keep(pet_of(1));
    here.sim->advance(5s);
    const auto commits = here.disk.commits();
    here.sim->advance(1h);
    EXPECT_EQ(here.disk.commits(), commits);
    EXPECT_TRUE(here.flush());
    EXPECT_EQ(here.disk.commits(), commits);
    EXPECT_EQ(here.rows.status().batches, 1u);
}

TEST(Persister, EnoughRowsAreWrittenAtOnce) {
    house here{[](auto& o) { o.every = 1h, o.batch = 3; }};
    here.rows.keep(pet_of(1));
    here.rows.keep(pet_of(2));
    here.sim->settle();
    EXPECT_THAT(here.on_disk(), IsEmpty());
    here.rows.keep(pet_of(3));
    here.sim->settle();
    EXPECT_EQ(here.on_disk().size(), 3u);
    EXPECT_EQ(here.rows.status().batches, 1u);
}

TEST(Persister, IsWokenOnceForMany) {
    house here{[](auto& o) { o.every = 1h, o.batch = 10; }};
    here.disk.answer_after(1s);
    here.sim->settle();
    const auto flusher = here.flusher();
    for (int i = 0; i < 1000; ++i) here.rows.keep(pet_of(i));
    EXPECT_EQ(half::backlog(flusher).length, 1u);
    here.sim->advance(500ms);  // and while it writes
    for (int i = 0; i < 1000; ++i) here.rows.keep(pet_of(i, 1));
    EXPECT_EQ(half::backlog(flusher).length, 0u);
    here.sim->advance(1h);
    EXPECT_EQ(here.rows.status().at_risk, 0u);
}

TEST(Persister, ABatchHasALimit) {
    std::vector<std::size_t> sizes;
    house                    here{[&](auto& o) {
        o.batch    = 40;
        o.on_batch = [&](std::size_t rows, std::size_t refused, half::duration) {
            sizes.push_back(rows);
            EXPECT_EQ(refused, 0u);
        };
    }};
    here.sim->settle();
    for (int i = 0; i < 100; ++i) here.rows.keep(pet_of(i));
    here.sim->advance(5s);
    EXPECT_THAT(sizes, ElementsAre(40u, 40u, 20u));
}

TEST(Persister, RefusesOneKeyTooMany) {
    house here{[](auto& o) { o.at_most = 2; }};
    here.rows.keep(pet_of(1));
    here.rows.keep(pet_of(2));
    EXPECT_THROW(here.rows.keep(pet_of(3)), half::too_many_states);
    EXPECT_FALSE(here.rows.try_keep(pet_of(3)));
    EXPECT_THROW(here.rows.erase(3), half::too_many_states);
    EXPECT_TRUE(here.rows.try_keep(pet_of(2, 5)));
    EXPECT_TRUE(here.flush());
    here.rows.forget(1);
    EXPECT_TRUE(here.rows.try_keep(pet_of(3)));
    EXPECT_EQ(here.rows.status().known, 2u);
}

// -- who is first ---------------------------------------------------------------------------------------------------

// Notes in which order the rows come to the database.
struct noted {
    static inline std::vector<int> order;
    int                            n = 0;
};

}  // namespace

template <>
struct half::column<noted> {
    static void write(auto& to, noted value) {
        noted::order.push_back(value.n);
        to.integer(value.n);
    }
    static noted read(const auto& from, int at) { return {static_cast<int>(from.integer(at))}; }
};

namespace {

struct noted_row {
    std::int64_t id;
    noted        what;
};
constexpr half::table<noted_row> noted_table{"notes", {"id", "what"}};

struct noting {
    half::memory_database      disk;
    half::store                db{disk,
                                  {.schema = {{1, "notes", {"create table notes (id bigint primary key, what bigint not null)"}}}}};
    half::persister<noted_row> rows;
    half::runtime              sim{half::simulated{.on_report = [](auto&) {}}};

    explicit noting(std::size_t batch) : rows{{.to = db, .table = noted_table, .every = 10s, .batch = batch}} {
        sim.start(half::supervisor{.at_most  = {.restarts = 100},
                                   .children = {{.id = "db", .start = db}, {.id = "rows", .start = rows}}});
        sim.settle();
        noted::order.clear();
    }
    void keep(int n) { rows.keep({n, {n}}); }
};

TEST(Persister, WritesTheOldestFirst) {
    noting here{100};
    for (int n : {5, 3, 9, 1, 7}) {
        here.keep(n);
        here.sim.advance(1s);
    }
    here.keep(5);  // is at risk since then, and not since now
    here.sim.advance(10s);
    EXPECT_THAT(noted::order, ElementsAre(5, 3, 9, 1, 7));
}

TEST(Persister, WritesTheOldestFirstAfterAFailure) {
    noting here{100};
    for (int n : {5, 3, 9}) here.keep(n);
    here.disk.go_away();
    here.sim.advance(12s);  // it has tried
    here.keep(1);
    here.keep(3);
    here.disk.come_back();
    noted::order.clear();
    here.sim.advance(30s);
    EXPECT_THAT(noted::order, ElementsAre(5, 3, 9, 1));
}

TEST(Persister, WhatWasPutBackStandsBeforeWhatCameLater) {
    noting here{2};
    here.disk.fill();  // the rows come to the database, which then has no room
    for (int n : {5, 3, 9, 1}) here.keep(n);
    here.sim.settle();
    EXPECT_THAT(noted::order, ElementsAre());
    here.sim.advance(3s);
    here.keep(7);
    here.keep(3);
    here.disk.make_room();
    noted::order.clear();
    here.sim.advance(10s);
    here.sim.advance(10s);
    EXPECT_THAT(noted::order, ElementsAre(5, 3, 9, 1, 7));
}

// -- what is kept while it is written -------------------------------------------------------------------------------

TEST(Persister, WhatIsKeptWhileItIsWrittenIsAtRiskAnew) {
    house here{[](auto& o) { o.every = 1h, o.batch = 2; }};
    here.sim->settle();
    here.rows.keep(pet_of(1));
    here.rows.keep(pet_of(2));
    // After the commit, and before the flusher has heard of it: whoever runs then keeps another state.
    const auto before = here.disk.commits();
    while (here.disk.commits() == before) here.sim->run([]() -> half::task<> { co_return; }());
    here.rows.keep(pet_of(1, 7));
    here.sim->settle();
    EXPECT_THAT(here.on_disk(), ElementsAre(pet_of(1), pet_of(2)));
    EXPECT_EQ(here.rows.status().at_risk, 1u);
    EXPECT_TRUE(here.flush());
    EXPECT_THAT(here.on_disk(), ElementsAre(pet_of(1, 7), pet_of(2)));
}

// -- a database that is away ----------------------------------------------------------------------------------------

TEST(Persister, LosesNothingWhileTheDatabaseIsAway) {
    house here;
    here.rows.keep(pet_of(1));
    EXPECT_TRUE(here.flush());
    here.disk.go_away();
    for (int minute = 0; minute < 10; ++minute) {
        for (int id = 1; id <= 5; ++id) here.rows.keep(pet_of(id, minute));
        here.sim->advance(1min);
    }
    auto status = here.rows.status();
    EXPECT_EQ(status.at_risk, 5u);
    EXPECT_EQ(status.oldest, 10min);
    EXPECT_THAT(status.problem, HasSubstr("unavailable"));
    EXPECT_EQ(here.rows.find(3), pet_of(3, 9));
    EXPECT_THAT(to_string(status), HasSubstr("5 at risk"));
    EXPECT_THAT(here.sim->info(here.flusher())->state, HasSubstr("5 at risk"));

    here.disk.come_back();
    here.sim->advance(12s);  // the store looks again every 10 s, and the persister every second
    EXPECT_EQ(here.on_disk().size(), 5u);
    status = here.rows.status();
    EXPECT_EQ(status.at_risk, 0u);
    EXPECT_EQ(status.oldest, 0s);
    EXPECT_EQ(status.problem, "");
}

TEST(Persister, TriesAgainAfterASecondAtMost) {
    house here{[](auto& o) { o.every = 1h, o.batch = 1; }};
    here.rows.keep(pet_of(1));
    here.sim->settle();
    here.disk.fill();
    here.rows.keep(pet_of(1, 1));
    here.sim->settle();
    EXPECT_THAT(here.rows.status().problem, HasSubstr("full"));
    here.disk.make_room();
    here.sim->advance(1s);
    EXPECT_THAT(here.on_disk(), ElementsAre(pet_of(1, 1)));
}

TEST(Persister, TriesAgainEveryPeriodWhenThatIsSooner) {
    house here{[](auto& o) { o.every = 100ms; }};
    here.sim->settle();
    here.disk.fill();
    here.rows.keep(pet_of(1, 1));
    here.sim->advance(150ms);
    EXPECT_THAT(here.rows.status().problem, HasSubstr("full"));
    here.disk.make_room();
    here.sim->advance(100ms);
    EXPECT_THAT(here.on_disk(), ElementsAre(pet_of(1, 1)));
}

TEST(Persister, IsNotWokenInVainWhileTheDatabaseIsAway) {
    house here{[](auto& o) { o.every = 1h, o.batch = 2; }};
    here.sim->settle();
    here.disk.fill();
    for (int i = 0; i < 10; ++i) here.rows.keep(pet_of(i));
    here.sim->settle();
    const auto handled = here.sim->info(here.flusher())->handled;
    for (int i = 0; i < 1000; ++i) {
        here.rows.keep(pet_of(i));
        here.sim->settle();
    }
    EXPECT_LT(here.sim->info(here.flusher())->handled, handled + 10);
}

// -- rows that are refused ------------------------------------------------------------------------------------------

TEST(Persister, ARefusedRowIsLeftAndTheOthersAreWritten) {
    house here;
    here.rows.keep(pet_of(1));
    here.rows.keep(pet_of(2, -1));
    here.rows.keep(pet_of(3));
    here.sim->advance(5s);
    EXPECT_THAT(here.on_disk(), ElementsAre(pet_of(1), pet_of(3)));
    auto status = here.rows.status();
    EXPECT_EQ(status.refused, 1u);
    EXPECT_EQ(status.at_risk, 1u);
    EXPECT_EQ(status.written, 2u);
    EXPECT_EQ(status.problem, "");
    EXPECT_EQ(status.oldest, 5s);
    ASSERT_EQ(here.remarks.size(), 1u);
    EXPECT_THAT(here.remarks[0], HasSubstr("2 ("));

    here.sim->advance(1h);
    EXPECT_EQ(here.rows.status().refused, 1u);
    EXPECT_EQ(here.remarks.size(), 1u);

    here.rows.keep(pet_of(2, 4));
    here.sim->advance(5s);
    EXPECT_EQ(here.rows.status().refused, 0u);
    EXPECT_EQ(here.on_disk().size(), 3u);
}

TEST(Persister, ARowThatIsRefusedAgainAndAgainIsReportedOnce) {
    house here;
    for (int i = 1; i < 20; ++i) {
        here.rows.keep(pet_of(1, -i));
        here.rows.keep(pet_of(2, i));
        here.sim->advance(5s);
        EXPECT_EQ(here.rows.status().refused, 1u);
        EXPECT_EQ(here.rows.status().at_risk, 1u);
    }
    EXPECT_EQ(here.remarks.size(), 1u);
    here.rows.keep(pet_of(1, 1));
    here.sim->advance(5s);
    here.rows.keep(pet_of(1, -1));
    here.sim->advance(5s);
    EXPECT_EQ(here.remarks.size(), 2u);
}

TEST(Persister, ARefusedRowIsTriedAgainNowAndThen) {
    house here;
    here.rows.keep(pet_of(1));
    here.rows.keep({2, any_name(1), 0});  // the name is taken
    here.sim->advance(5s);
    EXPECT_EQ(here.rows.status().refused, 1u);
    here.rows.keep({1, "another"});
    here.sim->advance(1min);
    EXPECT_EQ(here.rows.status().refused, 0u);
    EXPECT_EQ(here.on_disk().size(), 2u);
}

TEST(Persister, ManyRefusalsAreOneReport) {
    house here;
    for (int id = 1; id <= 500; ++id) here.rows.keep(pet_of(id, id % 2 ? -1 : 1));
    here.sim->advance(5s);
    EXPECT_EQ(here.on_disk().size(), 250u);
    EXPECT_EQ(here.rows.status().refused, 250u);
    ASSERT_EQ(here.remarks.size(), 1u);
    EXPECT_THAT(here.remarks[0], HasSubstr("and 247 more"));
}

TEST(Persister, FlushTriesTheRefusedAgainAndSaysThatTheyAre) {
    house here;
    here.rows.keep(pet_of(1));
    here.rows.keep({2, any_name(1), 0});  // the name is taken
    const auto first = here.flush();
    ASSERT_FALSE(first);
    EXPECT_EQ(first.error(), store_error::refused);
    EXPECT_EQ(here.on_disk().size(), 1u);
    here.execute("update pets set name = 'another' where id = 1");
    EXPECT_TRUE(here.flush());
    EXPECT_EQ(here.on_disk().size(), 2u);
    EXPECT_EQ(here.rows.status().refused, 0u);
    EXPECT_EQ(here.remarks.size(), 1u);
}

TEST(Persister, ADeleteThatIsRefusedStandsAloneToo) {
    house here;
    for (int id = 1; id <= 3; ++id) here.rows.keep(pet_of(id));
    EXPECT_TRUE(here.flush());
    here.execute("insert into chips values (2)");
    for (int id = 1; id <= 3; ++id) here.rows.erase(id);
    here.rows.keep(pet_of(4));
    const auto done = here.flush();
    ASSERT_FALSE(done);
    EXPECT_EQ(done.error(), store_error::refused);
    EXPECT_THAT(here.on_disk(), ElementsAre(pet_of(2), pet_of(4)));
    here.execute("delete from chips");
    EXPECT_TRUE(here.flush());
    EXPECT_THAT(here.on_disk(), ElementsAre(pet_of(4)));
}

// -- owners ---------------------------------------------------------------------------------------------------------

struct owning : testing::Test {
    house            here{[](auto& o) { o.every = 1h; }};
    half::ref<actor> one = here.sim->start(actor{});

    template <class F>
    void let(half::ref<actor> who, F what) {
        who.cast(actor::act{what});
        here.sim->settle();
    }
    void SetUp() override {
        let(one, [&](auto me) {
            here.rows.keep(pet_of(1, 8));
            here.rows.own(me, 1);
            here.rows.own(me, 1);
        });
        here.rows.keep(pet_of(2));
        here.sim->settle();
        EXPECT_THAT(here.on_disk(), IsEmpty());
    }
};

TEST_F(owning, ADeathIsWrittenAtOnceAndAlone) {
    half::kill(one);
    here.sim->settle();
    EXPECT_THAT(here.on_disk(), ElementsAre(pet_of(1, 8)));
    EXPECT_EQ(here.rows.find(1), pet_of(1, 8));
    EXPECT_EQ(here.rows.status().at_risk, 1u);
}

TEST_F(owning, ACrashIsWrittenAtOnceAndKept) {
    let(one, [](auto) { throw std::runtime_error{"ouch"}; });
    EXPECT_THAT(here.on_disk(), ElementsAre(pet_of(1, 8)));
    EXPECT_TRUE(here.rows.find(1));
}

TEST_F(owning, WhoIsDoneIsWrittenAndForgotten) {
    let(one, [](auto me) { me.stop(); });
    EXPECT_THAT(here.on_disk(), ElementsAre(pet_of(1, 8)));
    EXPECT_FALSE(here.rows.find(1));
    EXPECT_EQ(here.rows.status().known, 1u);
}

TEST_F(owning, WhoIsDoneIsNotForgottenBeforeItIsWritten) {
    here.disk.go_away();
    let(one, [](auto me) { me.stop(); });
    here.sim->advance(1min);
    EXPECT_EQ(here.rows.find(1), pet_of(1, 8));
    here.disk.come_back();
    here.sim->advance(15s);
    EXPECT_FALSE(here.rows.find(1));
    EXPECT_EQ(here.on_disk().size(), 1u);  // the other one is not due
}

TEST_F(owning, WhoEndsWithNothingAtRiskIsForgottenAtOnce) {
    EXPECT_TRUE(here.flush());
    const auto commits = here.disk.commits();
    let(one, [](auto me) { me.stop(); });
    EXPECT_FALSE(here.rows.find(1));
    EXPECT_EQ(here.disk.commits(), commits);
}

TEST_F(owning, ManyDeathsAreOneBatch) {
    EXPECT_TRUE(here.flush());
    std::vector<half::pid> all;
    for (int id = 10; id < 500; ++id) {
        auto each = here.sim->start(actor{});
        each.cast(actor::act{[&, id](auto me) { here.rows.own(me, id), here.rows.keep(pet_of(id)); }});
        all.push_back(each);
    }
    here.sim->settle();
    const auto flusher = here.flusher();
    const auto batches = here.rows.status().batches;
    const auto handled = here.sim->info(flusher)->handled;
    here.disk.answer_after(10ms);
    for (auto each : all) half::kill(each);
    here.sim->advance(1s);
    EXPECT_LE(here.rows.status().batches, batches + 2);
    EXPECT_LT(here.sim->info(flusher)->handled, handled + 20);
    EXPECT_EQ(here.rows.status().at_risk, 0u);
}

TEST_F(owning, AnOlderOwnerDoesNotForgetForTheNewer) {
    auto next = here.sim->start(actor{});
    let(next, [&](auto me) { here.rows.own(me, 1); });
    let(one, [](auto me) { me.stop(); });
    EXPECT_TRUE(here.flush());
    EXPECT_TRUE(here.rows.find(1));
    let(next, [](auto me) { me.stop(); });
    EXPECT_FALSE(here.rows.find(1));
}

TEST_F(owning, WhatIsKeptAfterTheEndStays) {
    here.disk.go_away();
    let(one, [](auto me) { me.stop(); });
    here.rows.keep(pet_of(1, 9));
    here.disk.come_back();
    here.sim->advance(15s);
    EXPECT_EQ(here.rows.find(1), pet_of(1, 9));
}

TEST_F(owning, SaysWhatItOwns) {
    const auto info = here.sim->info(one);
    ASSERT_TRUE(info);
    EXPECT_THAT(info->attached, ElementsAre("owns '1' of pets"));
}

TEST(Persister, ItsTableLivesAsLongAsAnOwner) {
    half::memory_database disk;
    half::runtime         sim{half::simulated{}};
    auto                  one = sim.start(actor{});
    {
        half::store  db{disk};
        rows_of_pets rows{{.to = db, .table = pet_table}};
        for (int id = 1; id <= 3; ++id) one.cast(actor::act{[rows, id](auto me) { rows.own(me, id); }});
        one.cast(actor::act{[rows](auto) { rows.keep(pet_of(1)); }});
        sim.settle();
    }
    EXPECT_THAT(sim.info(one)->attached.size(), 3u);
    half::kill(one);
    sim.settle();
}

// -- forget and erase -----------------------------------------------------------------------------------------------

TEST(Persister, ForgetsWhatIsOnDiskAtOnceAndTheRestWhenItIs) {
    house here;
    here.rows.keep(pet_of(1));
    EXPECT_TRUE(here.flush());
    here.rows.keep(pet_of(2));
    here.rows.forget(1);
    here.rows.forget(2);
    here.rows.forget(3);
    EXPECT_FALSE(here.rows.find(1));
    EXPECT_TRUE(here.rows.find(2));
    EXPECT_TRUE(here.flush());
    EXPECT_FALSE(here.rows.find(2));
    EXPECT_EQ(here.on_disk().size(), 2u);
    EXPECT_EQ(here.rows.status().known, 0u);
}

TEST(Persister, ErasesHereAtOnceAndOnDiskALittleLater) {
    house here;
    here.rows.keep(pet_of(1));
    here.rows.keep(pet_of(2));
    EXPECT_TRUE(here.flush());
    here.rows.erase(1);
    EXPECT_FALSE(here.rows.find(1));
    EXPECT_EQ(here.rows.status().known, 1u);
    EXPECT_EQ(here.rows.status().at_risk, 1u);
    EXPECT_EQ(here.on_disk().size(), 2u);
    here.sim->advance(5s);
    EXPECT_THAT(here.on_disk(), ElementsAre(pet_of(2)));
    EXPECT_EQ(here.rows.status().at_risk, 0u);
}

TEST(Persister, ErasesWhatItDoesNotKnow) {
    house here;
    here.execute("insert into pets values (9, 'stray', 1)");
    here.rows.erase(9);
    EXPECT_TRUE(here.flush());
    EXPECT_THAT(here.on_disk(), IsEmpty());
}

TEST(Persister, APendingStateDoesNotBringBackWhatWasErased) {
    house here;
    here.rows.keep(pet_of(1));
    here.rows.erase(1);
    EXPECT_TRUE(here.flush());
    EXPECT_THAT(here.on_disk(), IsEmpty());
    EXPECT_FALSE(here.rows.find(1));
    here.sim->advance(1min);
    EXPECT_THAT(here.on_disk(), IsEmpty());
}

TEST(Persister, WhatIsKeptAfterAnEraseIsThereAgain) {
    house here;
    here.rows.keep(pet_of(1, 1));
    EXPECT_TRUE(here.flush());
    here.rows.erase(1);
    here.rows.keep(pet_of(1, 2));
    EXPECT_EQ(here.rows.find(1), pet_of(1, 2));
    EXPECT_TRUE(here.flush());
    EXPECT_THAT(here.on_disk(), ElementsAre(pet_of(1, 2)));
    EXPECT_EQ(here.rows.status().known, 1u);
}

TEST(Persister, ANameThatWasErasedIsFreeInTheSameBatch) {
    house here;
    here.rows.keep({1, "Rex"});
    EXPECT_TRUE(here.flush());
    here.rows.keep({2, "Rex"});
    here.rows.erase(1);
    EXPECT_TRUE(here.flush());
    EXPECT_THAT(here.on_disk(), ElementsAre(pet_row{2, "Rex"}));
}

// -- loading --------------------------------------------------------------------------------------------------------

TEST(Persister, LoadsATable) {
    house here;
    here.execute("insert into pets values (1, 'a', 1), (2, 'b', 2), (3, 'c', 3)");
    EXPECT_THAT(*here.sim->run(here.rows.load()), ElementsAre(1, 2, 3));
    EXPECT_EQ(here.rows.find(2), (pet_row{2, "b", 2}));
    EXPECT_EQ(here.rows.status().known, 3u);
    EXPECT_EQ(here.rows.status().at_risk, 0u);
}

TEST(Persister, LoadsWhatFits) {
    house here;
    here.execute("insert into pets values (1, 'a', 1), (2, 'b', 2), (3, 'c', 3)");
    EXPECT_THAT(*here.sim->run(here.rows.load("where age >= $1 and name <> $2 order by id", 2, "c")), ElementsAre(2));
    EXPECT_FALSE(here.rows.find(1));
    EXPECT_THAT(*here.sim->run(here.rows.load("where age > $1", 100)), IsEmpty());
}

TEST(Persister, LoadingLeavesAloneWhatIsAtRisk) {
    house here;
    here.execute("insert into pets values (1, 'a', 1), (2, 'b', 2), (3, 'c', 3)");
    here.rows.keep({1, "a", 50});
    here.rows.erase(2);
    EXPECT_THAT(*here.sim->run(here.rows.load()), ElementsAre(1, 3));
    EXPECT_EQ(here.rows.find(1)->age, 50);
    EXPECT_FALSE(here.rows.find(2));
    EXPECT_TRUE(here.flush());
    EXPECT_THAT(here.on_disk(), ElementsAre(pet_row{1, "a", 50}, pet_row{3, "c", 3}));
}

TEST(Persister, LoadingChangesNoRowThatIsKnown) {
    house here;
    here.rows.keep({1, "a", 1});
    EXPECT_TRUE(here.flush());
    here.execute("update pets set age = 7");
    EXPECT_THAT(*here.sim->run(here.rows.load()), ElementsAre(1));
    EXPECT_EQ(here.rows.find(1)->age, 1);
}

// What was read before, and comes later.
TEST(Persister, WhatChangesWhileItLoadsIsYounger) {
    house here{[](auto& o) { o.every = 1h, o.batch = 1; }};
    here.execute("insert into pets values (1, 'a', 1), (2, 'b', 1), (3, 'c', 1), (4, 'd', 1)");
    here.disk.answer_after(1s);
    std::optional<std::vector<std::int64_t>> loaded;
    auto                                     one = here.sim->start(actor{});
    one.cast(actor::act{[&](half::self<actor> me) { here.rows.own(me, 4), here.rows.keep({4, "d", 8}); }});
    here.sim->spawn(loader{here.rows, [&](auto keys) { loaded = keys; }});
    here.sim->advance(500ms);
    EXPECT_FALSE(loaded);
    here.rows.keep({1, "a", 8});
    here.rows.erase(2);
    one.cast(actor::act{[](half::self<actor> me) { me.stop(); }});  // written, and forgotten
    here.sim->advance(20s);
    ASSERT_TRUE(loaded);
    EXPECT_EQ(here.rows.find(1), (pet_row{1, "a", 8}));
    EXPECT_FALSE(here.rows.find(2));
    EXPECT_EQ(here.rows.find(3), (pet_row{3, "c", 1}));
    EXPECT_THAT(here.on_disk(), ElementsAre(pet_row{1, "a", 8}, pet_row{3, "c", 1}, pet_row{4, "d", 8}));
}

// The same, where the rows were read before and come after all was written.
TEST(Persister, WhatWasForgottenWhileSomethingLoadsStaysAway) {
    using table = half::detail::dirty_table<pet_row>;
    house here;
    auto  behind = std::make_shared<table>(here.options([](auto& o) { o.every = 1h; }), [](half::pid) {});
    auto  write  = [&] {
        half::detail::dirty_batch<pet_row> batch{behind};
        behind->all_is_due();
        batch.take();
        batch.settle({});
    };
    for (int id = 1; id <= 3; ++id) behind->keep(pet_of(id, 1));
    write();
    std::optional<table::loading> loading{behind};
    behind->keep(pet_of(1, 2));
    behind->erase(2);
    behind->keep(pet_of(3, 2));
    behind->forget(3);
    write();
    EXPECT_EQ(behind->status().known, 1u);
    std::vector<std::int64_t> keys;
    EXPECT_TRUE(loading->put({pet_of(1, 1), pet_of(2, 1), pet_of(3, 1), pet_of(4, 7)}, keys));
    EXPECT_THAT(keys, ElementsAre(1, 4));
    EXPECT_EQ(behind->find(1), pet_of(1, 2));
    EXPECT_FALSE(behind->find(2));
    EXPECT_FALSE(behind->find(3));
    EXPECT_EQ(behind->status().known, 2u);
    loading.reset();

    keys.clear();  // and the next one brings what is there
    EXPECT_TRUE(table::loading{behind}.put({pet_of(3, 2)}, keys));
    EXPECT_THAT(keys, ElementsAre(3));
    EXPECT_EQ(behind->find(3), pet_of(3, 2));
    EXPECT_EQ(behind->status().known, 3u);
}

TEST(Persister, LoadsPageByPage) {
    house here;
    for (int i = 0; i < 120'000; ++i) here.rows.keep({i, std::to_string(i), i % 2});
    EXPECT_TRUE(here.flush());
    house next{here.disk};
    EXPECT_EQ(next.sim->run(next.rows.load("where age = $1", 1))->size(), 60'000u);
    EXPECT_EQ(next.sim->run(next.rows.load())->size(), 120'000u);
}

// The handle may be gone when the task runs, and so may be what it was asked with.
TEST(Persister, ATaskOutlivesItsHandle) {
    house here;
    here.execute("insert into pets values (1, 'a', 1), (2, 'b', 2)");
    auto load = [&] { return rows_of_pets{here.rows}.load("where name = $1", std::string{"b"}.c_str()); };
    EXPECT_THAT(*here.sim->run(load()), ElementsAre(2));
    here.rows.keep(pet_of(2));
    auto flush = [&] { return rows_of_pets{here.rows}.flush(); };
    EXPECT_TRUE(here.sim->run(flush()));
}

TEST(Persister, LoadsNoMoreThanItMayKeep) {
    house here{[](auto& o) { o.at_most = 2; }};
    here.execute("insert into pets values (1, 'a', 1), (2, 'b', 2), (3, 'c', 3)");
    const auto keys = here.sim->run(here.rows.load());
    ASSERT_FALSE(keys);
    EXPECT_EQ(keys.error(), store_error::too_much);
    EXPECT_EQ(here.rows.status().known, 2u);
}

TEST(Persister, SaysWhyItCannotLoad) {
    house here;
    EXPECT_EQ(here.sim->run(here.rows.load("where no_such_column = $1", 1)).error(), store_error::wrong);
    here.disk.go_away();
    EXPECT_EQ(here.sim->run(here.rows.load()).error(), store_error::unavailable);
}

// -- flush ----------------------------------------------------------------------------------------------------------

TEST(Persister, FlushReturnsWhenAllThatWasAtRiskIsWritten) {
    house here{[](auto& o) { o.every = 1h, o.batch = 10; }};
    here.disk.answer_after(1s);
    here.sim->settle();
    for (int i = 0; i < 95; ++i) here.rows.keep(pet_of(i));
    EXPECT_TRUE(here.flush());
    EXPECT_EQ(here.on_disk().size(), 95u);
}

TEST(Persister, FlushDoesNotWaitForWhatComesLater) {
    house here{[](auto& o) { o.every = 1h; }};
    here.disk.answer_after(1s);
    auto                                   busy = here.sim->start(actor{});
    int                                    age  = 0;
    std::function<void(half::self<actor>)> more = [&](half::self<actor> me) {
        here.rows.keep(pet_of(1, ++age));
        me.send_after(100ms, actor::act{more});
    };
    busy.cast(actor::act{more});
    here.sim->advance(10s);
    const auto since = here.sim->now();
    EXPECT_TRUE(here.flush());
    EXPECT_LE(here.sim->now() - since, 3s);
}

TEST(Persister, FlushSaysThatTheDatabaseIsAway) {
    house here;
    here.disk.go_away();
    here.rows.keep(pet_of(1));
    const auto done = here.flush();
    ASSERT_FALSE(done);
    EXPECT_EQ(done.error(), store_error::unavailable);
    EXPECT_EQ(here.rows.status().at_risk, 1u);
}

TEST(Persister, FlushSaysThatNobodyWrites) {
    half::runtime sim{half::simulated{}};
    half::store   db{half::memory_database{}};
    rows_of_pets  rows{{.to = db, .table = pet_table}};
    EXPECT_TRUE(sim.run(rows.flush()));
    rows.keep(pet_of(1));
    const auto done = sim.run(rows.flush());
    ASSERT_FALSE(done);
    EXPECT_EQ(done.error(), store_error::unavailable);
    EXPECT_THAT(done.error().what, HasSubstr("pets"));
}

// -- ends -----------------------------------------------------------------------------------------------------------

TEST(Persister, StoppedInOrderItLosesNothing) {
    house here{[](auto& o) { o.every = 1h, o.batch = 10; }};
    here.disk.answer_after(50ms);
    for (int i = 0; i < 9; ++i) here.rows.keep(pet_of(i));
    here.stop();
    EXPECT_EQ(after(here.disk).size(), 9u);
    EXPECT_EQ(here.rows.status().at_risk, 0u);
    EXPECT_THAT(here.remarks, IsEmpty());
}

TEST(Persister, StoppedInTheMiddleOfABatchItLosesNothing) {
    house here{[](auto& o) { o.every = 1h, o.batch = 10; }};
    here.sim->settle();
    here.disk.answer_after(1s);
    for (int i = 0; i < 57; ++i) here.rows.keep(pet_of(i));
    here.sim->advance(1500ms);
    EXPECT_GT(here.rows.status().at_risk, 20u);
    here.stop();
    EXPECT_EQ(after(here.disk).size(), 57u);
}

TEST(Persister, StoppedWhileTheDatabaseIsAwayItTriesForAWhileAndSaysWhatIsLost) {
    house here{[](auto& o) { o.last_attempt = 3s; }};
    here.sim->settle();
    here.rows.keep(pet_of(1));
    here.rows.keep(pet_of(2));
    here.disk.go_away();
    const auto since = here.sim->now();
    here.stop();
    EXPECT_GE(here.sim->now() - since, 3s);
    EXPECT_LT(here.sim->now() - since, 5s);
    ASSERT_EQ(here.remarks.size(), 1u);
    EXPECT_THAT(here.remarks[0], HasSubstr("rows of pets that are not written: 2"));
    EXPECT_THAT(here.remarks[0], HasSubstr("unavailable"));
}

TEST(Persister, StoppedItWaitsForADatabaseThatComesBackSoon) {
    house here{[](auto& o) { o.last_attempt = 30s; }};
    here.sim->settle();
    here.rows.keep(pet_of(1));
    here.disk.go_away();
    here.root.stop(exit_reason::shutdown());
    here.sim->advance(8s);
    EXPECT_TRUE(half::alive(here.root));
    here.disk.come_back();
    here.sim->run(half::ended(here.root.id()));
    EXPECT_EQ(after(here.disk).size(), 1u);
    EXPECT_THAT(here.remarks, IsEmpty());
}

TEST(Persister, StoppedItTriesTheRefusedOnceMoreAndSaysWhatIsLost) {
    house here;
    here.rows.keep(pet_of(1, -1));
    here.sim->advance(10s);
    here.stop();
    ASSERT_EQ(here.remarks.size(), 2u);
    EXPECT_THAT(here.remarks[1], HasSubstr("rows of pets that are not written: 1"));
}

TEST(Persister, KilledItLeavesEverythingToTheNext) {
    house here{[](auto& o) { o.every = 1h; }};
    here.disk.answer_after(1s);
    here.sim->settle();
    here.rows.keep(pet_of(1));
    here.rows.keep(pet_of(2));
    half::kill(here.flusher());
    here.sim->advance(100ms);
    half::kill(here.flusher());  // this one is just writing
    here.sim->advance(10s);
    EXPECT_EQ(here.on_disk().size(), 2u);
    EXPECT_EQ(here.rows.status().at_risk, 0u);
    EXPECT_THAT(here.remarks, testing::Each(HasSubstr("rows of pets that are not written: 2")));
}

// A thread that may block still writes what the last one gave it.
TEST(Persister, TheNextFlusherWaitsForTheBatchOfTheLast) {
    using table = half::detail::dirty_table<pet_row>;
    house here;
    auto  behind = std::make_shared<table>(here.options([](auto& o) { o.every = 1h; }), [](half::pid) {});
    behind->keep(pet_of(1, 1));
    behind->all_is_due();
    std::optional<half::detail::dirty_batch<pet_row>> last{behind};
    last->take();
    behind->keep(pet_of(1, 2));
    here.sim->start(writer{behind});
    here.sim->advance(10s);
    EXPECT_THAT(here.on_disk(), IsEmpty());
    last.reset();
    here.sim->settle();
    EXPECT_THAT(here.on_disk(), ElementsAre(pet_of(1, 2)));
    EXPECT_EQ(behind->status().at_risk, 0u);
}

TEST(Persister, OneProcessWritesATable) {
    house here;
    EXPECT_THROW(here.sim->start(here.rows()), half::start_failed);
    here.rows.keep(pet_of(1));
    EXPECT_TRUE(here.flush());
}

TEST(Persister, GoesOnInTheNextRuntime) {
    house here;
    here.disk.answer_after(1s);
    here.rows.keep(pet_of(1));
    here.sim->advance(2s);
    here.sim.reset();
    EXPECT_EQ(here.rows.status().oldest, 2s);
    here.rows.keep(pet_of(2));
    here.sim  = std::make_unique<half::runtime>(half::simulated{});
    here.root = here.sim->start(
        half::supervisor{.children = {{.id = "db", .start = here.db}, {.id = "rows", .start = here.rows}}});
    EXPECT_TRUE(here.flush());
    EXPECT_EQ(here.on_disk().size(), 2u);
}

TEST(Persister, TheAgeIsInTheTimeOfTheRuntime) {
    house here{[](auto& o) { o.every = 1h; }};
    here.sim->settle();
    here.rows.keep(pet_of(1));
    here.sim->advance(10min);
    here.rows.keep(pet_of(2));
    EXPECT_EQ(here.rows.status().oldest, 10min);
    here.sim->advance(10min);
    EXPECT_EQ(here.rows.status().oldest, 20min);
    here.sim->run([](rows_of_pets rows) -> half::task<> {
        EXPECT_EQ(rows.status().oldest, 20min);
        co_return;
    }(here.rows));
}

TEST(Persister, TakesAMillionRows) {
#if __has_feature(thread_sanitizer) || __has_feature(address_sanitizer)
    constexpr int many = 50'000;
#else
    constexpr int many = 1'000'000;
#endif
    house here;
    for (int i = 0; i < many; ++i) here.rows.keep({i, std::to_string(i)});
    EXPECT_EQ(here.rows.status().at_risk, std::size_t{many});
    here.sim->advance(5s);
    EXPECT_EQ(here.rows.status().at_risk, 0u);
    EXPECT_EQ(here.rows.status().written, std::uint64_t{many});

    house next{here.disk};
    EXPECT_EQ(next.sim->run(next.rows.load())->size(), std::size_t{many});
    EXPECT_EQ(next.rows.at(many / 2).name, std::to_string(many / 2));
}

}  // namespace
