// Looking into a running system, and what is reported of its accidents.
#include <01_gen_server/gen_server.hpp>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

using namespace std::chrono_literals;

namespace {

struct told {
    struct add {
        int by;
    };
    struct get {
        using reply = int;
    };
    struct wait {};
    struct boom {};

    int count = 0;

    void         handle(add m) { count += m.by; }
    int          handle(get) { return count; }
    half::task<> handle(wait, half::self<told> self) {
        self.send_after(1h, add{1});
        co_await half::sleep(1s);
    }
    void        handle(boom) { throw std::runtime_error{"too much"}; }
    std::string describe() const { return fmt::format("told of {}", count); }
};

struct formatted {
    int x = 3, y = 4;
};
struct mute {
    int secret = 1;
};
struct sour {
    std::string describe() const { throw std::runtime_error{"ask somebody else"}; }
};

}  // namespace

template <>
struct fmt::formatter<formatted> : fmt::formatter<std::string> {
    auto format(const formatted& f, format_context& out) const {
        return formatter<std::string>::format(fmt::format("({}, {})", f.x, f.y), out);
    }
};

namespace {

using lines  = std::vector<std::string>;
using status = half::process_info::status;

struct Sys : testing::Test {
    std::vector<half::report> reports;
    half::runtime sim{half::simulated{.on_report = [this](const half::report& r) { reports.push_back(r); }}};
};

TEST_F(Sys, TellsWhatAnIdleProcessIs) {
    auto server = sim.start(told{});
    server.cast(told::add{3});
    server.cast(told::add{4});
    sim.settle();
    auto info = sim.info(server);
    ASSERT_TRUE(info);
    EXPECT_EQ(info->pid, server.id());
    EXPECT_EQ(info->server, "told");
    EXPECT_EQ(info->now, status::idle);
    EXPECT_EQ(info->state, "told of 7");
    EXPECT_EQ(info->mail, 0u);
    EXPECT_EQ(info->age, 0ms);
    EXPECT_EQ(info->dropped, 0u);
    EXPECT_EQ(info->refused, 0u);
    EXPECT_EQ(info->timers, 0u);
    EXPECT_TRUE(info->attached.empty());
}

TEST_F(Sys, AnswersWhileAHandlerWaits) {
    auto server = sim.start(told{});
    server.cast(told::wait{});
    server.cast(told::add{1});
    server.cast(told::add{1});
    sim.settle();
    sim.advance(10ms);
    auto info = sim.info(server);
    ASSERT_TRUE(info);
    EXPECT_EQ(info->now, status::waiting);
    EXPECT_EQ(info->state, "told of 0");
    EXPECT_EQ(info->mail, 2u);
    EXPECT_EQ(info->age, 10ms);
    EXPECT_EQ(info->timers, 2u) << "the message in an hour, and the sleep";
}

TEST_F(Sys, ShowsTheStateAsWellAsItCan) {
    EXPECT_EQ(sim.info(sim.start(told{5}))->state, "told of 5");
    EXPECT_EQ(sim.info(sim.start(formatted{}))->state, "(3, 4)");
    const auto unknown = sim.info(sim.start(mute{}))->state;
    EXPECT_TRUE(unknown.starts_with("mute of 4 bytes")) << unknown;
    EXPECT_NE(unknown.find("describe()"), unknown.npos) << unknown;
    auto broken = sim.start(sour{});
    EXPECT_EQ(sim.info(broken)->state, "describe() threw: ask somebody else");
    EXPECT_TRUE(half::alive(broken));
}

TEST_F(Sys, CountsWhatWasHandled) {
    auto       server = sim.start(told{});
    const auto before = sim.info(server)->handled;
    for (int i = 0; i < 10; ++i) server.cast(told::add{1});
    sim.settle();
    EXPECT_EQ(sim.info(server)->handled, before + 11) << "ten messages, and the question before";
}

TEST_F(Sys, RemembersTheLastMessages) {
    auto server = sim.start(told{});
    auto other  = sim.start(told{});
    server.cast(told::add{1});
    sim.settle();
    other.cast(told::wait{});
    EXPECT_EQ(sim.call(server, told::get{}), 1);
    auto recent = sim.info(server)->recent;
    ASSERT_GE(recent.size(), 3u);
    EXPECT_EQ(recent[0], "init");
    EXPECT_EQ(recent[1], "told::add");
    EXPECT_EQ(recent[2], "told::get");
    EXPECT_EQ(std::ranges::count(recent, "told::wait"), 0) << "that was somebody else's";
}

TEST_F(Sys, RemembersOnlySoMany) {
    auto server = sim.start(told{});
    for (int i = 0; i < 1000; ++i) server.cast(told::add{1});
    sim.settle();
    const auto recent = sim.info(server)->recent;
    EXPECT_GE(recent.size(), 10u);
    EXPECT_LE(recent.size(), 200u);
    EXPECT_EQ(std::ranges::count(recent, "init"), 0);
}

TEST_F(Sys, KnowsNothingOfTheDead) {
    auto server = sim.start(told{});
    half::kill(server);
    EXPECT_FALSE(sim.info(server)) << "it dies before it can answer";
    EXPECT_FALSE(sim.info(server));
    EXPECT_FALSE(sim.info(half::pid{}));
    EXPECT_EQ(sim.now().time_since_epoch(), 0s);
}

TEST_F(Sys, CanBeAskedByAProcess) {
    struct doctor {
        struct examine {
            using reply = std::string;
            half::pid who;
        };
        half::task<std::string> handle(examine m) {
            auto info = co_await half::sys::info(m.who);
            co_return info ? info->state : "gone";
        }
        std::string describe() const { return "a doctor"; }
    };
    auto doctor_ = sim.start(doctor{});
    auto patient = sim.start(told{1});
    EXPECT_EQ(sim.call(doctor_, doctor::examine{patient}), "told of 1");
    EXPECT_EQ(sim.call(doctor_, doctor::examine{doctor_}), "a doctor") << "even of itself, while it waits";
    half::kill(patient);
    EXPECT_EQ(sim.call(doctor_, doctor::examine{patient}), "gone");
}

TEST_F(Sys, InfoHasItsText) {
    auto server = sim.start(told{});
    server.cast(told::add{3});
    sim.settle();
    const auto text = fmt::format("{}", *sim.info(server));
    EXPECT_TRUE(text.starts_with(fmt::format("{} told, idle, 0 in the mail", server.id()))) << text;
    EXPECT_NE(text.find("state: told of 3"), text.npos) << text;
    EXPECT_NE(text.find("last messages: init, told::add"), text.npos) << text;
}

TEST_F(Sys, ListsTheProcesses) {
    EXPECT_TRUE(sim.processes().empty());
    auto a = sim.start(told{});
    auto b = sim.start(mute{});
    auto c = sim.start(told{});
    half::kill(b);
    sim.settle();
    auto all = sim.processes();
    std::ranges::sort(all);
    std::vector<half::pid> wanted{a, c};
    std::ranges::sort(wanted);
    EXPECT_EQ(all, wanted);
    EXPECT_EQ(sim.stats().processes, 2u);
}

TEST_F(Sys, CountsTimers) {
    auto server = sim.start(told{});
    server.cast(told::wait{});
    sim.settle();
    EXPECT_EQ(sim.stats().timers, 2u);
    sim.advance(1s);
    EXPECT_EQ(sim.stats().timers, 1u);
    sim.advance(1h);
    EXPECT_EQ(sim.stats().timers, 0u);
    EXPECT_EQ(sim.stats().left_behind, 0u);
    EXPECT_EQ(sim.stats().workers, 1u);
}

TEST_F(Sys, ReportsACrashWithAllThatIsKnown) {
    auto server = sim.start(told{});
    server.cast(told::add{1});
    server.cast(told::boom{});
    sim.settle();
    ASSERT_EQ(reports.size(), 1u);
    const auto& r = reports[0];
    EXPECT_EQ(r.what, half::report::kind::crash);
    EXPECT_EQ(r.pid, server.id());
    EXPECT_EQ(r.server, "told");
    EXPECT_EQ(r.message, "told::boom");
    EXPECT_EQ(r.reason, half::exit_reason::crash("too much"));
    EXPECT_EQ(r.recent, (lines{"init", "told::add", "told::boom"}));
    const auto text = fmt::format("{}", r);
    EXPECT_TRUE(text.starts_with(fmt::format("{} told crashed in told::boom: crash: too much", server.id()))) << text;
    EXPECT_NE(text.find("last messages: init, told::add, told::boom"), text.npos) << text;
}

TEST_F(Sys, ReportsWhatIsUnexpectedAndNothingElse) {
    for (auto reason : {half::exit_reason::normal(), half::exit_reason::shutdown("x"), half::exit_reason::killed()}) {
        auto server = sim.start(told{});
        half::exit(server, reason);
        server.stop();
        half::kill(sim.start(told{}));
        sim.settle();
    }
    EXPECT_TRUE(reports.empty());
    half::exit(sim.start(told{}), half::exit_reason::other("fire"));
    sim.settle();
    EXPECT_EQ(reports.size(), 1u);
}

TEST_F(Sys, AReportThatThrowsHarmsNobody) {
    half::runtime other{
        half::simulated{.on_report = [](const half::report&) { throw std::runtime_error{"no paper"}; }}};
    auto server = other.start(told{});
    auto next   = other.start(told{});
    server.cast(told::boom{});
    other.settle();
    EXPECT_FALSE(half::alive(server));
    EXPECT_EQ(other.call(next, told::get{}), 0);
}

TEST_F(Sys, APidHasItsText) {
    EXPECT_EQ(half::to_string(half::pid{0, 17, 5}), "<0.17.3>");
    EXPECT_EQ(fmt::format("{}", half::pid{}), "<0.0.0>");
}

// What higher chapters build on.

TEST_F(Sys, ASignalArrivesInTheTurnOfItsProcessEvenWhileItWaits) {
    struct touch : half::signal {
        lines* log;
        explicit touch(lines* l) : log{l} {}
        void arrive(half::detail::process& here) override {
            log->push_back("arrived at " + half::to_string(here.id()));
        }
        void lost(half::pid nobody) noexcept override { log->push_back("lost on " + half::to_string(nobody)); }
    };
    lines log;
    auto  server = sim.start(told{});
    server.cast(told::wait{});
    sim.settle();
    half::send_signal(server, std::make_unique<touch>(&log));
    sim.settle();
    half::kill(server);
    half::send_signal(server, std::make_unique<touch>(&log));  // it dies before this arrives
    sim.settle();
    half::send_signal(server, std::make_unique<touch>(&log));
    const auto who = half::to_string(server.id());
    EXPECT_EQ(log, (lines{"arrived at " + who, "lost on " + who, "lost on " + who}));
}

TEST_F(Sys, AnExitHookRunsOnceWithTheReasonNamesFirst) {
    struct note : half::exit_hook {
        lines*      log;
        std::string name;
        bool        first;
        note(lines* l, std::string n, bool f) : log{l}, name{std::move(n)}, first{f} {}
        bool forgets() const override { return first; }
        void exited(half::pid, const half::exit_reason& r) noexcept override {
            log->push_back(name + " " + half::to_string(r));
        }
        std::string describe() const override { return "noted by " + name; }
    };
    struct hooked {
        lines* log;
        void   init(half::self<hooked> self) {
            auto  gone = std::make_unique<note>(log, "gone", false);
            auto& it   = *gone;
            self.here().on_exit(std::make_unique<note>(log, "monitor", false));
            self.here().on_exit(std::make_unique<note>(log, "name", true));
            self.here().on_exit(std::move(gone));
            EXPECT_TRUE(self.here().forget(it));
        }
    };
    lines log;
    auto  server   = sim.start(hooked{&log});
    auto  attached = sim.info(server)->attached;
    std::ranges::sort(attached);
    EXPECT_EQ(attached, (lines{"noted by monitor", "noted by name"}));
    half::exit(server, half::exit_reason::shutdown("now"));
    sim.settle();
    EXPECT_EQ(log, (lines{"name shutdown: now", "monitor shutdown: now"}));
}

}  // namespace
