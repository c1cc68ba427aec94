// What the chapters above build on: hooks that hear of births, births with a hook and a state made in the child, exits and
// mail of other kinds, a place for a result that comes early, and reports with a remark.
#include "real.hpp"

#include <01_gen_server/detail/engine.hpp>

#include <boost/asio/buffer.hpp>
#include <boost/asio/local/connect_pair.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <fmt/ranges.h>
#include <gtest/gtest.h>

#include <array>
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
    EXPECT_EQ(log, (lines{"in time: born", "in time: exited: killed, after kill", "late: exited: killed, after kill"}));
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
    EXPECT_EQ(log, (lines{"born", "goes", "exited: killed, after kill"}));
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
    EXPECT_EQ(log, (lines{"init", "cradle is empty", "exited: killed, after kill"}));
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
    lines* log;

    void handle(bring m, half::from<half::pid> asker, half::self<nursery> self) {
        half::detail::spawn_made<child>(
            *self.here().home, [log = log, m] { return child{log, 1s, m.fate}; }, newborn_for{std::move(asker), {}},
            hook(*log));
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

// Writes down the steps of an end.
class witness final : public half::exit_hook {
public:
    witness(lines& log, std::string name, bool forgets = false)
        : log_{&log}, name_{std::move(name)}, forgets_{forgets} {}
    ~witness() override { log_->push_back(name_ + " goes"); }
    bool        forgets() const override { return forgets_; }
    void        exited(half::pid who, const exit_reason&) noexcept override { note("exited", who); }
    void        gone(half::pid who, const exit_reason&) noexcept override { note("gone", who); }
    std::string describe() const override { return ""; }

private:
    void note(std::string_view what, half::pid who) {
        log_->push_back(fmt::format("{} {}{}", name_, what, half::alive(who) ? ", alive" : ""));
    }

    lines*      log_;
    std::string name_;
    bool        forgets_;
};

// What has an end of its own, and writes it down.
struct heirloom {
    lines*      log;
    std::string name;
    heirloom(lines* l, std::string n) : log{l}, name{std::move(n)} {}
    heirloom(heirloom&& other) noexcept : log{std::exchange(other.log, nullptr)}, name{std::move(other.name)} {}
    ~heirloom() {
        if (log) log->push_back(name + " destroyed");
    }
};

struct mortal_server {
    struct ask {
        using reply = int;
    };
    struct crash {
        using reply = int;
    };
    heirloom treasure;
    lines*   log;

    void init(half::self<mortal_server> self) {
        self.here().on_exit(std::make_unique<witness>(*log, "monitor"));
        self.here().on_exit(std::make_unique<witness>(*log, "name", true));
        self.here().on_exit(std::make_unique<witness>(*log, "link"));
    }
    half::task<int> handle(ask) {
        heirloom frame{log, "frame"};
        co_await half::sleep(1h);
        co_return 1;
    }
    int  handle(crash) { throw std::runtime_error{"boom"}; }
    void handle(say, half::self<mortal_server> self) { self.stop(); }
};

// Asks, and writes down when it is told that there will be no answer, and whether the server lived then.
template <class Message>
struct petitioner {
    half::ref<mortal_server> at;
    lines*                   log;
    half::task<>             init() {
        auto got = co_await at.try_call(Message{}, half::forever);
        log->push_back(
            fmt::format("caller told: {}{}", half::to_string(got.error()), half::alive(at) ? ", alive" : ""));
    }
};

TEST_F(Extension, AnEndGoesStepByStep) {
    const auto who =
        half::detail::spawn(sim.engine(), mortal_server{{&log, "state"}, &log}, std::make_unique<witness>(log, "tie"));
    sim.settle();
    sim.spawn(petitioner<mortal_server::ask>{who, &log});
    sim.settle();
    half::kill(who);
    sim.settle();
    EXPECT_EQ(log, (lines{"name exited, alive", "frame destroyed", "state destroyed", "tie gone, alive",
                          "monitor gone, alive", "name gone, alive", "link gone, alive", "tie exited", "monitor exited",
                          "link exited", "tie goes", "monitor goes", "name goes", "link goes",
                          "caller told: the server ended first (killed)"}));
}

TEST_F(Extension, ACallerIsToldWhenTheHooksHaveBeen) {
    const auto who =
        half::detail::spawn(sim.engine(), mortal_server{{&log, "state"}, &log}, std::make_unique<witness>(log, "tie"));
    sim.settle();
    sim.spawn(petitioner<mortal_server::crash>{who, &log});
    sim.settle();
    EXPECT_EQ(log.back(), "caller told: the server ended first (crash: boom)");
}

TEST_F(Extension, ACrashIsReportedBeforeItsHooksAreTold) {
    struct counts_reports final : half::exit_hook {
        std::vector<half::report>* reports;
        lines*                     log;
        counts_reports(std::vector<half::report>* r, lines* l) : reports{r}, log{l} {}
        void exited(half::pid, const exit_reason&) noexcept override {
            log->push_back(fmt::format("{} reports", reports->size()));
        }
        std::string describe() const override { return ""; }
    };
    const auto who = half::detail::spawn(sim.engine(), child{&log}, std::make_unique<counts_reports>(&reports, &log));
    who.cast(say{"crash"});
    sim.settle();
    EXPECT_EQ(log.back(), "1 reports");
}

TEST_F(Extension, AHookWithNothingToSayIsNotShown) {
    const auto who = half::detail::spawn(sim.engine(), child{&log}, std::make_unique<witness>(log, "quiet"));
    sim.settle();
    EXPECT_TRUE(sim.info(who)->attached.empty());
    half::kill(who);
    sim.settle();
}

// The state of a process is kept while an operation of Asio may still write into it.
struct reader {
    struct listen {};
    std::shared_ptr<std::atomic<int>>          order;
    std::shared_ptr<int>                       destroyed_at;
    half::asio::local::stream_protocol::socket mine, other;
    std::array<char, 1>                        byte{};
    real::shared_event                         listens;

    half::task<> handle(listen) {
        struct leave {
            std::atomic<int>& order;
            int&              at;
            ~leave() { at = ++order; }
        } const left{*order, *destroyed_at};
        listens->set();
        (void)co_await mine.async_read_some(half::asio::buffer(byte), half::tried);
    }
};

TEST(ExtensionReal, AStateThatAnOperationKeepsIsGoneLater) {
    struct steps final : half::exit_hook {
        std::shared_ptr<std::atomic<int>> order;
        std::shared_ptr<int>              exited_at, gone_at;
        real::shared_event                done;
        void exited(half::pid, const exit_reason&) noexcept override { *exited_at = ++*order; }
        void gone(half::pid, const exit_reason& reason) noexcept override {
            if (reason == exit_reason::killed() && half::detail::last_message() == "kill") *gone_at = ++*order;
            done->set();
        }
        std::string describe() const override { return ""; }
    };
    half::runtime runtime{half::runtime_options{.workers = 2}};
    auto          order     = std::make_shared<std::atomic<int>>(0);
    auto          exited_at = std::make_shared<int>(0), gone_at = std::make_shared<int>(0),
         destroyed_at                               = std::make_shared<int>(0);
    auto                                       done = make_event(), listens = make_event();
    half::asio::local::stream_protocol::socket mine{runtime.io()}, other{runtime.io()};
    half::asio::local::connect_pair(mine, other);
    auto hook       = std::make_unique<steps>();
    hook->order     = order;
    hook->exited_at = exited_at;
    hook->gone_at   = gone_at;
    hook->done      = done;
    const auto who  = half::detail::spawn(
        runtime.engine(), reader{order, destroyed_at, std::move(mine), std::move(other), {}, listens}, std::move(hook));
    who.cast(reader::listen{});
    ASSERT_TRUE(listens->wait());
    half::kill(who);
    ASSERT_TRUE(done->wait());
    EXPECT_EQ(*exited_at, 1);
    EXPECT_EQ(*destroyed_at, 2);
    EXPECT_EQ(*gone_at, 3);
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

TEST(ExtensionReal, ASignalThatNobodyWillOpenAnyMoreIsLostAtOnce) {
    struct note final : half::signal {
        shared_event lost_;
        explicit note(shared_event l) : lost_{std::move(l)} {}
        void arrive(process&) override {}
        void lost(half::pid) noexcept override { lost_->set(); }
    };
    half::runtime runtime{
        half::runtime_options{.workers = 2, .kill_deadline = 20ms, .on_report = [](const half::report&) {}}};
    auto began = make_event(), go_on = make_event(), lost = make_event(), done = make_event();
    auto wrong = std::make_shared<std::atomic<int>>(0);
    auto first = std::make_shared<obituary::text>(), second = std::make_shared<obituary::text>();
    auto who = runtime.spawn(stubborn{first, second, wrong, done});
    who.cast(stubborn::spin{began, go_on});
    ASSERT_TRUE(began->wait());
    half::send_signal(who, std::make_unique<note>(lost));
    half::kill(who);
    EXPECT_TRUE(lost->wait());  // while the handler still spins
    EXPECT_FALSE(done->happened());
    go_on->set();
    ASSERT_TRUE(done->wait());
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

// Who learns in any way that a process has ended can rely on the first hook having been told that its state is gone.
TEST(ExtensionReal, WhoSeesTheEndSeesTheStateGoneAndTheHooksTold) {
    struct goner {
        struct ask {
            using reply = int;
        };
        std::shared_ptr<std::atomic<int>> destroyed;
        explicit goner(std::shared_ptr<std::atomic<int>> d) : destroyed{std::move(d)} {}
        goner(goner&&) noexcept = default;
        ~goner() {
            if (destroyed) ++*destroyed;
        }
        int handle(ask) { return 1; }
    };
    struct tie final : half::exit_hook {
        std::shared_ptr<std::atomic<int>> destroyed, told;
        tie(std::shared_ptr<std::atomic<int>> d, std::shared_ptr<std::atomic<int>> t)
            : destroyed{std::move(d)}, told{std::move(t)} {}
        void        exited(half::pid, const exit_reason&) noexcept override {}
        void        gone(half::pid, const exit_reason&) noexcept override { *told += *destroyed; }
        std::string describe() const override { return ""; }
    };
    half::runtime runtime{half::runtime_options{.workers = 2}};
    int           wrong = 0;
    for (int i = 0; i < 2000; ++i) {
        auto       destroyed = std::make_shared<std::atomic<int>>(0), told = std::make_shared<std::atomic<int>>(0);
        const auto who =
            half::detail::spawn(runtime.engine(), goner{destroyed}, std::make_unique<tie>(destroyed, told));
        half::kill(who);
        if (i % 2 == 0)
            while (half::alive(who)) std::this_thread::yield();
        else
            while (runtime.try_call(who, goner::ask{}, soon)) continue;
        wrong += *told != 1;
    }
    EXPECT_EQ(wrong, 0);
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

TEST_F(Extension, MailMayComeFirstWhateverWaits) {
    struct urgent final : half::signal {
        lines* log;
        explicit urgent(lines* l) : log{l} {}
        void arrive(process& here) override {
            for (const char* text : {"second", "first"}) here.prepend(half::detail::seal<narrow>(say{text}));
        }
    };
    auto who = sim.start(narrow{&log});
    half::send_signal(who, std::make_unique<urgent>(&log));
    sim.settle();
    EXPECT_EQ(log, (lines{"first", "second"}));
    log.clear();
    (void)who.cast(narrow::nap{});
    sim.settle();
    EXPECT_TRUE(who.cast(say{"third"}));  // and now it is full
    half::send_signal(who, std::make_unique<urgent>(&log));
    sim.advance(1s);
    EXPECT_EQ(log, (lines{"first", "second", "third"}));
    auto other = sim.start(wide{&log});
    log.clear();
    other.cast(wide::nap{});
    sim.settle();
    for (const char* text : {"third", "fourth"}) other.cast(say{text});
    half::send_signal(other, std::make_unique<urgent>(&log));
    sim.advance(1s);
    EXPECT_EQ(log, (lines{"first", "second", "third", "fourth"}));
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
    sim.engine().tell({.what   = half::report::kind::remark,
                       .pid    = who,
                       .server = "house",
                       .remark = "restarted pet for the 2nd time"});
    ASSERT_EQ(reports.size(), 1u);
    EXPECT_EQ(half::to_string(reports[0]), fmt::format("{} house: restarted pet for the 2nd time", who.id()));
}

}  // namespace
