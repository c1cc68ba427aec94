// The process behind a store: who gets a connection, when, and what happens when there is none.
#include "fake_database.hpp"

#include <02_supervisor/supervisor.hpp>

#include <gmock/gmock.h>

#include <random>

using namespace std::chrono_literals;
using fake::client;
using half::store_error;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using state = half::store_status::state;

namespace {

using numbers = half::stored<std::vector<int>>;

struct house {
    std::shared_ptr<fake::world> world = std::make_shared<fake::world>();
    half::store                  db;
    std::vector<std::string>     remarks;
    half::runtime                sim;
    half::ref<half::supervisor>  root;
    std::vector<std::string>     log;  // of what came to its end, in that order

    explicit house(half::store_options options = {}, std::uint64_t seed = 1, bool one_writes = false)
        : db{fake::store_on(world, options)},
          sim{half::simulated{.seed = seed, .on_report = [this](auto& r) {
                                  if (r.what == half::report::kind::remark && r.server == "half::store")
                                      remarks.push_back(r.remark);
                              }}} {
        world->one_writes = one_writes;
    }
    void start() {
        root = sim.start(half::supervisor{.at_most = {.restarts = 1000}, .children = {{.id = "db", .start = db}}});
    }
    half::ref<half::detail::connection_pool> pool() {
        return sim.run(half::find_child<half::detail::connection_pool>(root, "db"));
    }
    half::pid ask(std::string name, std::string sql = "select 1") {
        return sim.spawn(client{[this, name, sql]() -> half::task<> {
            auto got = co_await db.query<int>(half::trusted_sql{sql});
            log.push_back(got ? name : name + " " + to_string(got.error().why));
        }});
    }
    numbers one(std::string sql = "select 1") { return sim.run(db.query<int>(half::trusted_sql{std::move(sql)})); }
};

// -- lending --------------------------------------------------------------------------------------------------------

TEST(Pool, LendsAConnectionAndTakesItBack) {
    house here;
    here.start();
    EXPECT_EQ(here.one("select 3"), (std::vector{1, 2, 3}));
    here.sim.settle();
    const auto status = here.db.status();
    EXPECT_EQ(status.now, state::up);
    EXPECT_EQ(status.connections, 1u);
    EXPECT_EQ(status.lent, 0u);
    EXPECT_EQ(here.world->opened, 1);
}

TEST(Pool, OpensOneAtOnceSoThatTheStatusSaysSomething) {
    house here;
    here.start();
    here.sim.settle();
    EXPECT_EQ(here.db.status().now, state::up);
    EXPECT_EQ(here.world->opened, 1);
}

TEST(Pool, OpensAsManyAsAreNeededAndNoMoreThanItMay) {
    house here{{.connections = 3}};
    here.start();
    here.world->takes = 1s;
    for (int i = 0; i < 10; ++i) here.ask(std::to_string(i));
    here.sim.settle();
    EXPECT_EQ(here.db.status().lent, 3u);
    EXPECT_EQ(here.db.status().waiting, 7u);
    here.sim.advance(4s);
    EXPECT_EQ(here.log.size(), 10u);
    EXPECT_EQ(here.world->opened, 3);
    EXPECT_EQ(here.db.status().lent, 0u);
}

TEST(Pool, ServesWhoComesFirst) {
    house here{{.connections = 1}};
    here.start();
    here.world->takes = 1s;
    for (auto name : {"a", "b", "c", "d"}) {
        here.ask(name);
        here.sim.settle();
    }
    here.sim.advance(4s);
    EXPECT_THAT(here.log, ElementsAre("a", "b", "c", "d"));
}

TEST(Pool, LetsWhoComesBeforeTheFirstConnectionWait) {
    for (std::uint64_t seed = 1; seed <= 50; ++seed) {
        house here{{}, seed};
        here.root = here.sim.spawn(half::supervisor{.children = {{.id = "db", .start = here.db}}});
        while (here.db.status().now == state::not_running) here.sim.run(half::find_child<client>(here.root, "db"));
        for (int i = 0; i < 20; ++i) here.ask("fine");
        here.sim.settle();
        EXPECT_THAT(here.log, testing::AllOf(testing::SizeIs(20), testing::Each("fine"))) << "seed " << seed;
    }
}

// -- lines ------------------------------------------------------------------------------------------------------------

TEST(Pool, IsBusyAtOnceWhenEnoughWait) {
    house here{{.connections = 1, .line = 2}};
    here.start();
    here.world->takes = 1s;
    for (auto name : {"lent", "first", "second", "third"}) {
        here.ask(name);
        here.sim.settle();
    }
    EXPECT_THAT(here.log, ElementsAre("third busy"));
    EXPECT_EQ(here.db.status().waiting, 2u);
    here.sim.advance(3s);
    EXPECT_THAT(here.log, ElementsAre("third busy", "lent", "first", "second"));
}

TEST(Pool, ServesWithoutALineToo) {
    house here{{.connections = 2, .line = 0}};
    here.start();
    here.sim.settle();
    here.world->takes = 1s;
    EXPECT_TRUE(here.one());
    here.ask("a");
    here.sim.settle();
    here.ask("b");  // for whom a second one is opened, and who does not wait for it
    here.sim.settle();
    EXPECT_THAT(here.log, ElementsAre("b busy"));
    here.ask("c");
    here.sim.advance(1s);
    EXPECT_THAT(here.log, testing::UnorderedElementsAre("b busy", "a", "c"));
}

TEST(Pool, IsBusyAfterTheWait) {
    house here{{.connections = 1, .wait = 5s}};
    here.start();
    here.world->takes = 12s;
    here.ask("slow");
    here.sim.settle();
    here.ask("one");
    here.sim.advance(2s);
    here.ask("two");
    here.sim.advance(3s - 1ms);
    EXPECT_THAT(here.log, IsEmpty());
    here.sim.advance(2ms);
    EXPECT_THAT(here.log, ElementsAre("one busy"));
    EXPECT_EQ(here.db.status().waiting, 1u);
    here.sim.advance(2s);
    EXPECT_THAT(here.log, ElementsAre("one busy", "two busy"));
    here.sim.advance(12s);
    EXPECT_THAT(here.log, ElementsAre("one busy", "two busy", "slow"));
    EXPECT_EQ(here.db.status().lent, 0u);
}

TEST(Pool, SaysHowLongItLetSomebodyWait) {
    house here{{.connections = 1, .wait = 250ms}};
    here.start();
    here.world->takes = 10s;
    here.ask("slow");
    here.sim.settle();
    const auto got = here.one();
    ASSERT_FALSE(got);
    EXPECT_EQ(to_string(got.error()), "busy: no connection came free in 250 ms");
}

TEST(Pool, LetsThoseWhoDiedInLineMakeRoom) {
    house here{{.connections = 1, .line = 1}};
    here.start();
    here.world->takes = 1s;
    here.ask("lent");
    here.sim.settle();
    const auto gone = here.ask("gone");
    here.sim.settle();
    half::kill(gone);
    here.sim.settle();
    here.ask("next");
    here.sim.advance(2s);
    EXPECT_THAT(here.log, ElementsAre("lent", "next"));
}

// -- readers and writers ----------------------------------------------------------------------------------------------

TEST(Pool, LetsReadersPassWriters) {
    house here{{.connections = 2}, 1, true};
    here.start();
    here.sim.settle();
    here.world->takes = 3s;
    for (int i = 0; i < 3; ++i) here.ask("writer", "write 1 x"), here.sim.settle();
    here.world->takes = 1s;
    here.ask("reader");
    here.sim.advance(1s);
    EXPECT_THAT(here.log, ElementsAre("reader"));
    EXPECT_EQ(here.world->opened, 2);
}

TEST(Pool, LetsWritersPassReaders) {
    house here{{.connections = 3}, 1, true};
    here.start();
    here.world->takes = 3s;
    for (int i = 0; i < 5; ++i) here.ask("reader"), here.sim.settle();
    here.world->takes = 1s;
    here.ask("writer", "write 1 x");
    here.sim.advance(1s);
    EXPECT_THAT(here.log, ElementsAre("writer"));
}

TEST(Pool, HasOneForBothWhenItMayHaveOneOnly) {
    house here{{.connections = 1}, 1, true};
    here.start();
    EXPECT_TRUE(here.sim.run(here.db.execute("write 1 x")));
    EXPECT_TRUE(here.one());
    EXPECT_EQ(here.world->opened, 1);
}

TEST(Pool, LetsAnyConnectionWriteWhereAllMay) {
    house here{{.connections = 3}};
    here.start();
    here.world->takes = 1s;
    for (int i = 0; i < 3; ++i) here.ask("writer", "write 1 x");
    here.sim.advance(1s);
    EXPECT_EQ(here.log.size(), 3u);
}

// -- who borrows and dies -----------------------------------------------------------------------------------------------

TEST(Pool, GetsBackWhatTheDeadHad) {
    house here{{.connections = 1}};
    here.start();
    here.world->takes = 1h;
    const auto thief  = here.ask("thief");
    here.sim.settle();
    EXPECT_EQ(here.db.status().lent, 1u);
    half::kill(thief);
    here.sim.settle();
    EXPECT_EQ(here.db.status().lent, 0u);
    here.world->takes = {};
    EXPECT_TRUE(here.one());
    EXPECT_EQ(here.world->opened, 1);
}

TEST(Pool, PassesByWhoDiedInLine) {
    house here{{.connections = 1}};
    here.start();
    here.world->takes = 1s;
    here.ask("lent");
    here.sim.settle();
    std::vector<half::pid> line;
    for (int i = 0; i < 5; ++i) line.push_back(here.ask(std::to_string(i))), here.sim.settle();
    for (int i : {0, 1, 3}) half::kill(line[std::size_t(i)]);
    here.sim.advance(3s);
    EXPECT_THAT(here.log, ElementsAre("lent", "2", "4"));
}

// Pauses are as long as they should be, give or take a quarter.
void expect_pauses(const std::vector<half::time_point>& when, const std::vector<half::duration>& pauses) {
    ASSERT_EQ(when.size(), pauses.size() + 1);
    for (std::size_t i = 0; i < pauses.size(); ++i) {
        EXPECT_GE(when[i + 1] - when[i], pauses[i] * 3 / 4) << i;
        EXPECT_LE(when[i + 1] - when[i], pauses[i] * 5 / 4 + 1ms) << i;
    }
}

// -- a database that does not answer --------------------------------------------------------------------------------------

TEST(Pool, TellsWhoComesWhyAndWhenItIsTriedAgain) {
    house here{{.retry = 400ms}};
    here.world->answers = false;
    here.start();
    here.sim.settle();
    here.sim.advance(100ms);
    const auto got = here.one();
    ASSERT_FALSE(got);
    EXPECT_THAT(to_string(got.error()), testing::MatchesRegex("unavailable: fake: does not answer: nobody is at home "
                                                              ".next attempt in ... ms."));
    EXPECT_EQ(here.sim.now().time_since_epoch(), 100ms);
}

TEST(Pool, TellsWhoWaitsAsSoonAsTheFirstAttemptHasFailed) {
    house here;
    here.world->answers = false;
    here.start();
    for (int i = 0; i < 5; ++i) here.ask("x");
    here.sim.settle();
    EXPECT_THAT(here.log, testing::AllOf(testing::SizeIs(5), testing::Each("x unavailable")));
    EXPECT_EQ(here.sim.now().time_since_epoch(), 0s);
}

TEST(Pool, TriesAgainAfterTwiceAsLongUpToALimit) {
    house                         here{{.retry = 100ms, .retry_at_most = 1s}};
    std::vector<half::time_point> when;
    here.world->on_attempt = [&] { when.push_back(here.sim.now()); };
    here.world->answers    = false;
    here.start();
    while (when.size() < 7) here.sim.advance(10ms);
    expect_pauses(when, {100ms, 200ms, 400ms, 800ms, 1s, 1s});
    const auto status = here.db.status();
    EXPECT_EQ(status.now, state::down);
    EXPECT_EQ(status.attempts, 7u);
    EXPECT_EQ(status.retry_in, 1s);
    EXPECT_EQ(status.problem, "nobody is at home");
    EXPECT_EQ(to_string(status), "fake:: down, 7 attempts, again after 1 s: nobody is at home");
}

TEST(Pool, DoesNotComeBackTogetherWithOthers) {
    house                         here{{.retry = 1s, .retry_at_most = 1s}};
    std::vector<half::time_point> when;
    std::set<half::duration>      pauses;
    here.world->on_attempt = [&] { when.push_back(here.sim.now()); };
    here.world->answers    = false;
    here.start();
    here.sim.advance(20s);
    for (std::size_t i = 1; i < when.size(); ++i) pauses.insert(when[i] - when[i - 1]);
    EXPECT_GT(pauses.size(), 10u);
}

TEST(Pool, BeginsWithAShortPauseAgainWhenItHasBeenUp) {
    house                         here{{.retry = 100ms, .retry_at_most = 10s}};
    std::vector<half::time_point> when;
    here.world->answers = false;
    here.start();
    here.sim.advance(5s);
    here.world->come_back();
    here.sim.advance(10s);
    EXPECT_EQ(here.db.status().now, state::up);
    EXPECT_EQ(here.db.status().attempts, 0u);
    EXPECT_EQ(here.db.status().retry_in, 0s);
    EXPECT_EQ(here.db.status().problem, "");

    here.world->on_attempt = [&] { when.push_back(here.sim.now()); };
    here.world->go_away();
    EXPECT_FALSE(here.one());
    while (when.size() < 4) here.sim.advance(10ms);
    expect_pauses(when, {100ms, 200ms, 400ms});
}

TEST(Pool, IsPatientWhereThereIsNoHope) {
    house                         here{{.retry = 100ms, .retry_at_most = 10s}};
    std::vector<half::time_point> when;
    here.world->on_attempt   = [&] { when.push_back(here.sim.now()); };
    here.world->answers      = false;
    here.world->no_answer_is = store_error::wrong;
    here.start();
    while (when.size() < 4) here.sim.advance(100ms);
    expect_pauses(when, {10s, 10s, 10s});
}

TEST(Pool, ReportsOnceThatItIsDownAndOnceThatItIsUp) {
    house here;
    here.world->answers = false;
    here.start();
    here.sim.advance(1min);
    EXPECT_THAT(here.remarks, ElementsAre("fake: is down, and is tried again: unavailable: nobody is at home"));
    here.world->come_back();
    here.sim.advance(1min);
    EXPECT_THAT(here.remarks, ElementsAre(HasSubstr("is down"), "fake: is up again"));
}

TEST(Pool, ReportsNothingWhenAllIsWell) {
    house here;
    here.start();
    EXPECT_TRUE(here.one());
    here.sim.advance(1min);
    EXPECT_THAT(here.remarks, IsEmpty());
}

TEST(Pool, ServesAgainWhenTheDatabaseIsBack) {
    house here;
    here.start();
    EXPECT_TRUE(here.one());
    here.world->go_away();
    EXPECT_EQ(here.one().error(), store_error::unavailable);  // broken in its hands
    EXPECT_EQ(here.one().error(), store_error::unavailable);  // and known to be down
    here.world->come_back();
    here.sim.advance(10s);
    EXPECT_TRUE(here.one());
}

TEST(Pool, DropsTheIdleOnesWhenOneIsBroken) {
    house here{{.connections = 4}};
    here.start();
    here.world->takes = 1s;
    for (int i = 0; i < 4; ++i) here.ask("x");
    here.sim.advance(1s);
    ASSERT_EQ(here.db.status().connections, 4u);
    here.world->takes = {};
    here.world->break_connections();
    EXPECT_FALSE(here.one());  // one finds out,
    here.sim.settle();
    EXPECT_TRUE(here.one());  // for all of them
    EXPECT_EQ(here.world->opened, 5);
    EXPECT_EQ(here.world->open, 1);
}

TEST(Pool, ClosesWhatWasLentBeforeOneWasFoundBroken) {
    house here{{.connections = 2}};
    here.start();
    here.world->takes = 10s;
    here.ask("long");
    here.sim.settle();
    here.world->takes = 1s;
    here.ask("short");
    here.sim.settle();
    here.world->break_connections();
    here.sim.advance(1s);
    EXPECT_THAT(here.log, ElementsAre("short unavailable"));
    EXPECT_EQ(here.db.status().now, state::up);  // another one
    here.sim.advance(9s);
    EXPECT_THAT(here.log, ElementsAre("short unavailable", "long unavailable"));
    here.world->takes = {};
    EXPECT_TRUE(here.one());  // that end was no news
    EXPECT_EQ(here.world->opened, 3);
}

TEST(Pool, GoesOnWithWhatItHasWhenOneMoreCannotBeOpened) {
    house here{{.connections = 2}};
    here.start();
    here.sim.settle();
    here.world->answers = false;  // but who is connected stays so
    here.world->takes   = 1s;
    here.ask("a"), here.ask("b");
    here.sim.settle();
    EXPECT_THAT(here.log, IsEmpty());
    EXPECT_EQ(here.db.status().now, state::up);
    EXPECT_EQ(here.db.status().problem, "nobody is at home");
    here.sim.advance(2s);
    EXPECT_EQ(here.log.size(), 2u);
    EXPECT_THAT(here.remarks, IsEmpty());
}

TEST(Pool, TellsReadersThatNoneOfTheirsCanBeOpened) {
    house here{{.connections = 2}, 1, true};
    here.start();
    here.sim.settle();
    here.world->answers = false;
    EXPECT_EQ(here.one().error(), store_error::unavailable);
    EXPECT_TRUE(here.sim.run(here.db.execute("write 1 x")));
    EXPECT_EQ(here.db.status().now, state::up);
}

TEST(Pool, OpensOneAtATimeWhenTheDatabaseComesBack) {
    house here{{.connections = 10}};
    here.world->answers = false;
    here.start();
    here.sim.advance(1s);
    here.world->come_back();
    here.world->takes = 1s;
    here.sim.advance(1s);
    EXPECT_EQ(here.world->opened, 1);
    for (int i = 0; i < 100; ++i) here.ask("x");
    here.sim.advance(10s);
    EXPECT_EQ(here.log.size(), 100u);
    EXPECT_EQ(here.world->opened, 10);
}

// -- loans that last too long ------------------------------------------------------------------------------------------------

TEST(Pool, CallsAConnectionHomeThatIsOverdue) {
    house here{{.connections = 1, .statement_time = 10s}};
    here.start();
    // as a server that hangs: the borrower waits, whatever it has set
    auto hung = here.sim.spawn(client{[&]() -> half::task<> {
        auto lent =
            co_await half::detail::borrow_from(here.db.core(), half::detail::access::writes, half::detail::term::usual);
        co_await half::sleep(1min);
    }});
    here.sim.advance(11s - 1ms);
    EXPECT_EQ(here.world->abandoned, 0);
    here.sim.advance(2ms);
    EXPECT_EQ(here.world->abandoned, 1);
    EXPECT_TRUE(half::alive(hung));
    here.sim.advance(1min);
    EXPECT_EQ(here.world->abandoned, 1);
    EXPECT_TRUE(here.one());
    EXPECT_EQ(here.world->opened, 2);
    EXPECT_EQ(here.world->open, 1);
}

TEST(Pool, LeavesALoanAloneThatMayTakeAsLongAsItTakes) {
    house here{{.connections = 1, .statement_time = 10s}};
    here.start();
    here.sim.spawn(client{[&]() -> half::task<> {
        auto lent =
            co_await half::detail::borrow_from(here.db.core(), half::detail::access::writes, half::detail::term::any);
        co_await half::sleep(1h);
    }});
    here.sim.advance(2h);
    EXPECT_EQ(here.world->abandoned, 0);
    EXPECT_EQ(here.db.status().lent, 0u);
}

TEST(Pool, SaysThatAStatementIsTooLate) {
    house here{{.connections = 1, .statement_time = 250ms}};
    here.start();
    here.world->takes = 10s;
    const auto got    = here.one();
    ASSERT_FALSE(got);
    EXPECT_EQ(to_string(got.error()), "too late: it takes longer than 250 ms");
    EXPECT_EQ(here.sim.now().time_since_epoch(), 250ms);
}

// -- its own life -----------------------------------------------------------------------------------------------------------

TEST(Pool, DoesNotRunUntilSomebodyStartsIt) {
    house here;
    EXPECT_EQ(here.db.status().now, state::not_running);
    const auto got = here.one();
    ASSERT_FALSE(got);
    EXPECT_EQ(to_string(got.error()),
              "unavailable: the store is not running: let a supervisor start it before those who use it");
    EXPECT_EQ(to_string(here.db.status()), "fake:: not running");
}

TEST(Pool, AnswersThoseWhoWaitWhenItIsKilled) {
    house here{{.connections = 1}};
    here.start();
    here.world->takes = 10s;
    here.ask("lent");
    here.sim.settle();
    here.ask("waits");
    here.sim.settle();
    half::kill(here.pool());
    here.sim.settle();
    EXPECT_THAT(here.log, ElementsAre("waits unavailable"));
    here.world->takes = {};
    EXPECT_TRUE(here.one());  // its next life
    EXPECT_EQ(here.world->open, 2);
    here.sim.advance(10s);
    EXPECT_THAT(here.log, ElementsAre("waits unavailable", "lent"));
    EXPECT_EQ(here.world->open, 1);  // what came home to nobody is closed
    EXPECT_EQ(here.db.status().connections, 1u);
}

TEST(Pool, ClosesItsConnectionsWhenItIsStopped) {
    house here{{.connections = 3}};
    here.start();
    here.world->takes = 1s;
    for (int i = 0; i < 3; ++i) here.ask("x");
    here.sim.advance(1s);
    EXPECT_EQ(here.world->open, 3);
    here.root.stop();
    here.sim.settle();
    EXPECT_EQ(here.world->open, 0);
    EXPECT_EQ(here.db.status().now, state::not_running);
}

TEST(Pool, TellsWhoWaitsThatItIsBeingStopped) {
    house here{{.connections = 1}};
    here.start();
    here.world->takes = 1s;
    here.ask("lent");
    here.sim.settle();
    std::string said;
    here.sim.spawn(client{[&]() -> half::task<> {
        auto got = co_await here.db.query<int>("select 1");
        said     = to_string(got.error());
    }});
    here.sim.settle();
    here.root.stop();
    here.sim.settle();
    EXPECT_EQ(said, "unavailable: the store is being stopped");
    here.sim.advance(1s);
    EXPECT_THAT(here.log, ElementsAre("lent"));
    EXPECT_EQ(here.world->open, 0);
}

TEST(Pool, IsOneForEachStore) {
    house here;
    here.start();
    const auto second = here.sim.call(here.root, half::supervisor::start_child{{.id = "again", .start = here.db}});
    ASSERT_FALSE(second);
    EXPECT_EQ(second.error(), half::child_error::already_there);
    EXPECT_EQ(second.error().who, here.pool());
    EXPECT_TRUE(here.one());
}

TEST(Pool, ServesOneRuntimeAfterTheOther) {
    auto world = std::make_shared<fake::world>();
    auto db    = fake::store_on(world);
    for (int life = 1; life <= 3; ++life) {
        {
            half::runtime sim{half::simulated{}};
            sim.start(half::supervisor{.children = {{.id = "db", .start = db}}});
            EXPECT_TRUE(sim.run(db.query<int>("select 1")));
            EXPECT_EQ(db.status().now, state::up);
        }
        EXPECT_EQ(world->open, 0);
        EXPECT_EQ(db.status().now, state::not_running);
    }
    EXPECT_EQ(world->opened, 3);
}

TEST(Pool, SaysHowItDoesToWhoLooksIntoTheProcess) {
    house here;
    here.start();
    here.sim.settle();
    EXPECT_EQ(here.sim.info(here.pool())->state, "fake:: up, 1 connections, 0 lent, 0 wait");
}

TEST(Pool, FindsOutWhatBrokeWhileNobodyUsedIt) {
    half::memory_database disk;
    half::store           db{disk};
    half::runtime         sim{half::simulated{}};
    sim.start(half::supervisor{.children = {{.id = "db", .start = db}}});
    EXPECT_TRUE(sim.run(db.query<int>("select 1")));
    disk.break_connections();
    EXPECT_TRUE(sim.run(db.query<int>("select 1")));
}

TEST(Pool, RefusesARealDatabaseInASimulation) {
    half::store   db{{.url = "sqlite:nowhere.db"}};
    half::runtime sim{half::simulated{.on_report = [](auto&) {}}};
    try {
        sim.start(half::supervisor{.children = {{.id = "db", .start = db}}});
        FAIL() << "it started";
    } catch (const half::start_failed& failed) {
        EXPECT_THAT(to_string(failed.reason), HasSubstr("give this store a half::memory_database"));
    }
}

TEST(Pool, BringsTheSchemaUpToDateBeforeAnybodyIsServed) {
    const half::migrations schema{
        {.version = 1, .name = "pets", .up = {"create table pets (id bigserial primary key)"}}};
    half::memory_database disk;
    half::store           db{disk, {.schema = schema}};
    for (std::uint64_t seed = 1; seed <= 20; ++seed) {
        half::runtime    sim{half::simulated{.seed = seed}};
        std::vector<int> counts;
        sim.spawn(half::supervisor{.children = {{.id = "db", .start = db}}});
        while (db.status().now == state::not_running) sim.run([]() -> half::task<> { co_return; }());
        for (int i = 0; i < 5; ++i)
            sim.spawn(client{[&]() -> half::task<> {
                auto got = co_await db.query<int>("select count(*) from pets");
                counts.push_back(got.value().at(0));
            }});
        sim.settle();
        EXPECT_EQ(counts, std::vector<int>(5, 0));
    }
}

TEST(Pool, StaysDownWhenTheSchemaIsWrong) {
    const half::migrations schema{
        {.version = 1, .name = "slip", .up = {"creat table pets (id bigserial primary key)"}}};
    half::memory_database disk;
    half::store           db{disk, {.schema = schema, .retry_at_most = 10s}};
    half::runtime         sim{half::simulated{.on_report = [](auto&) {}}};
    sim.start(half::supervisor{.children = {{.id = "db", .start = db}}});
    sim.settle();
    const auto got = sim.run(db.query<int>("select 1"));
    ASSERT_FALSE(got);
    EXPECT_EQ(got.error(), store_error::unavailable);
    EXPECT_THAT(got.error().what, HasSubstr("syntax error"));
    sim.advance(7s);
    EXPECT_EQ(db.status().attempts, 1u);
    EXPECT_EQ(db.status().now, state::down);
}

TEST(Pool, NeedsAConnection) {
    EXPECT_THROW(fake::store_on(std::make_shared<fake::world>(), {.connections = 0}), std::invalid_argument);
}

// -- whatever happens ---------------------------------------------------------------------------------------------------------

// Clients come and are killed, connections break, the database goes and comes, the pool is killed. In the end everybody
// who lived to hear it has had one answer, and all connections are at home or closed.
void live_through(std::uint64_t seed) {
    house here{{.connections = 3, .line = 5, .wait = 2s, .retry = 50ms, .retry_at_most = 500ms}, seed, seed % 2 == 0};
    std::mt19937_64                  draw{seed};
    auto                             one_in = [&](int n) { return draw() % std::uint64_t(n) == 0; };
    std::map<std::string, half::pid> clients;
    std::set<half::pid>              killed;
    here.start();

    std::vector<half::pid> all;
    for (int step = 0; step < 300; ++step) {
        here.world->takes = std::chrono::milliseconds{draw() % 1500};
        if (one_in(2)) {
            const auto name = std::to_string(all.size());
            all.push_back(here.ask(name, one_in(2) ? "select 2" : "write 1 x"));
            clients[name] = all.back();
        }
        if (one_in(6)) {
            const auto who = all.empty() ? half::pid{} : all[draw() % all.size()];
            if (half::alive(who)) half::kill(who), killed.insert(who);
        }
        if (one_in(20)) here.world->break_connections();
        if (one_in(40)) here.world->go_away();
        if (one_in(15)) here.world->come_back();
        if (one_in(40)) half::kill(here.pool());
        if (one_in(3)) here.sim.advance(std::chrono::milliseconds{draw() % 700});
        else if (one_in(2)) here.sim.settle();
        // a pool that was killed may leave as many behind, in the hands of those who work with them
        ASSERT_LE(here.db.status().connections, 3u);
    }
    here.world->come_back();
    here.sim.advance(10s);

    std::map<std::string, int> answers;
    for (const auto& each : here.log) ++answers[each.substr(0, each.find(' '))];
    for (const auto& [name, who] : clients)
        if (killed.contains(who)) EXPECT_LE(answers[name], 1) << name;
        else EXPECT_EQ(answers[name], 1) << name;
    const auto status = here.db.status();
    EXPECT_EQ(status.now, state::up);
    EXPECT_EQ(status.lent, 0u);
    EXPECT_EQ(status.waiting, 0u);
    EXPECT_EQ(int(status.connections), here.world->open);
    here.world->takes = {};
    if (!here.one()) EXPECT_TRUE(here.one());  // one may have been broken while it was idle
    here.root.stop();
    here.sim.settle();
    EXPECT_EQ(here.world->open, 0);
}

TEST(Pool, LosesNothingWhateverHappens) {
    for (std::uint64_t seed = 1; seed <= 100; ++seed) {
        live_through(seed);
        if (testing::Test::HasFailure()) FAIL() << "with seed " << seed;
    }
}

}  // namespace
