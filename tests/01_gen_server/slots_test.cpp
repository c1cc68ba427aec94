// Slots are let again. What was sent to one tenant must never reach the next.
//
// A sender that found its target may be held before it pushes, and meanwhile the target dies and its slot is let again.
// No clock can force that, so these tests are the sender: they find, wait until the slot has a new tenant, and push.
#include "real.hpp"

#include <01_gen_server/detail/bounded_mail.hpp>

#include <gtest/gtest.h>

#include <random>

namespace {

using namespace real;
using half::detail::process;

struct tenant {
    struct note {
        mortal life = {};
    };
    struct count {
        using reply = int;
    };

    int notes = 0;

    void handle(note) { ++notes; }
    int  handle(count) { return notes; }
};

struct small_tenant {
    using mailbox = half::bounded<3, half::overload::reject>;
    using note    = tenant::note;
    using count   = tenant::count;

    int notes = 0;

    void handle(note) { ++notes; }
    int  handle(count) { return notes; }
};

// Lets slots from inside, where a worker keeps the free ones, until it comes to the wanted one.
template <class Server>
struct landlord {
    struct let {
        std::optional<std::uint32_t> slot = {};
        using reply                       = half::ref<Server>;
    };
    half::ref<Server> handle(let wanted, half::self<landlord> self) {
        for (int i = 0; i < 10'000; ++i) {
            auto next = self.spawn(Server{});
            if (!wanted.slot || next.id().slot == *wanted.slot) return next;
        }
        throw std::logic_error{"the slot was not let again"};
    }
};

// A process that was found, has died, and whose slot has a new tenant.
template <class Server>
struct old_address {
    half::runtime               runtime{half::runtime_options{.workers = 1}};
    half::ref<landlord<Server>> house = runtime.start(landlord<Server>{});
    half::ref<Server>           gone  = runtime.call(house, typename landlord<Server>::let{}, soon);
    process*                    found = process::find(gone);
    half::detail::bounded_mail* mail  = found->bounded.load();

    void              end() { ASSERT_TRUE(kill_and_wait(gone)); }
    half::ref<Server> next_tenant() {
        return runtime.call(house, typename landlord<Server>::let{gone.id().slot}, soon);
    }
    template <class Letter>
    Letter* addressed(Letter* letter) const {
        letter->generation = gone.id().generation;
        return letter;
    }
};

// Asks as a call does, but does not look who is there any more.
class belated_call {
public:
    using waits_in_a_process = void;

    belated_call(process& target, half::pid to) : target_{&target}, to_{to} {}

    bool await_ready() const noexcept { return false; }
    template <class Promise>
    void await_suspend(std::coroutine_handle<Promise> waiter) {
        using half::detail::question_letter;
        using letter = half::detail::call_letter<tenant::count>;
        auto& me     = *waiter.promise().home;
        me.expect(wait_, waiter, &half::detail::reply_kind<int>, 0);
        target_->deliver(half::detail::pool_new<letter>(
            question_letter{{.kind = &half::detail::call_kind<tenant, tenant::count>, .generation = to_.generation},
                            {me.id(), wait_.question}},
            tenant::count{}));
    }
    half::answer<int> await_resume() { return std::move(*wait_.result); }

private:
    process*                      target_;
    half::pid                     to_;
    half::detail::reply_wait<int> wait_;
};

half::task<half::answer<int>> ask_late(process& target, half::pid to) { co_return co_await belated_call{target, to}; }

TEST(Slots, AreLetAgainUnderAnotherGeneration) {
    old_address<tenant> at;
    at.end();
    const auto next = at.next_tenant();
    EXPECT_GT(next.id().generation, at.gone.id().generation);
    EXPECT_FALSE(half::alive(at.gone));
    EXPECT_TRUE(half::alive(next));
    EXPECT_EQ(process::find(next), at.found);
    EXPECT_EQ(process::find(at.gone), nullptr);
}

TEST(Slots, ACastForTheLastTenantIsRefusedByTheNext) {
    old_address<tenant> at;
    at.end();
    const auto next   = at.next_tenant();
    auto       graves = make_graveyard();
    at.found->deliver(at.addressed(half::detail::seal<tenant>(tenant::note{mortal{graves}})));
    EXPECT_TRUE(graves->first.wait());
    EXPECT_EQ(at.runtime.call(next, tenant::count{}, soon), 0);
    EXPECT_EQ(graves->graves, 1);
}

TEST(Slots, ACallForTheLastTenantIsAnsweredNoSuchProcess) {
    old_address<tenant> at;
    at.end();
    const auto next = at.next_tenant();
    const auto told = at.runtime.run(ask_late(*at.found, at.gone));
    ASSERT_FALSE(told);
    EXPECT_EQ(told.error(), half::no_answer::no_such_process);
    EXPECT_EQ(at.runtime.call(next, tenant::count{}, soon), 0);
}

TEST(Slots, AStrangersLetterInFrontOfTheNextTenantsBirthDoesNotDelayIt) {
    old_address<tenant> at;
    auto                graves = make_graveyard();
    at.end();
    for (int i = 0; i < 100; ++i)
        at.found->deliver(at.addressed(half::detail::seal<tenant>(tenant::note{mortal{graves}})));
    const auto next = at.next_tenant();
    for (int i = 0; i < 100; ++i) {
        at.found->deliver(at.addressed(half::detail::seal<tenant>(tenant::note{mortal{graves}})));
        next.cast(tenant::note{});
    }
    EXPECT_EQ(at.runtime.call(next, tenant::count{}, soon), 100);
    EXPECT_EQ(graves->graves, 200);
}

TEST(Slots, AFreeSlotRefusesWhatStraysIntoIt) {
    old_address<tenant> at;
    at.end();
    auto graves = make_graveyard();
    at.found->deliver(at.addressed(half::detail::seal<tenant>(tenant::note{mortal{graves}})));
    EXPECT_TRUE(graves->first.wait());
    const auto told = at.runtime.run(ask_late(*at.found, at.gone));
    ASSERT_FALSE(told);
    EXPECT_EQ(told.error(), half::no_answer::no_such_process);
    const auto next = at.next_tenant();  // and it can be let as if nothing had happened
    next.cast(tenant::note{});
    EXPECT_EQ(at.runtime.call(next, tenant::count{}, soon), 1);
    EXPECT_EQ(graves->graves, 1);
}

TEST(Slots, ABoundedMailboxThatWasHandedOnRefusesStrangers) {
    old_address<small_tenant> at;
    at.end();
    const auto next = at.next_tenant();
    EXPECT_EQ(at.found->bounded.load(), at.mail) << "it was to be handed on for this test";
    auto graves = make_graveyard();
    for (int i = 0; i < 10; ++i)
        EXPECT_TRUE(at.mail->offer(*at.found, at.gone,
                                   at.addressed(half::detail::seal<small_tenant>(tenant::note{mortal{graves}}))));
    EXPECT_EQ(graves->graves, 10);  // lost, as mail to the dead is; and the next tenant's room is its own
    for (int i = 0; i < 3; ++i) {
        EXPECT_TRUE(next.cast(tenant::note{}));
        EXPECT_EQ(at.runtime.call(next, tenant::count{}, soon), i + 1);
    }
}

// Everybody writes to tenants by name; a name that reaches somebody else is found out.
struct named {
    struct hello {
        std::uint64_t to;
    };
    struct whoami {
        std::uint64_t to;
        using reply = bool;
    };
    std::uint64_t     name;
    std::atomic<int>* mistakes;

    void handle(hello m) { *mistakes += m.to != name; }
    bool handle(whoami m) { return m.to == name; }
};

TEST(Slots, ReachNobodyElseHoweverOftenTheyAreLet) {
    constexpr std::size_t places  = 64;
    constexpr int         rebirth = under_tsan ? 3000 : 20'000;
    std::atomic<int>      mistakes{0}, strangers{0}, answered{0};
    half::runtime         runtime{{.workers = 2}};

    struct address {
        std::mutex       guard;
        half::ref<named> who;
        std::uint64_t    name = 0;
    };
    std::array<address, places> book;
    std::atomic<bool>           over{false};
    auto                        look = [&](std::size_t i) {
        std::lock_guard lock{book[i].guard};
        return std::pair{book[i].who, book[i].name};
    };
    for (std::size_t i = 0; i < places; ++i) book[i].who = runtime.spawn(named{book[i].name = i, &mistakes});

    std::vector<std::thread> senders;
    for (unsigned seed = 0; seed < 3; ++seed)
        senders.emplace_back([&, seed] {
            std::minstd_rand draw{seed + 1};
            while (!over) {
                const auto [who, name] = look(draw() % places);
                for (int n = 0; n < 20; ++n) who.cast(named::hello{name});
                if (draw() % 64 == 0) {
                    const auto told = runtime.try_call(who, named::whoami{name}, soon);
                    if (told) strangers += !*told, ++answered;
                }
            }
        });
    std::minstd_rand draw{42};
    for (std::uint64_t n = 0; n < rebirth || answered < 100; ++n) {
        const auto      i = draw() % places;
        std::lock_guard lock{book[i].guard};
        half::kill(book[i].who);
        book[i].name = places + n;
        book[i].who  = runtime.spawn(named{book[i].name, &mistakes});
    }
    EXPECT_TRUE(eventually([&] { return answered > 0; }));
    over = true;
    for (auto& each : senders) each.join();
    EXPECT_EQ(mistakes, 0);
    EXPECT_EQ(strangers, 0);
    EXPECT_TRUE(eventually([&] { return runtime.stats().processes == places; })) << runtime.stats().processes;
}

}  // namespace
