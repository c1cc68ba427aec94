// A service on a PostgreSQL server: it is killed, it is stopped, and its server is, in all ways.
#include "aftermath.hpp"
#include "postgres_house.hpp"

#include <random>

namespace {

using namespace faults;
using half::store_error;
using state = half::store_status::state;

// -- the service ends -----------------------------------------------------------------------------------------------

struct PostgresService : testing_postgres::Postgres {};

TEST_F(PostgresService, KilledItLosesNothingThatWasCommittedAndLittleThatWasKept) {
    aftermath    left{url};
    losses       worst;
    std::mt19937 random{4};
    const int    rounds = times(40, 8);

    for (int round = 0; round < rounds && !HasFailure(); ++round) {
        SCOPED_TRACE(fmt::format("round {}", round));
        const int     kind = round % 3;
        shared<notes> log;
        program       p{[&] {
            return half::run(
                service({.url = url, .every = 20ms, .batch = kind == 1 ? 17UZ : 20'000UZ, .flushes = kind == 2}, *log));
        }};
        if (round % 4 != 0) ASSERT_TRUE(p.wait_until([&] { return log->started.load(); })) << p.errors();
        std::this_thread::sleep_for(std::chrono::microseconds{random() % 60'000});
        const auto killed_at = now();
        p.kill();
        worst.add(left.look_after_kill(*log, killed_at, kind == 0));
        EXPECT_EQ(p.errors(), "");
    }
    fmt::print("{} kills, flushed every 20 ms: at worst {}\n", rounds, worst.to_string());
}

TEST_F(PostgresService, StoppedItLosesNothing) {
    aftermath left{url};
    for (int round = 0; round < times(5, 2); ++round) {
        shared<notes> log;
        program       p{[&] { return half::run(service({.url = url, .every = 1h}, *log)); }};
        ASSERT_TRUE(p.wait_until([&] {
            return log->started && log->clerk_done > 10 && log->all_pets([](auto& one) { return one.kept > 10; });
        })) << p.errors();
        EXPECT_EQ(log->passes, 0);
        EXPECT_EQ(p.stopped(), 0) << p.errors();
        left.look_after_stop(*log);
    }
}

// -- the server does ------------------------------------------------------------------------------------------------

// A server of one's own, to be stopped.
struct PostgresGoesAway : testing_postgres::PostgresServer {
    void SetUp() override {
        PostgresServer::SetUp();
        if (postgres::installed()) server.emplace();
    }

    auto start() {
        return std::make_unique<program>([this] {
            return half::run(
                service({.url = server->url() + "?connect_timeout=2", .every = 20ms, .statement_time = 300ms}, *log));
        });
    }
    // Everything is as it should be.
    bool works(const program& p) {
        const auto done = log->clerk_done.load(), passes = log->passes.load();
        return p.wait_until([&] {
            return log->started && log->clerk_done > done + 10 && log->passes > passes + 5
                   && log->all_pets([](auto& one) { return one.kept > 0; });
        });
    }
    // The pets go on, what they keep gets old, and callers are told.
    void is_away(const program& p) {
        EXPECT_TRUE(p.wait_until([&] { return log->oldest > 200'000 && log->at_risk == pets; })) << p.errors();
        const auto age    = log->oldest.load();
        const auto kept   = log->pet[1].kept.load();
        const auto errors = log->all_errors();
        EXPECT_TRUE(p.wait_until([&] {
            return log->oldest > age + 50'000 && log->pet[1].kept > kept + 10 && log->all_errors() > errors + 10;
        })) << p.errors();
    }
    void is_back(const program& p) {
        EXPECT_TRUE(p.wait_until([&] { return log->store == state::up && log->oldest < 200'000; })) << p.errors();
        EXPECT_TRUE(works(p)) << p.errors();
    }
    void ends_well(program& p, aftermath& left) {
        EXPECT_EQ(p.stopped(), 0) << p.errors();
        left.look_after_stop(*log);
        EXPECT_GT(log->errors[store_error::unavailable], 0);
        for (auto kind : {store_error::refused, store_error::full, store_error::too_much, store_error::mismatch,
                          store_error::wrong})
            EXPECT_EQ(log->errors[kind], 0) << to_string(kind);
    }

    std::optional<postgres::server> server;
    shared<notes>                   log;
};

TEST_F(PostgresGoesAway, StoppedAndStartedAgain) {
    aftermath left{server->url()};
    auto      p = start();
    ASSERT_TRUE(works(*p)) << p->errors();
    for (int i = 0; i < 2; ++i) {
        if (i == 0) server->stop();
        else server->crash();
        is_away(*p);
        EXPECT_EQ(log->store, state::down);
        server->start();
        is_back(*p);
    }
    ends_well(*p, left);
    // Its operator was told of each end once, and of each return.
    fmt::print("a caller heard: {}\n{}", log->heard.data(), p->errors());
}

TEST_F(PostgresGoesAway, ThereButSilent) {
    aftermath left{server->url()};
    auto      p = start();
    ASSERT_TRUE(works(*p)) << p->errors();
    server->freeze();
    is_away(*p);
    server->thaw();
    is_back(*p);
    ends_well(*p, left);
    fmt::print("a caller heard: {}\n{}", log->heard.data(), p->errors());
}

TEST_F(PostgresGoesAway, BeforeTheServiceBegins) {
    aftermath left{server->url()};
    server->stop();
    auto p = start();
    EXPECT_TRUE(p->wait_until([&] { return log->store == state::down && log->errors[store_error::unavailable] > 10; }))
        << p->errors();
    EXPECT_FALSE(log->started);
    server->start();
    EXPECT_TRUE(works(*p)) << p->errors();
    ends_well(*p, left);
}

// It is asked to stop while its server is away: what could not be written waits in a file for the next start.
TEST_F(PostgresGoesAway, AndTheServiceIsStoppedMeanwhile) {
    const folder here;
    aftermath    left{server->url()};
    const auto   start_with_file = [&](notes& where) {
        return std::make_unique<program>([&] {
            return half::run(service(
                {.url = server->url(), .every = 20ms, .last_attempt = 50ms, .spill = here / "unsaved.db"}, where));
        });
    };
    auto first = start_with_file(*log);
    ASSERT_TRUE(works(*first)) << first->errors();
    server->stop();
    is_away(*first);
    EXPECT_EQ(first->stopped(), 0) << first->errors();
    EXPECT_NE(first->errors().find("unsaved.db"), std::string::npos) << first->errors();

    server->start();
    left.look_at_commits(*log);
    shared<notes> other;
    auto          second = start_with_file(*other);
    ASSERT_TRUE(second->wait_until([&] { return other->all_pets([](auto& one) { return one.begun > 0; }); }))
        << second->errors();
    EXPECT_EQ(second->stopped(), 0) << second->errors();
    for (std::size_t id = 1; id <= pets; ++id) EXPECT_GE(other->pet[id].kept, log->pet[id].kept) << "pet " << id;
    left.look_after_stop(*other);
    fmt::print("{}", first->errors());
}

}  // namespace
