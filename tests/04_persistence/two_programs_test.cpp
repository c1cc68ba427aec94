// Two programs, one file: the second is told who has it, until the first is gone, however it went.
#include "service.hpp"

#include <gtest/gtest.h>

namespace {

using namespace faults;
using half::store_error;

// What a program of its own hears when it asks the database something; empty: an answer.
std::string asked_elsewhere(const std::string& url) {
    program p{[&] {
        half::store   db{{.url = url, .retry = 5ms, .retry_at_most = 5ms}};
        half::runtime runtime{half::runtime_options{.workers = 1, .on_report = [](const half::report&) {}}};
        runtime.start(half::supervisor{.children = {{.id = "db", .start = db}}});
        auto answer = runtime.run(db.query_one<int>("select 1"));
        if (answer) return 0;
        std::fputs(to_string(answer.error()).c_str(), stderr);
        return 1;
    }};
    EXPECT_EQ(p.ended(), p.errors().empty() ? 0 : 1);
    return p.errors();
}

TEST(TwoPrograms, TheSecondIsToldWhoHasTheFile) {
    const folder      here;
    const std::string url = "sqlite:" + here / "pets.db";
    shared<notes>     log;
    program           first{[&] { return half::run(service({.url = url}, *log)); }};
    ASSERT_TRUE(first.wait_until([&] { return log->started.load(); })) << first.errors();

    const auto why = asked_elsewhere(url);
    EXPECT_NE(why.find(here / "pets.db is in use"), why.npos) << why;
    EXPECT_NE(why.find(fmt::format("process {} has it", first.id())), why.npos) << why;
    EXPECT_NE(why.find("stop it, or name another file"), why.npos) << why;

    // By another name it is the same file.
    std::filesystem::create_symlink(here / "pets.db", here / "other.db");
    EXPECT_NE(asked_elsewhere("sqlite:" + here / "other.db").find("is in use"), std::string::npos);

    // The first did not notice.
    const auto looks = log->looks.load(), done = std::uint64_t(log->clerk_done);
    EXPECT_TRUE(first.wait_until([&] { return log->looks > looks && std::uint64_t(log->clerk_done) > done; }));
    EXPECT_EQ(first.errors(), "");

    first.kill();
    EXPECT_EQ(asked_elsewhere(url), "");
}

TEST(TwoPrograms, TheSecondWaitsAndTakesOverWhenTheFirstStops) {
    const folder      here;
    const std::string url = "sqlite:" + here / "pets.db";
    shared<notes>     log;
    program           first{[&] { return half::run(service({.url = url, .every = 1h}, *log)); }};
    ASSERT_TRUE(first.wait_until([&] { return log->started.load(); })) << first.errors();

    shared<notes> other;
    program       second{[&] { return half::run(service({.url = url}, *other)); }};
    ASSERT_TRUE(second.wait_until([&] { return other->seen[int(half::store_status::state::down)].load(); }));
    EXPECT_FALSE(other->started);
    EXPECT_NE(second.errors().find(fmt::format("process {} has it", first.id())), std::string::npos) << second.errors();

    EXPECT_EQ(first.stopped(), 0) << first.errors();
    ASSERT_TRUE(second.wait_until([&] { return other->all_pets([](auto& one) { return one.kept > 0; }); }))
        << second.errors();
    EXPECT_EQ(second.stopped(), 0) << second.errors();
    // Its pets began from what the first had kept last.
    for (std::size_t id = 1; id <= pets; ++id) EXPECT_GT(other->pet[id].kept, log->pet[id].kept);
}

}  // namespace
