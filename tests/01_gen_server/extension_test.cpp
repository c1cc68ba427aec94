// What the chapters above build on: hooks that hear of births, births with a hook and a state made in the child, exits and
// mail of other kinds, a place for a result that comes early, and reports with a remark.
#include "real.hpp"

#include <01_gen_server/detail/engine.hpp>

#include <fmt/ranges.h>
#include <gtest/gtest.h>

#include <coroutine>
#include <optional>
#include <string>

namespace {

using namespace real;
using half::exit_reason;
using half::detail::process;

using lines = std::vector<std::string>;

struct Extension : testing::Test {
    lines                     log;
    std::vector<half::report> reports;
    half::runtime sim{half::simulated{.on_report = [this](const half::report& r) { reports.push_back(r); }}};
};

// Writes down what it hears of its process.
class chronicle final : public half::exit_hook {
public:
    explicit chronicle(lines& log, std::string name = "") : log_{&log}, name_{std::move(name)} {}
    void born(half::pid who) noexcept override {
        EXPECT_TRUE(half::alive(who));
        log_->push_back(name_ + "born");
    }
    void exited(half::pid, const exit_reason& reason) noexcept override {
        log_->push_back(fmt::format("{}exited: {}, after {}", name_, reason, half::detail::last_message()));
    }
    std::string describe() const override { return name_ + "chronicle"; }

private:
    lines*      log_;
    std::string name_;
};

std::unique_ptr<chronicle> hook(lines& log, std::string name = "") {
    return std::make_unique<chronicle>(log, std::move(name));
}

// Writes down what became of its child.
class cradle {
public:
    explicit cradle(lines& log) : log_{&log} {}
    cradle(cradle&& other) noexcept : log_{std::exchange(other.log_, nullptr)} {}
    ~cradle() {
        if (log_) log_->push_back("cradle is empty");
    }
    void reply() { std::exchange(log_, nullptr)->push_back("cradle hears"); }

private:
    lines* log_;
};

struct say {
    std::string text;
};

struct child {
    lines*                     log;
    half::duration             wait = {};
    std::optional<exit_reason> fate = {};

    half::task<> init() {
        log->push_back("init");
        if (wait > half::duration::zero()) co_await half::sleep(wait);
        if (fate) throw half::leave{*fate};
    }
    void handle(say m) {
        if (m.text == "crash") throw std::runtime_error{"boom"};
        log->push_back(m.text);
    }
    void terminate(exit_reason) { log->push_back("terminate"); }
};

// -- births -------------------------------------------------------------------------------------------------------

TEST_F(Extension, AFirstHookIsThereBeforeInitAndHearsOfTheBirthWhenInitIsDone) {
    const auto who = half::detail::spawn(sim.engine(), child{&log, 1s}, hook(log));
    who.cast(say{"early"});
    sim.settle();
    EXPECT_EQ(log, lines{"init"});
    EXPECT_EQ(sim.info(who)->attached, lines{"chronicle"});
    sim.advance(1s);
    EXPECT_EQ(log, (lines{"init", "born", "early"}));
    who.cast(say{"crash"});
    sim.settle();
    EXPECT_EQ(log, (lines{"init", "born", "early", "terminate",
                          fmt::format("exited: crash: boom, after {}", half::detail::type_name<say>())}));
}

TEST_F(Extension, ABirthIsHeardOfWithoutInitToo) {
    struct bare {};
    half::detail::spawn(sim.engine(), bare{}, hook(log));
    sim.settle();
    EXPECT_EQ(log, lines{"born"});
}

TEST_F(Extension, AHookThatComesLaterHearsOfNoBirth) {
    struct late {
        lines* log;
        void   init(half::self<late> self) { self.here().on_exit(hook(*log, "in time: ")); }
        void   handle(say, half::self<late> self) { self.here().on_exit(hook(*log, "late: ")); }
    };
    auto who = sim.start(late{&log});
    who.cast(say{});
    sim.settle();
    EXPECT_EQ(log, lines{"in time: born"});
    half::kill(who);
    sim.settle();
    EXPECT_EQ(log, (lines{"in time: born", "late: exited: killed, after kill", "in time: exited: killed, after kill"}));
}

TEST_F(Extension, AChildThatNeverWasBornIsHeardOfByItsEndOnly) {
    half::detail::spawn(sim.engine(), child{&log, {}, exit_reason::other("no room")}, hook(log));
    sim.settle();
    EXPECT_EQ(log, (lines{"init", "exited: no room, after init"}));
}

TEST_F(Extension, AHookMayGoWhenItHearsOfTheBirth) {
    struct midwife final : half::exit_hook {
        lines* log;
        explicit midwife(lines* l) : log{l} {}
        ~midwife() override { log->push_back("goes"); }
        void        born(half::pid who) noexcept override { (void)process::find(who)->forget(*this); }
        void        exited(half::pid, const exit_reason&) noexcept override { log->push_back("was still there"); }
        std::string describe() const override { return "midwife"; }
    };
    struct helped {
        lines* log;
        void   init(half::self<helped> self) {
            self.here().on_exit(hook(*log));
            self.here().on_exit(std::make_unique<midwife>(log));
        }
    };
    half::kill(sim.start(helped{&log}));
    sim.settle();
    EXPECT_EQ(log, (lines{"goes", "born", "exited: killed, after kill"}));
}

TEST_F(Extension, AStateCanBeMadeInTheChildsOwnTurn) {
    std::vector<half::pid> made_in;
    auto                   make = [&, mine = std::make_unique<int>(7)] {
        made_in.push_back(half::detail::worker::current()->running.load()->id());
        log.push_back(fmt::format("made of {}", *mine));
        return child{&log};
    };
    const auto who = half::detail::spawn_made<child>(sim.engine(), std::move(make), cradle{log}, hook(log));
    EXPECT_EQ(log, lines{});
    sim.settle();
    EXPECT_EQ(log, (lines{"made of 7", "init", "born", "cradle hears"}));
    EXPECT_EQ(made_in, std::vector<half::pid>{who});
}

TEST_F(Extension, AStateThatCannotBeMadeEndsTheChild) {
    auto make = [this]() -> child {
        log.push_back("make");
        throw std::runtime_error{"no clay"};
    };
    half::detail::spawn_made<child>(sim.engine(), make, half::detail::nobody_waits{}, hook(log));
    sim.settle();
    EXPECT_EQ(log,
              (lines{"make", "exited: crash: no clay, after init"}));  // and no terminate(): there is nobody to do it
    ASSERT_EQ(reports.size(), 1u);
    EXPECT_EQ(reports[0].what, half::report::kind::crash);
}

TEST_F(Extension, ANewbornWhoseChildEndedBeforeIsLetGoUnanswered) {
    half::detail::spawn_made<child>(sim.engine(), [&] { return child{&log, 1s}; }, cradle{log}, hook(log));
    sim.settle();
    half::kill(sim.processes().at(0));
    sim.settle();
    EXPECT_EQ(log, (lines{"init", "exited: killed, after kill", "cradle is empty"}));
}

TEST_F(Extension, AChildThatIsEndedBeforeItsFirstTurnLetsGoOfAll) {
    {
        half::runtime other{half::simulated{}};
        half::detail::spawn_made<child>(other.engine(), [&] { return child{&log}; }, cradle{log}, hook(log));
    }
    EXPECT_EQ(log, (lines{"exited: shutdown: the runtime ended, after ", "cradle is empty"}));
}

TEST_F(Extension, WhenNoMoreProcessesAreAllowedTheHookHearsNothing) {
    half::runtime full{half::simulated{.max_processes = 0}};
    EXPECT_THROW(half::detail::spawn_made<child>(
                     full.engine(), [&] { return child{&log}; }, cradle{log}, hook(log)),
                 half::too_many_processes);
    EXPECT_EQ(log, lines{"cradle is empty"});
}

// The one who asked for a child is answered by the child itself.
struct newborn_for {
    half::from<half::pid> asker;
    half::pid             who;
    void                  reply() { asker.reply(who); }
};

struct nursery {
    struct bring {
        using reply                     = half::pid;
        std::optional<exit_reason> fate = {};
    };
    struct start {
        using reply                     = std::string;
        std::optional<exit_reason> fate = {};
    };
    lines* log;

    void handle(bring m, half::from<half::pid> asker, half::self<nursery> self) {
        half::detail::spawn_made<child>(
            *self.here().home, [log = log, m] { return child{log, 1s, m.fate}; }, newborn_for{std::move(asker), {}},
            hook(*log));
    }
    half::task<std::string> handle(start m, half::self<nursery> self) {
        auto make = [log = log, m] { return child{log, 1s, m.fate}; };
        try {
            co_await half::detail::pending_start<child, decltype(make)>{make, hook(*log)};
        } catch (const half::start_failed& failed) {
            co_return failed.what();
        }
        co_return "started";
    }
};

TEST_F(Extension, AFromInANewbornTellsItsCallerWhyTheChildDidNotComeToLife) {
    auto nurse = sim.start(nursery{&log});
    EXPECT_TRUE(sim.try_call(nurse, nursery::bring{}));
    const auto got = sim.try_call(nurse, nursery::bring{exit_reason::other("no milk")});
    ASSERT_FALSE(got);
    EXPECT_EQ(got.error(), half::no_answer::died);
    EXPECT_EQ(got.error().reason, exit_reason::other("no milk"));
    EXPECT_EQ(log, (lines{"init", "born", "init", "exited: no milk, after init"}));
}

TEST_F(Extension, ATaskMayWaitForAChildThatHasAHook) {
    auto nurse = sim.start(nursery{&log});
    EXPECT_EQ(sim.call(nurse, nursery::start{}), "started");
    const auto why = sim.call(nurse, nursery::start{exit_reason::other("no milk")});
    EXPECT_NE(why.find("did not start: no milk"), std::string::npos) << why;
    EXPECT_EQ(log, (lines{"init", "born", "init", "exited: no milk, after init"}));
}

// -- hooks --------------------------------------------------------------------------------------------------------

class tally final : public half::exit_hook {
public:
    int         count = 0;
    void        exited(half::pid, const exit_reason&) noexcept override {}
    std::string describe() const override { return "tally"; }
};

struct counting {
    struct add {
        using reply = int;
    };
    lines* log;
    int    handle(add, half::self<counting> self) {
        if (!self.here().hook<tally>()) self.here().on_exit(std::make_unique<tally>());
        self.here().on_exit(hook(*log));
        EXPECT_NE(self.here().hook<chronicle>(), nullptr);
        return ++self.here().hook<tally>()->count;
    }
    void handle(say, half::self<counting> self) {
        EXPECT_TRUE(self.here().forget(*self.here().hook<tally>()));
        EXPECT_EQ(self.here().hook<tally>(), nullptr);
    }
};

TEST_F(Extension, AProcessFindsItsHookByItsType) {
    auto who = sim.start(counting{&log});
    EXPECT_EQ(sim.call(who, counting::add{}), 1);
    EXPECT_EQ(sim.call(who, counting::add{}), 2);
    who.cast(say{});
    EXPECT_EQ(sim.call(who, counting::add{}), 1);
}

TEST_F(Extension, AHookWithSixteenBytesOfItsOwnFillsTheSmallestBlock) {
    struct small final : half::exit_hook {
        half::pid     who;
        std::uint32_t what = 0;
        void          exited(half::pid, const exit_reason&) noexcept override {}
        std::string   describe() const override { return ""; }
    };
    EXPECT_EQ(sizeof(small), half::detail::pool_size::bytes.front());
    EXPECT_EQ(sizeof(half::detail::extras), half::detail::pool_size::bytes.front());
}

TEST_F(Extension, AnEndIsToldByHooksWhileTheyStillAreWhole) {
    struct heirloom {
        lines* log;
        ~heirloom() { log->push_back("hook gone"); }
    };
    struct keeper final : half::exit_hook {
        std::unique_ptr<heirloom> kept;
        explicit keeper(lines* log) : kept{new heirloom{log}} {}
        void        exited(half::pid, const exit_reason&) noexcept override { kept->log->push_back("exited"); }
        std::string describe() const override { return "keeper"; }
    };
    const auto who = half::detail::spawn(sim.engine(), child{&log}, std::make_unique<keeper>(&log));
    sim.settle();
    half::kill(who);
    sim.settle();
    EXPECT_EQ(log, (lines{"init", "exited", "hook gone"}));
}

// A handler that the watchdog leaves behind finds that its hooks have been told.
struct stubborn {
    struct spin {
        shared_event began, go_on;
    };
    std::shared_ptr<obituary::text>   first, second;
    std::shared_ptr<std::atomic<int>> wrong;
    shared_event                      done;

    void handle(spin m, half::self<stubborn> self) {
        auto& here = self.here();
        here.on_exit(std::make_unique<obituary>(first));
        auto* mine = here.hook<obituary>();
        *wrong += mine == nullptr;
        *wrong += !here.change_hooks([] {});
        m.began->set();
        (void)m.go_on->wait();
        *wrong += here.hook<obituary>() != mine;  // still there to be looked at
        *wrong += here.change_hooks([&] { *wrong += 100; });
        *wrong += here.forget(*mine) != nullptr;
        here.on_exit(std::make_unique<obituary>(second));
        *wrong += !second->written.happened();  // at once
        done->set();
    }
};

TEST(ExtensionReal, HooksOfAProcessThatWasLeftBehindAreNotChangedAnyMore) {
    half::runtime runtime{
        half::runtime_options{.workers = 2, .kill_deadline = 20ms, .on_report = [](const half::report&) {}}};
    auto first = std::make_shared<obituary::text>(), second = std::make_shared<obituary::text>();
    auto wrong = std::make_shared<std::atomic<int>>(0);
    auto done = make_event(), began = make_event(), go_on = make_event();
    auto who = runtime.spawn(stubborn{first, second, wrong, done});
    who.cast(stubborn::spin{began, go_on});
    ASSERT_TRUE(began->wait());
    half::kill(who);
    ASSERT_TRUE(first->written.wait());
    go_on->set();
    ASSERT_TRUE(done->wait());
    EXPECT_EQ(*wrong, 0);
}

TEST(ExtensionReal, ManyChildrenWithHooksAreBornAndEndOnAllWorkers) {
    struct count_both final : half::exit_hook {
        std::atomic<int>* births;
        std::atomic<int>* deaths;
        event*            last;
        count_both(std::atomic<int>* b, std::atomic<int>* d, event* l) : births{b}, deaths{d}, last{l} {}
        void born(half::pid) noexcept override { ++*births; }
        void exited(half::pid, const exit_reason&) noexcept override {
            if (++*deaths == 4000) last->set();
        }
        std::string describe() const override { return ""; }
    };
    struct mayfly {
        void init(half::self<mayfly> self) { self.stop(); }
    };
    struct parent {
        std::atomic<int>*births, *deaths;
        event*           last;
        void             init(half::self<parent> self) {
            for (int i = 0; i < 1000; ++i)
                half::detail::spawn_made<mayfly>(
                    *self.here().home, [] { return mayfly{}; }, half::detail::nobody_waits{},
                    std::make_unique<count_both>(births, deaths, last));
        }
    };
    std::atomic<int> births{0}, deaths{0};
    event            last;
    half::runtime    runtime{half::runtime_options{.workers = 2}};
    for (int i = 0; i < 4; ++i) runtime.spawn(parent{&births, &deaths, &last});
    ASSERT_TRUE(last.wait());
    EXPECT_EQ(births, 4000);
    EXPECT_EQ(deaths, 4000);
}

// -- exits and mail of other kinds --------------------------------------------------------------------------------

// Two envelopes of a chapter above: a note that is always mail, and a broken link that is an exit for most.
struct foreign_letter : half::detail::envelope {
    lines*            log;
    half::exit_signal exit;
};
void refuse_foreign(half::detail::envelope* sealed, const half::no_answer& why) noexcept {
    static_cast<foreign_letter*>(sealed)->log->push_back("refused: " + half::to_string(why));
    half::detail::pool_delete(static_cast<foreign_letter*>(sealed));
}
constexpr half::detail::envelope_kind note_kind{[](half::detail::envelope* sealed, process&) {
                                                    static_cast<foreign_letter*>(sealed)->log->push_back("note");
                                                    half::detail::pool_delete(static_cast<foreign_letter*>(sealed));
                                                },
                                                &refuse_foreign,
                                                "note",
                                                half::detail::lane::mail,
                                                false,
                                                true};
constexpr half::detail::envelope_kind broken_kind{[](half::detail::envelope* sealed, process& here) {
                                                      auto exit = std::move(static_cast<foreign_letter*>(sealed)->exit);
                                                      half::detail::pool_delete(static_cast<foreign_letter*>(sealed));
                                                      half::detail::hear_exit(here, std::move(exit));
                                                  },
                                                  &refuse_foreign,
                                                  "broken link",
                                                  half::detail::lane::trappable,
                                                  false,
                                                  true};

void send_foreign(half::pid to, const half::detail::envelope_kind& kind, lines& log, exit_reason reason = {}) {
    half::detail::send_exempt(to, half::detail::pool_new<foreign_letter>(half::detail::envelope{.kind = &kind}, &log,
                                                                         half::exit_signal{to, std::move(reason)}));
}

struct narrow {
    using mailbox = half::bounded<1, half::overload::reject>;
    struct nap {};
    lines*       log;
    half::task<> handle(nap) { co_await half::sleep(1s); }
    void         handle(say m) { log->push_back(m.text); }
    void         handle(half::exit_signal s) { log->push_back(fmt::format("exit: {}", s.reason)); }
};

struct wide {
    struct nap {};
    lines*       log;
    half::task<> handle(nap) { co_await half::sleep(1s); }
    void         handle(say m) { log->push_back(m.text); }
};

TEST_F(Extension, ExemptEnvelopesComeInOrderIntoAFullMailboxToo) {
    auto who = sim.start(narrow{&log});
    (void)who.cast(narrow::nap{});
    sim.settle();
    EXPECT_TRUE(who.cast(say{"first"}));
    EXPECT_FALSE(who.cast(say{"one too many"}));
    send_foreign(who, note_kind, log);
    send_foreign(who, broken_kind, log, exit_reason::other("torn"));
    send_foreign(who, broken_kind, log, exit_reason::normal());
    sim.settle();
    EXPECT_EQ(log, lines{});
    sim.advance(1s);
    EXPECT_EQ(log, (lines{"first", "note", "exit: torn", "exit: normal"}));
}

TEST_F(Extension, AnExitFromAChapterAboveEndsWhoDoesNotTrapItAtOnce) {
    auto who = sim.start(wide{&log});
    who.cast(wide::nap{});
    sim.settle();
    who.cast(say{"never heard"});
    send_foreign(who, note_kind, log);
    send_foreign(who, broken_kind, log, exit_reason::normal());  // ignored
    sim.settle();
    EXPECT_TRUE(half::alive(who));
    auto paper = std::make_shared<obituary::text>();
    half::send_signal(who, std::make_unique<enroll>(paper, make_event()));
    send_foreign(who, broken_kind, log, exit_reason::other("torn"));
    sim.settle();
    EXPECT_FALSE(half::alive(who));
    EXPECT_EQ(paper->reason, exit_reason::other("torn"));
    EXPECT_EQ(log, lines{"refused: the server ended first (torn)"});
    send_foreign(who, note_kind, log);
    EXPECT_EQ(log.back(), "refused: no such process");
}

// -- results that come early --------------------------------------------------------------------------------------

// As half::async of chapter 02 will: somebody else answers, now or later, and the process waits when it wants to.
struct early {
    struct ask {};
    struct look {
        using reply = half::answer<int>;
    };
    using kept                 = half::detail::reply_wait<int>;
    std::unique_ptr<kept> wait = std::make_unique<kept>();
    half::duration        deadline;

    // What is awaited: it need not suspend when the answer is there.
    struct result {
        using waits_in_a_process = void;
        kept& wait;
        bool  await_ready() const { return wait.result.has_value(); }
        template <class Promise>
        void await_suspend(std::coroutine_handle<Promise> waiter) {
            wait.waiter = waiter;
        }
        half::answer<int> await_resume() const { return *wait.result; }
    };

    half::detail::ticket* where;
    void                  handle(ask, half::self<early> self) {
        auto& me = self.here();
        me.expect(*wait, std::noop_coroutine(), &half::detail::reply_kind<int>,
                                   half::detail::deadline_in(me, deadline));
        *where = {me.id(), wait->question};
    }
    half::task<half::answer<int>> handle(look) { co_return co_await result{*wait}; }
};

TEST_F(Extension, AResultMayComeBeforeItIsAwaitedOrAfter) {
    half::detail::ticket where;
    for (bool before : {true, false}) {
        auto who = sim.start(early{.deadline = 10s, .where = &where});
        who.cast(early::ask{});
        sim.settle();
        auto answer = [&] { half::from<int>{where}.reply(42); };
        if (before) answer();
        std::optional<half::answer<half::answer<int>>> got;
        struct asker {
            half::ref<early> who;
            decltype(got)*   into;
            half::task<>     init() { into->emplace(co_await who.try_call(early::look{})); }
        };
        sim.spawn(asker{who, &got});
        sim.settle();
        EXPECT_EQ(got.has_value(), before);
        if (!before) answer();
        sim.settle();
        ASSERT_TRUE(got && *got && **got);
        EXPECT_EQ(***got, 42);
    }
}

TEST_F(Extension, AResultThatDoesNotComeInTimeIsAnAnswerToo) {
    half::detail::ticket where;
    auto                 who = sim.start(early{.deadline = 10s, .where = &where});
    who.cast(early::ask{});
    sim.advance(10s);
    half::from<int>{where}.reply(42);  // too late
    const auto got = sim.call(who, early::look{});
    ASSERT_FALSE(got);
    EXPECT_EQ(got.error(), half::no_answer::timed_out);
}

TEST_F(Extension, AProcessMayEndBeforeAResultComes) {
    half::detail::ticket where;
    auto                 who = sim.start(early{.deadline = half::forever, .where = &where});
    who.cast(early::ask{});
    sim.settle();
    half::kill(who);
    sim.settle();
    half::from<int>{where}.reply(42);
    sim.settle();
    EXPECT_EQ(sim.stats().processes, 0u);
}

// -- reports ------------------------------------------------------------------------------------------------------

TEST_F(Extension, AReportOfAChapterAboveIsItsRemark) {
    const auto who = sim.start(wide{&log});
    sim.engine().tell({.what   = half::report::kind::supervisor,
                       .pid    = who,
                       .server = "house",
                       .remark = "restarted pet for the 2nd time"});
    ASSERT_EQ(reports.size(), 1u);
    EXPECT_EQ(half::to_string(reports[0]), fmt::format("{} house: restarted pet for the 2nd time", who.id()));
}

}  // namespace
