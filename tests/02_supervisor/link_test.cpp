// Two processes that share their fate: the rules of OTP, one by one.
#include "actor.hpp"

#include <algorithm>
#include <random>

namespace {

using namespace bonds_test;

struct Link : world {};

// -- what an end does at the other end ----------------------------------------------------------------------------

struct LinkEnds : world, testing::WithParamInterface<ending> {};

TEST_P(LinkEnds, EndsTheOtherUnlessItIsNormal) {
    auto one = plain(), other = plain();
    link(one, other);
    const auto watching = monitor(trapping(), other);
    EXPECT_TRUE(watching.number);
    leave(one, GetParam().reason);
    EXPECT_FALSE(half::alive(one));
    if (GetParam().reason == exit_reason::normal()) {
        EXPECT_TRUE(half::alive(other));
        EXPECT_EQ(attached(other).find("linked"), std::string::npos) << attached(other);
    } else {
        EXPECT_FALSE(half::alive(other));
        EXPECT_EQ(log, lines{"down: " + half::to_string(GetParam().reason)}) << "the reason goes on as it is";
    }
}

TEST_P(LinkEnds, IsAMessageToWhoTraps) {
    auto one   = plain();
    auto other = trapping();
    link(one, other);
    leave(one, GetParam().reason);
    EXPECT_TRUE(half::alive(other));
    EXPECT_EQ(log, lines{"exit: " + half::to_string(GetParam().reason)});
    EXPECT_EQ(attached(other), "");
}

TEST_P(LinkEnds, WorksFromWhoeverSetIt) {
    auto one   = plain();
    auto other = trapping();
    link(other, one);
    leave(one, GetParam().reason);
    EXPECT_EQ(log, lines{"exit: " + half::to_string(GetParam().reason)});
}

INSTANTIATE_TEST_SUITE_P(Of, LinkEnds, every_kind, [](const auto& p) { return p.param.name; });

TEST_F(Link, CarriesTheTextOfAnException) {
    auto one   = plain();
    auto other = trapping();
    link(one, other);
    tell<false>(one, [](auto) { throw std::runtime_error{"boom"}; });
    EXPECT_EQ(log, lines{"exit: crash: boom"});
}

// kill() cannot be trapped, but what it does to others is an exit like any other: as in OTP.
TEST_F(Link, OfOneThatIsKilledCanBeTrapped) {
    auto one   = plain();
    auto other = trapping();
    link(one, other);
    kill(one);
    EXPECT_TRUE(half::alive(other));
    EXPECT_EQ(log, lines{"exit: killed"});
}

TEST_F(Link, SaysWhoEnded) {
    half::pid from;
    struct listener {
        half::pid* from;
        half::pid  other;
        void       init(half::self<listener> self) { half::link(self, other); }
        void       handle(half::exit_signal s) { *from = s.from; }
    };
    auto one = plain();
    sim.start(listener{&from, one});
    kill(one);
    EXPECT_EQ(from, one.id());
}

// -- to the dead, to itself, twice, and taken away ----------------------------------------------------------------

TEST_F(Link, ToTheDeadIsAnExitWithNoproc) {
    auto gone = plain();
    kill(gone);
    auto one   = plain();
    auto other = trapping();
    link(other, gone);
    EXPECT_EQ(log, lines{"exit: noproc"});
    EXPECT_EQ(attached(other), "");
    link(one, gone);
    EXPECT_FALSE(half::alive(one));
}

TEST_F(Link, ToNobodyIsAnExitWithNoproc) {
    auto other = trapping();
    link(other, half::pid{});
    EXPECT_EQ(log, lines{"exit: noproc"});
}

TEST_F(Link, ToItselfDoesNothing) {
    auto one = trapping();
    link(one, one);
    EXPECT_EQ(attached(one), "");
    unlink(one, one);
    leave(one, exit_reason::crash("boom"));
    EXPECT_EQ(log, lines{});
}

TEST_F(Link, TwiceIsOneLink) {
    auto one   = plain();
    auto other = trapping();
    link(one, other);
    link(one, other);
    link(other, one);
    EXPECT_EQ(attached(one), fmt::format("linked to {}", other.id()));
    kill(one);
    EXPECT_EQ(log, lines{"exit: killed"});
}

TEST_F(Link, TwiceIsTakenAwayByOneUnlink) {
    auto one   = plain();
    auto other = trapping();
    link(one, other);
    link(other, one);
    unlink(one, other);
    EXPECT_EQ(attached(one), "");
    EXPECT_EQ(attached(other), "");
    kill(one);
    EXPECT_EQ(log, lines{});
}

TEST_F(Link, CanBeTakenAwayByTheOtherSide) {
    auto one = plain(), other = plain();
    link(one, other);
    unlink(other, one);
    kill(one);
    EXPECT_TRUE(half::alive(other));
}

TEST_F(Link, CanBeSetAgain) {
    auto one   = plain();
    auto other = trapping();
    for (int i = 0; i < 3; ++i) {
        link(one, other);
        unlink(one, other);
    }
    link(one, other);
    kill(one);
    EXPECT_EQ(log, lines{"exit: killed"});
}

TEST_F(Link, ThatNeverWasCanBeTakenAway) {
    auto one = plain(), other = plain();
    unlink(one, other);
    unlink(one, half::pid{});
    EXPECT_EQ(attached(one), "");
    kill(other);
    EXPECT_TRUE(half::alive(one));
}

TEST_F(Link, TakenAwayFlushesTheExitThatIsAlreadyInTheMail) {
    auto one   = plain();
    auto other = trapping();
    link(one, other);
    busy(other, 1s);  // its mail has to wait
    kill(one);
    other.cast(trapper::note{"behind"});
    // A signal, so that it runs while the handler waits: as the handler itself would, later on.
    struct unlink_now final : half::signal {
        half::pid whom;
        explicit unlink_now(half::pid w) : whom{w} {}
        void arrive(half::detail::process& here) override { half::detail::unlink(here, whom); }
    };
    half::send_signal(other, std::make_unique<unlink_now>(one));
    sim.advance(2s);
    EXPECT_EQ(log, lines{"behind"});
    EXPECT_EQ(attached(other), "");
}

TEST_F(Link, TakenAwayByAHandlerThatWaitedFlushesToo) {
    auto one   = plain();
    auto other = trapping();
    link(one, other);
    other.cast(trapper::wait{[one](trapper::me self) -> half::task<> {
        co_await half::sleep(1s);
        half::unlink(self, one);
        co_await half::sleep(1s);
    }});
    sim.settle();
    kill(one);
    sim.advance(5s);
    EXPECT_EQ(log, lines{});
    EXPECT_EQ(attached(other), "");
}

TEST_F(Link, SetAgainWhileAnOldExitIsInTheMailTellsOnce) {
    auto one   = plain();
    auto other = trapping();
    link(one, other);
    other.cast(trapper::wait{[one](trapper::me self) -> half::task<> {
        co_await half::sleep(1s);
        half::unlink(self, one);
        half::link(self, one);
        co_await half::sleep(1s);
    }});
    sim.settle();
    leave(one, exit_reason::crash("boom"));
    sim.advance(5s);
    ASSERT_EQ(log.size(), 1u);  // the old one or noproc: both are true
    EXPECT_EQ(attached(other), "");
}

// -- many ---------------------------------------------------------------------------------------------------------

TEST_F(Link, AChainDiesWithTheFirstReason) {
    std::vector<half::ref<actor>> chain;
    for (int i = 0; i < 1000; ++i) chain.push_back(plain());
    for (std::size_t i = 1; i < chain.size(); ++i) link(chain[i - 1], chain[i]);
    auto last = trapping();
    link(last, chain.back());
    leave(chain.front(), exit_reason::other("first"));
    for (auto each : chain) EXPECT_FALSE(half::alive(each));
    EXPECT_EQ(log, lines{"exit: first"});
}

TEST_F(Link, AChainStopsAtWhoTraps) {
    auto first = plain(), last = plain();
    auto knows = trapping();
    link(first, knows);
    link(knows, last);
    kill(first);
    EXPECT_TRUE(half::alive(knows));
    EXPECT_TRUE(half::alive(last));
}

TEST_F(Link, ARingDiesWithTheFirstReason) {
    std::vector<half::ref<actor>> ring;
    for (int i = 0; i < 100; ++i) ring.push_back(plain());
    for (std::size_t i = 0; i < ring.size(); ++i) link(ring[i], ring[(i + 1) % ring.size()]);
    auto watching = trapping();
    for (auto each : ring) monitor(watching, each);
    leave(ring[42], exit_reason::other("forty-two"));
    EXPECT_EQ(log, lines(100, "down: forty-two"));
}

TEST_F(Link, BothMayEndAtOnce) {
    for (std::uint64_t seed = 1; seed <= 50; ++seed) {
        half::runtime other_sim{half::simulated{.seed = seed, .on_report = [](const half::report&) {}}};
        auto          one = other_sim.start(actor{}), other = other_sim.start(actor{});
        one.cast(actor::act{[other](actor::me self) { half::link(self, other); }});
        other_sim.settle();
        half::kill(one);
        other.cast(actor::act{[](actor::me) { throw std::runtime_error{"boom"}; }});
        other_sim.settle();
        EXPECT_EQ(other_sim.stats().processes, 0u) << "seed " << seed;
    }
}

TEST_F(Link, EndsAProcessWhoseHandlerWaits) {
    auto one = plain(), other = plain();
    link(one, other);
    busy(other, 24h);
    leave(one, exit_reason::shutdown());
    EXPECT_FALSE(half::alive(other));
    EXPECT_EQ(sim.now().time_since_epoch(), 0ms);
}

TEST_F(Link, WaitsForAHandlerOfOneThatTraps) {
    auto one   = plain();
    auto other = trapping();
    link(one, other);
    busy(other, 1s);
    kill(one);
    EXPECT_EQ(log, lines{});
    sim.advance(1s);
    EXPECT_EQ(log, lines{"exit: killed"});
}

TEST_F(Link, OfACrowdToOneIsLinear) {
    auto                          hub = trapping();
    std::vector<half::ref<actor>> all;
    for (int i = 0; i < crowd; ++i)
        all.push_back(sim.spawn(actor{.begin = [hub](actor::me self) { half::link(self, hub); }}));
    sim.settle();
    EXPECT_TRUE(attached(hub).ends_with(fmt::format(" and {} more", crowd - 5)));
    for (auto each : all) half::exit(each, exit_reason::shutdown());
    sim.settle();
    EXPECT_EQ(log.size(), std::size_t{crowd});
    EXPECT_EQ(attached(hub), "");
}

TEST_F(Link, OfOneToACrowdEndsThemAll) {
    auto hub = plain();
    for (int i = 0; i < crowd; ++i) sim.spawn(actor{.begin = [hub](actor::me self) { half::link(self, hub); }});
    sim.settle();
    EXPECT_EQ(sim.stats().processes, crowd + 1u);
    leave(hub, exit_reason::shutdown());
    EXPECT_EQ(sim.stats().processes, 0u);
}

// -- links and unlinks that cross ---------------------------------------------------------------------------------

// Whatever two processes do to their link at the same time, in the end both say the same of it.
TEST(LinkProperty, BothEndsAgreeInTheEnd) {
    int linked_in_the_end = 0, unlinked_in_the_end = 0;
    for (std::uint64_t seed = 1; seed <= 400; ++seed) {
        half::runtime                   sim{half::simulated{.seed = seed}};
        std::mt19937_64                 draw{seed};
        std::vector<half::ref<trapper>> all;
        for (int i = 0; i < 3; ++i) all.push_back(sim.start(trapper{}));
        for (int i = 0; i < 40; ++i) {
            const auto from = draw() % 3, to = (from + 1 + draw() % 2) % 3;
            const bool sets = draw() % 2;
            all[from].cast(trapper::act{[other = all[to], sets](trapper::me self) {
                if (sets) half::link(self, other);
                else half::unlink(self, other);
            }});
            if (draw() % 8 == 0) sim.settle();
        }
        sim.settle();
        for (std::size_t a = 0; a < 3; ++a)
            for (std::size_t b = 0; b < 3; ++b) {
                if (a == b) continue;
                auto says = [&](std::size_t x, std::size_t y) {
                    const auto info = sim.info(all[x]);
                    return !info->attached.empty()
                           && info->attached.front().find(half::to_string(all[y].id())) != std::string::npos;
                };
                ASSERT_EQ(says(a, b), says(b, a)) << "seed " << seed;
                ++(says(a, b) ? linked_in_the_end : unlinked_in_the_end);
            }
    }
    EXPECT_GT(linked_in_the_end, 100);
    EXPECT_GT(unlinked_in_the_end, 100);
}

// Two that link each other or not, and one that dies: the other hears of it exactly when its own last word was `link`.
TEST(LinkProperty, AnExitComesWhenTheLinkIsThereAndOnlyOnce) {
    for (std::uint64_t seed = 1; seed <= 400; ++seed) {
        half::runtime   sim{half::simulated{.seed = seed, .on_report = [](const half::report&) {}}};
        std::mt19937_64 draw{seed};
        lines           log;
        auto            one  = sim.start(actor{});
        auto            two  = sim.start(trapper{&log});
        bool            last = false;
        for (int i = 0; i < 10; ++i) {
            last = draw() % 2;
            two.cast(trapper::act{[one, last](trapper::me self) {
                if (last) half::link(self, one);
                else half::unlink(self, one);
            }});
            if (draw() % 3 == 0) sim.settle();
        }
        half::kill(one);
        sim.settle();
        ASSERT_LE(log.size(), 2u) << "seed " << seed;
        if (last) {
            EXPECT_GE(log.size(), 1u) << "seed " << seed;
        }
        two.cast(trapper::act{[one](trapper::me self) { half::unlink(self, one); }});
        sim.settle();
        EXPECT_EQ(fmt::format("{}", fmt::join(sim.info(two)->attached, "; ")), "") << "seed " << seed;
    }
}

// -- born linked --------------------------------------------------------------------------------------------------

TEST_F(Link, SpawnLinkBindsBeforeInit) {
    auto parent = trapping();
    tell<true>(parent, [this](trapper::me self) {
        half::spawn_link(self, actor{&log, [](actor::me) { throw std::runtime_error{"no gas"}; }});
    });
    EXPECT_EQ(log, lines{"exit: crash: no gas"});
    EXPECT_EQ(attached(parent), "");
}

TEST_F(Link, SpawnLinkSharesTheFateOfTheParent) {
    auto             parent = plain();
    half::ref<actor> child;
    tell<false>(parent, [&](actor::me self) { child = half::spawn_link(self, actor{&log}); });
    EXPECT_EQ(attached(parent), fmt::format("linked to {}", child.id()));
    EXPECT_EQ(attached(child), fmt::format("linked to {}", parent.id()));
    kill(parent);
    EXPECT_FALSE(half::alive(child));
}

TEST_F(Link, SpawnLinkByAHandlerThatCrashesEndsTheChild) {
    auto             parent = plain();
    half::ref<actor> child;
    tell<false>(parent, [&](actor::me self) {
        child = half::spawn_link(self, actor{&log});
        throw std::runtime_error{"boom"};
    });
    EXPECT_TRUE(child);
    EXPECT_FALSE(half::alive(child));
}

TEST_F(Link, StartLinkWaitsForInitAndLinks) {
    auto             parent = plain();
    half::ref<actor> child;
    parent.cast(actor::wait{[&](actor::me self) -> half::task<> {
        child = co_await half::start_link(self, actor{&log, [this](actor::me) { log.push_back("init"); }});
        log.push_back("started");
    }});
    sim.settle();
    EXPECT_EQ(log, (lines{"init", "started"}));
    EXPECT_EQ(attached(parent), fmt::format("linked to {}", child.id()));
    EXPECT_EQ(attached(child), fmt::format("linked to {}", parent.id()));
    leave(child, exit_reason::other("bored"));
    EXPECT_FALSE(half::alive(parent));
}

// Neither the exit in the mail of one that traps nor the signal to one that does not.
template <bool Traps>
void start_fails(world& w, half::ref<basic_actor<Traps>> parent) {
    using Actor = basic_actor<Traps>;
    parent.cast(typename Actor::wait{[&w](typename Actor::me self) -> half::task<> {
        try {
            co_await half::start_link(self, actor{&w.log, [](actor::me) { throw std::runtime_error{"no gas"}; }});
        } catch (const half::start_failed& e) {
            w.log.push_back(fmt::format("start failed: {}", e.reason));
        }
        co_await half::sleep(1s);
        w.log.push_back("still here");
    }});
    w.sim.advance(2s);
    EXPECT_EQ(w.log, (lines{"start failed: crash: no gas", "still here"}));
    EXPECT_EQ(w.attached(parent), "");
}
TEST_F(Link, StartLinkThatFailsThrowsAndSendsNoExit) { start_fails(*this, plain()); }
TEST_F(Link, StartLinkThatFailsThrowsAndSendsNoExitToWhoTraps) { start_fails(*this, trapping()); }

TEST_F(Link, StartLinkEndsAChildWhoseParentEndsDuringItsInit) {
    struct slow {
        lines*       log;
        half::task<> init() {
            co_await half::sleep(1h);
            log->push_back("too late");
        }
    };
    auto parent = plain();
    parent.cast(actor::wait{[this](actor::me self) -> half::task<> { co_await half::start_link(self, slow{&log}); }});
    sim.settle();
    EXPECT_EQ(sim.stats().processes, 2u);
    kill(parent);
    EXPECT_EQ(sim.stats().processes, 0u);
    sim.advance(2h);
    EXPECT_EQ(log, lines{});
}

TEST_F(Link, StartLinkOfAChildThatEndsRightAfterInitIsHeard) {
    struct brief {
        void init(half::self<brief> self) { self.stop(exit_reason::other("done")); }
    };
    auto parent = trapping();
    parent.cast(trapper::wait{[this](trapper::me self) -> half::task<> {
        co_await half::start_link(self, brief{});
        log.push_back("started");
    }});
    sim.settle();
    EXPECT_EQ(log, (lines{"started", "exit: done"}));
}

TEST_F(Link, AChildMayTakeItAwayInItsInit) {
    auto             parent = plain();
    half::ref<actor> child;
    parent.cast(actor::wait{[&](actor::me self) -> half::task<> {
        child = co_await half::start_link(self, actor{&log, [parent](actor::me me) { half::unlink(me, parent); }});
    }});
    sim.settle();
    EXPECT_EQ(attached(parent), "");
    EXPECT_EQ(attached(child), "");
    kill(child);
    EXPECT_TRUE(half::alive(parent));
}

// -- bounded mail -------------------------------------------------------------------------------------------------

template <half::overload Policy>
struct small_box {
    using mailbox = half::bounded<1, Policy>;
    struct wait {};
    struct note {};

    lines*    log;
    half::pid other;

    void         init(half::self<small_box> self) { half::link(self, other); }
    half::task<> handle(wait) { co_await half::sleep(1s); }
    void         handle(note) { log->push_back("note"); }
    void         handle(half::exit_signal s) { log->push_back(fmt::format("exit: {}", s.reason)); }
};

template <half::overload Policy>
void exit_into_a_full_mailbox(world& w) {
    using Box  = small_box<Policy>;
    auto other = w.plain();
    auto box   = w.sim.start(Box{&w.log, other});
    (void)w.sim.run([](half::ref<Box> b) -> half::task<int> {
        (void)b.cast(typename Box::wait{});
        co_return 0;
    }(box));
    w.sim.settle();
    auto write = [&] {
        return w.sim.run([](half::ref<Box> b) -> half::task<int> {
            if constexpr (half::may_refuse<Box>) co_return b.cast(typename Box::note{}).has_value();
            else {
                b.cast(typename Box::note{});
                co_return 1;
            }
        }(box));
    };
    EXPECT_TRUE(write());
    w.kill(other);
    (void)write();
    w.sim.advance(2s);
    EXPECT_EQ(std::ranges::count(w.log, "exit: killed"), 1) << fmt::format("{}", fmt::join(w.log, ", "));
    EXPECT_EQ(std::ranges::count(w.log, "note"), 1);
}
TEST_F(Link, ExitGetsIntoAFullMailboxThatRejects) { exit_into_a_full_mailbox<half::overload::reject>(*this); }
TEST_F(Link, ExitGetsIntoAFullMailboxThatDropsTheOldest) {
    exit_into_a_full_mailbox<half::overload::drop_oldest>(*this);
}
TEST_F(Link, ExitGetsIntoAFullMailboxThatKeepsTheNewestOfItsKind) {
    exit_into_a_full_mailbox<half::overload::newest_of_its_kind>(*this);
}

}  // namespace
