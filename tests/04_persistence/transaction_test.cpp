// All of it, or nothing.
#include "fake_database.hpp"

#include <02_supervisor/supervisor.hpp>

#include <gmock/gmock.h>

using half::store_error;
using half::transaction;

namespace {

const half::migrations schema{
    {.version = 1,
     .name    = "users",
     .up      = {"create table users (name text primary key, treats bigint not null check (treats >= 0))",
                 "insert into users values ('Ann', 1), ('Bob', 0)"}}};

// On a database in memory.
struct Transaction : testing::Test {
    half::memory_database disk;
    half::store           db{disk, {.schema = schema, .rows = 3}};
    half::runtime         sim{half::simulated{}};

    Transaction() { sim.start(half::supervisor{.children = {{.id = "db", .start = db}}}); }

    template <class F>
    auto run(F f) {
        return sim.run(db.transact(std::move(f)));
    }
    std::int64_t treats(std::string who) {
        return sim.run(db.query_one<std::int64_t>("select treats from users where name = $1", who)).value().value();
    }
};

void take(transaction& t) { t.execute("update users set treats = treats - 1 where name = 'Ann'"); }

TEST_F(Transaction, IsAllOfIt) {
    const auto got = run([](transaction& t) {
        take(t);
        return t.execute("update users set treats = treats + 1 where name = $1", "Bob");
    });
    EXPECT_EQ(got, 1u);
    EXPECT_EQ(treats("Ann"), 0);
    EXPECT_EQ(treats("Bob"), 1);
}

TEST_F(Transaction, IsNothingWhenAStatementFails) {
    const auto got = run([](transaction& t) { take(t), take(t); });
    ASSERT_FALSE(got);
    EXPECT_EQ(got.error(), store_error::refused);
    EXPECT_THAT(got.error().statement, testing::StartsWith("update users"));
    EXPECT_EQ(treats("Ann"), 1);
}

TEST_F(Transaction, IsNothingWhenItIsGivenUp) {
    const auto got = run([](transaction& t) {
        take(t);
        t.give_up("on second thoughts");
    });
    ASSERT_FALSE(got);
    EXPECT_EQ(to_string(got.error()), "refused: on second thoughts");
    EXPECT_EQ(treats("Ann"), 1);
}

TEST_F(Transaction, ThrowsOutThereWhatItsFunctionThrows) {
    const auto fails = [](transaction& t) {
        take(t);
        throw std::out_of_range{"mine"};
    };
    EXPECT_THROW((void)run(fails), std::out_of_range);
    EXPECT_EQ(treats("Ann"), 1);
    sim.settle();
    EXPECT_EQ(db.status().lent, 0u);
}

TEST_F(Transaction, DoesNotGoOnWhenAFailureIsSwallowed) {
    bool       ran = false;
    const auto got = run([&](transaction& t) {
        take(t);
        try {
            take(t);
        } catch (const half::store_failure&) {}
        try {
            t.execute("update users set treats = 100 where name = 'Bob'");
            ran = true;
        } catch (const half::store_failure& again) {
            EXPECT_EQ(again.error, store_error::refused);
        }
        return 7;
    });
    ASSERT_FALSE(got);
    EXPECT_FALSE(ran);
    EXPECT_EQ(got.error(), store_error::refused);
    EXPECT_EQ(treats("Ann"), 1);
    EXPECT_EQ(treats("Bob"), 0);
}

TEST_F(Transaction, StaysGivenUpWhenThatIsSwallowed) {
    const auto got = run([](transaction& t) {
        take(t);
        try {
            t.give_up("no");
        } catch (...) {}
    });
    EXPECT_FALSE(got);
    EXPECT_EQ(treats("Ann"), 1);
}

TEST_F(Transaction, ReadsWhatItHasWritten) {
    const auto got = run([](transaction& t) {
        take(t);
        return t.query_one<int>("select treats from users where name = $1", std::string_view{"Ann"}).value();
    });
    EXPECT_EQ(got, 0);
}

TEST_F(Transaction, ReturnsNoMoreRowsThanAQueryMay) {
    const auto got = run([](transaction& t) {
        t.execute("insert into users values ('a', 0), ('b', 0)");
        return t.query<std::string>("select name from users").size();
    });
    ASSERT_FALSE(got);
    EXPECT_EQ(got.error(), store_error::too_much);
    EXPECT_THAT(got.error().what, testing::HasSubstr("more than 3 rows"));
}

struct user {
    std::string  name;
    std::int64_t treats;
};
constexpr half::table<user> users{"users", {"name", "treats"}};

TEST_F(Transaction, UpsertsAllOrNone) {
    EXPECT_TRUE(run([](transaction& t) { t.upsert(users, {{"Ann", 5}, {"Eve", 6}}); }));
    EXPECT_EQ(treats("Ann"), 5);
    const auto got = run([](transaction& t) { t.upsert(users, {{"Ann", 8}, {"Eve", -1}}); });
    EXPECT_EQ(got.error(), store_error::refused);
    EXPECT_EQ(treats("Ann"), 5);
    EXPECT_EQ(run([](transaction& t) { return t.query(users, "where treats > $1", 5).size(); }), 1u);
}

TEST_F(Transaction, MayOwnAndReturnWhatCannotBeCopied) {
    auto       mine = std::make_unique<int>(41);
    const auto got  = run([mine = std::move(mine)](transaction&) { return std::make_unique<int>(*mine + 1); });
    EXPECT_EQ(*got.value(), 42);
}

TEST_F(Transaction, IsInDoubtWhenTheAnswerToItsCommitIsLost) {
    disk.lose_next_answer();
    const auto got = run(take);
    ASSERT_FALSE(got);
    EXPECT_EQ(got.error(), store_error::in_doubt);
    EXPECT_EQ(treats("Ann"), 0);  // it had happened
}

// -- conflicts, on the fake ---------------------------------------------------------------------------------------------

struct Conflict : testing::Test {
    std::shared_ptr<fake::world> world = std::make_shared<fake::world>();
    half::store                  db    = fake::store_on(world);
    half::runtime                sim{half::simulated{.on_report = [](auto&) {}}};
    int                          runs = 0;

    Conflict() { sim.start(half::supervisor{.children = {{.id = "db", .start = db}}}); }

    auto conflicting(int times) {
        return sim.run(db.transact([this, times](transaction& t) {
            t.execute("write 1 x");
            if (++runs <= times) t.execute("fail conflict");
            return runs;
        }));
    }
};

TEST_F(Conflict, IsTriedAgain) {
    EXPECT_EQ(conflicting(3), 4);
    EXPECT_EQ(world->rolled_back, 3);
    EXPECT_EQ(world->committed, 1);
    EXPECT_EQ(world->last_begun, half::detail::transaction_kind::serializable);
}

TEST_F(Conflict, IsAnErrorInTheEnd) {
    const auto got = conflicting(1000);
    ASSERT_FALSE(got);
    EXPECT_EQ(got.error(), store_error::conflict);
    EXPECT_EQ(runs, 5);
    EXPECT_TRUE(world->committed_rows().empty());
}

// -- what the function owns -----------------------------------------------------------------------------------------------

TEST_F(Conflict, IsOverBeforeItsFunctionIsGoneAndBeforeItIsAnswered) {
    std::vector<std::string> log;
    struct token {
        std::vector<std::string>*    log;
        std::shared_ptr<fake::world> world;
        ~token() { log->push_back(world->committed == 1 ? "gone, committed" : "gone too early"); }
    };
    sim.spawn(fake::client{[&]() -> half::task<> {
        auto owned = std::make_shared<token>(&log, world);
        auto asked = db.transact([owned = std::move(owned)](transaction& t) { t.execute("write 1 x"); });
        auto got   = co_await std::move(asked);
        log.push_back(got ? "answered" : "refused");
    }});
    sim.settle();
    EXPECT_THAT(log, testing::ElementsAre("gone, committed", "answered"));
}

TEST_F(Conflict, NeverBeginsWhileTheDatabaseIsAway) {
    world->go_away();
    EXPECT_FALSE(sim.run(db.query<int>("select 1")));
    bool ran = false;
    EXPECT_FALSE(sim.run(db.transact([&](transaction&) { ran = true; })));
    EXPECT_FALSE(ran);
}

}  // namespace
