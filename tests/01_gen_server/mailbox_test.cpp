// Mail with a limit: what happens when it is full, and how long a mailbox is from outside.
#include <01_gen_server/gen_server.hpp>

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <type_traits>
#include <vector>

using namespace std::chrono_literals;
using half::no_answer;

namespace {

using lines = std::vector<std::string>;

// The same server with every policy. While it is busy, its mail stays where it is.
template <half::overload Policy>
struct desk {
    using mailbox = half::bounded<3, Policy>;

    struct form {
        std::string text;
    };
    struct note {
        std::string text;
    };
    struct ask {
        using reply = std::string;
        std::string text;
    };
    struct busy {
        half::duration time = 1s;
    };

    lines* log;

    void        handle(form m) { log->push_back("form " + m.text); }
    void        handle(note m) { log->push_back("note " + m.text); }
    std::string handle(ask m) {
        log->push_back("ask " + m.text);
        return "answer " + m.text;
    }
    half::task<> handle(busy m) { co_await half::sleep(m.time); }
    void         terminate(half::exit_reason reason) { log->push_back("terminate " + half::to_string(reason)); }
};

using rejecting = desk<half::overload::reject>;
using dropping  = desk<half::overload::drop_oldest>;
using newest    = desk<half::overload::newest_of_its_kind>;

// Asks once, and keeps what came of it.
template <class Desk>
struct client {
    half::ref<Desk>            at;
    std::string                text;
    half::answer<std::string>* into;

    half::task<> init() { *into = co_await at.try_call(typename Desk::ask{text}, half::forever); }
};

struct Mailbox : testing::Test {
    half::runtime sim{half::simulated{.on_report = [](const half::report&) {}}};
    lines         log;

    // A desk that takes no mail for a second.
    template <class Desk>
    half::ref<Desk> busy_desk() {
        auto server = sim.start(Desk{&log});
        (void)server.cast(typename Desk::busy{});
        sim.settle();
        EXPECT_EQ(half::backlog(server).length, 0u);
        return server;
    }
    template <class Desk>
    half::pid ask(half::ref<Desk> at, std::string text, half::answer<std::string>& into) {
        auto asker = sim.spawn(client<Desk>{at, std::move(text), &into});
        sim.settle();
        return asker;
    }
};

struct open_door {
    struct knock {};
    void handle(knock) {}
};
using none    = void;
using verdict = std::expected<void, half::overloaded>;
static_assert(std::is_same_v<half::cast_result<open_door>, none>,
              "only a mailbox that may refuse has something to say");
static_assert(std::is_same_v<half::cast_result<dropping>, none>);
static_assert(std::is_same_v<half::cast_result<rejecting>, verdict>);
static_assert(std::is_same_v<half::cast_result<newest>, verdict>);

TEST_F(Mailbox, ThatRejectsSaysSo) {
    auto server = busy_desk<rejecting>();
    EXPECT_TRUE(server.cast(rejecting::form{"1"}));
    EXPECT_TRUE(server.cast(rejecting::form{"2"}));
    EXPECT_TRUE(server.cast(rejecting::form{"3"}));
    EXPECT_FALSE(server.cast(rejecting::form{"4"}));
    EXPECT_EQ(sim.try_call(server, rejecting::ask{"5"}).error(), no_answer::overloaded);
    EXPECT_EQ(half::backlog(server).length, 3u);
    EXPECT_EQ(sim.info(server)->refused, 2u);
    EXPECT_EQ(sim.info(server)->dropped, 0u);
    sim.advance(1s);
    EXPECT_EQ(log, (lines{"form 1", "form 2", "form 3"}));
    EXPECT_TRUE(server.cast(rejecting::form{"6"})) << "there is room again";
    EXPECT_EQ(sim.call(server, rejecting::ask{"7"}), "answer 7");
}

TEST_F(Mailbox, ThatIsNotFullIsLikeAnyOther) {
    auto server = sim.start(rejecting{&log});
    EXPECT_EQ(sim.call(server, rejecting::ask{"1"}), "answer 1");
    EXPECT_TRUE(server.cast(rejecting::form{"2"}));
    EXPECT_EQ(half::backlog(server).length, 1u);
    EXPECT_TRUE(server.cast(rejecting::note{"3"}));
    EXPECT_EQ(half::backlog(server).length, 2u);
    sim.settle();
    EXPECT_EQ(log, (lines{"ask 1", "form 2", "note 3"}));
    EXPECT_EQ(half::backlog(server).length, 0u);
}

TEST_F(Mailbox, ThatDropsTheOldestKeepsTheNewest) {
    auto server = busy_desk<dropping>();
    for (auto text : {"1", "2", "3", "4", "5"}) server.cast(dropping::form{text});
    EXPECT_EQ(half::backlog(server).length, 3u);
    EXPECT_EQ(sim.info(server)->dropped, 2u);
    EXPECT_EQ(sim.info(server)->refused, 0u);
    sim.advance(1s);
    EXPECT_EQ(log, (lines{"form 3", "form 4", "form 5"}));
}

TEST_F(Mailbox, ThatDropsTheOldestTellsItsCaller) {
    auto                      server = busy_desk<dropping>();
    half::answer<std::string> first = "nothing yet", second = "nothing yet";
    ask(server, "1", first);
    ask(server, "2", second);
    server.cast(dropping::form{"3"});
    server.cast(dropping::form{"4"});
    sim.settle();
    ASSERT_FALSE(first.has_value());
    EXPECT_EQ(first.error(), no_answer::overloaded);
    EXPECT_EQ(second, "nothing yet");
    EXPECT_EQ(sim.now().time_since_epoch(), 0s);
    sim.advance(1s);
    EXPECT_EQ(second, "answer 2");
    EXPECT_EQ(log, (lines{"ask 2", "form 3", "form 4"}));
}

TEST_F(Mailbox, OfTheNewestReplacesACastOfTheSameType) {
    auto server = busy_desk<newest>();
    EXPECT_TRUE(server.cast(newest::form{"1"}));
    EXPECT_TRUE(server.cast(newest::note{"2"}));
    EXPECT_TRUE(server.cast(newest::form{"3"}));
    EXPECT_TRUE(server.cast(newest::form{"4"}));
    EXPECT_EQ(half::backlog(server).length, 2u);
    EXPECT_EQ(sim.info(server)->dropped, 2u);
    sim.advance(1s);
    EXPECT_EQ(log, (lines{"note 2", "form 4"})) << "in the order in which the newest of each came";
}

TEST_F(Mailbox, OfTheNewestReplacesEvenWhenFullAndElseRefuses) {
    auto                      server = busy_desk<newest>();
    half::answer<std::string> first = "nothing yet", second = "nothing yet", third = "nothing yet";
    ask(server, "1", first);
    ask(server, "2", second);  // calls are never replaced
    EXPECT_TRUE(server.cast(newest::form{"3"}));
    EXPECT_TRUE(server.cast(newest::form{"4"}));
    EXPECT_FALSE(server.cast(newest::note{"5"}));
    ask(server, "6", third);
    ASSERT_FALSE(third.has_value());
    EXPECT_EQ(third.error(), no_answer::overloaded);
    EXPECT_EQ(sim.info(server)->dropped, 1u);
    EXPECT_EQ(sim.info(server)->refused, 2u);
    sim.advance(1s);
    EXPECT_EQ(log, (lines{"ask 1", "ask 2", "form 4"}));
    EXPECT_EQ(first, "answer 1");
    EXPECT_EQ(second, "answer 2");
}

// -- what is not mail ------------------------------------------------------------------------------------------------------

TEST_F(Mailbox, ThatIsFullTakesAStop) {
    auto server = busy_desk<rejecting>();
    for (auto text : {"1", "2", "3"}) EXPECT_TRUE(server.cast(rejecting::form{text}));
    server.stop(half::exit_reason::shutdown());
    sim.advance(1s);
    EXPECT_EQ(log, (lines{"form 1", "form 2", "form 3", "terminate shutdown"}));
}

TEST_F(Mailbox, NeverDropsAStopAndDropsNothingForIt) {
    auto server = busy_desk<dropping>();
    for (auto text : {"1", "2", "3"}) server.cast(dropping::form{text});
    server.stop(half::exit_reason::shutdown());
    EXPECT_EQ(sim.info(server)->dropped, 0u);
    for (auto text : {"4", "5", "6", "7"}) server.cast(dropping::form{text});
    EXPECT_EQ(sim.info(server)->dropped, 4u);
    sim.advance(1s);
    EXPECT_EQ(log, (lines{"terminate shutdown"})) << "what was dropped was older, what is left came after the stop";
}

TEST_F(Mailbox, OfTheNewestTakesAStopWhenFullAndGoesOnReplacing) {
    auto                      server = busy_desk<newest>();
    half::answer<std::string> first = "nothing yet", second = "nothing yet";
    ask(server, "1", first);
    EXPECT_TRUE(server.cast(newest::form{"2"}));
    ask(server, "3", second);
    server.stop(half::exit_reason::shutdown());
    EXPECT_TRUE(server.cast(newest::form{"4"}));  // replaces 2, behind the stop
    sim.advance(1s);
    EXPECT_EQ(log, (lines{"ask 1", "ask 3", "terminate shutdown"}));
}

TEST_F(Mailbox, ThatIsFullDoesNotHoldUpAKill) {
    auto                      server = busy_desk<rejecting>();
    half::answer<std::string> first  = "nothing yet";
    ask(server, "1", first);
    for (auto text : {"2", "3"}) EXPECT_TRUE(server.cast(rejecting::form{text}));
    half::kill(server);
    sim.settle();
    EXPECT_FALSE(half::alive(server));
    ASSERT_FALSE(first.has_value());
    EXPECT_EQ(first.error(), (no_answer{no_answer::died, half::exit_reason::killed()}));
    EXPECT_EQ(log, lines{});
    EXPECT_TRUE(server.cast(rejecting::form{"4"})) << "a dead process takes, and loses, everything";
    EXPECT_EQ(half::backlog(server).length, 0u);
}

TEST_F(Mailbox, OfADeadServerIsNotItsSuccessors) {
    for (int round = 0; round < 100; ++round) {
        auto server = busy_desk<rejecting>();
        for (auto text : {"1", "2", "3"}) EXPECT_TRUE(server.cast(rejecting::form{text}));
        half::kill(server);
        sim.settle();
    }
    EXPECT_EQ(log, lines{});
    auto server = sim.start(rejecting{&log});
    EXPECT_EQ(sim.info(server)->refused, 0u);
    EXPECT_EQ(sim.call(server, rejecting::ask{"1"}), "answer 1");
}

TEST_F(Mailbox, TimersAreBoundByTheLimitToo) {
    struct beating {
        using mailbox = half::bounded<2, half::overload::reject>;
        struct beat {};
        struct busy {};
        int*         beats;
        void         init(half::self<beating> self) { self.send_every(10ms, beat{}); }
        void         handle(beat) { ++*beats; }
        half::task<> handle(busy) { co_await half::sleep(95ms); }
    };
    int  beats  = 0;
    auto server = sim.start(beating{&beats});
    EXPECT_TRUE(server.cast(beating::busy{}));
    sim.advance(94ms);
    EXPECT_EQ(half::backlog(server).length, 2u);
    EXPECT_EQ(sim.info(server)->refused, 7u);
    sim.advance(1ms);
    EXPECT_EQ(beats, 2);
    sim.advance(5ms);
    EXPECT_EQ(beats, 3);
}

TEST_F(Mailbox, AnExitIsTrappedInOrderWithBoundedMail) {
    struct trapper {
        using mailbox = half::bounded<10, half::overload::reject>;
        struct word {
            std::string text;
        };
        lines* log;
        void   handle(word m) { log->push_back(m.text); }
        void   handle(half::exit_signal s) { log->push_back("exit " + half::to_string(s.reason)); }
    };
    auto server = sim.start(trapper{&log});
    EXPECT_TRUE(server.cast(trapper::word{"one"}));
    half::exit(server, half::exit_reason::shutdown());
    EXPECT_TRUE(server.cast(trapper::word{"two"}));
    sim.settle();
    EXPECT_EQ(log, (lines{"one", "exit shutdown", "two"}));
}

TEST_F(Mailbox, ThatDropsDestroysWhatItDrops) {
    struct shelf {
        using mailbox = half::bounded<1, half::overload::drop_oldest>;
        struct item {
            std::shared_ptr<int> content;
        };
        void handle(item) {}
    };
    auto content = std::make_shared<int>(0);
    auto server  = sim.start(shelf{});
    for (int i = 0; i < 10; ++i) server.cast(shelf::item{content});
    EXPECT_EQ(content.use_count(), 2);
    sim.settle();
    EXPECT_EQ(content.use_count(), 1);
}

// -- length and age --------------------------------------------------------------------------------------------------------

struct Backlog : Mailbox {};

struct slowpoke {
    struct word {};
    struct busy {
        half::duration time;
    };
    void         handle(word) {}
    half::task<> handle(busy m) { co_await half::sleep(m.time); }
};

TEST_F(Backlog, TellsLengthAndAgeOfTheMailOfASuspendedServer) {
    auto server = sim.start(slowpoke{});
    server.cast(slowpoke::busy{1s});
    sim.advance(100ms);
    server.cast(slowpoke::word{});
    sim.advance(200ms);
    server.cast(slowpoke::word{});
    sim.advance(300ms);
    EXPECT_EQ(half::backlog(server).length, 2u);
    EXPECT_EQ(half::backlog(server).age, 500ms);
    EXPECT_EQ(sim.info(server)->mail, 2u);
    EXPECT_EQ(sim.info(server)->age, 500ms);
    sim.advance(400ms);
    EXPECT_EQ(half::backlog(server).length, 0u);
    EXPECT_EQ(half::backlog(server).age, 0ms);
}

TEST_F(Backlog, TellsLengthAndAgeOfABoundedMailbox) {
    auto server = busy_desk<dropping>();
    sim.advance(100ms);
    for (auto text : {"1", "2", "3"}) {
        server.cast(dropping::form{text});
        sim.advance(50ms);
    }
    EXPECT_EQ(half::backlog(server).length, 3u);
    EXPECT_EQ(half::backlog(server).age, 150ms);
    server.cast(dropping::form{"4"});
    sim.settle();
    EXPECT_EQ(half::backlog(server).length, 3u);
    EXPECT_EQ(half::backlog(server).age, 100ms) << "the oldest is gone";
}

TEST_F(Backlog, OfNobodyIsNothing) {
    EXPECT_EQ(half::backlog(half::pid{}).length, 0u);
    auto server = sim.start(slowpoke{});
    half::kill(server);
    sim.settle();
    EXPECT_EQ(half::backlog(server).length, 0u);
    EXPECT_EQ(half::backlog(server).age, 0ms);
}

TEST_F(Backlog, CountsALotOfMail) {
    auto server = sim.start(slowpoke{});
    server.cast(slowpoke::busy{1s});
    sim.settle();
    for (int i = 0; i < 200'000; ++i) {
        server.cast(slowpoke::word{});
        if (i == 60'000) sim.settle();
    }
    sim.settle();
    EXPECT_EQ(half::backlog(server).length, 200'000u);
}

}  // namespace
