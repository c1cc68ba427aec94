// Names on real threads: readers that hold no lock beside processes that come, go, and are left behind.
#include "../01_gen_server/real.hpp"

#include <03_registry/registry.hpp>

#include <gtest/gtest.h>

#include <array>
#include <random>
#include <string>
#include <thread>

namespace {

using namespace real;

constexpr int scaled(int n) { return under_tsan ? n / 4 : n; }

// Does what it is told to, on its own turn.
struct actor {
    struct act {
        std::function<void(half::self<actor>)> what;
        using reply = bool;
    };
    bool handle(act a, half::self<actor> me) {
        a.what(me);
        return true;
    }
};

// Runs one thing again and again on threads of its own, until it is stopped.
class readers {
public:
    template <class F>
    readers(int count, F f) {
        for (int i = 0; i < count; ++i)
            threads_.emplace_back([this, f, i](const std::stop_token& stop) {
                std::minstd_rand draw(static_cast<unsigned>(i + 1));
                do {
                    f(draw);
                    rounds_.fetch_add(1, std::memory_order_relaxed);
                } while (!stop.stop_requested());
            });
    }
    long stop() {
        threads_.clear();
        return rounds_;
    }

private:
    std::atomic<long>         rounds_{0};
    std::vector<std::jthread> threads_;
};

struct RegistryStress : testing::Test {
    half::runtime         runtime{{.workers = 2, .on_report = [](const half::report&) {}}};
    half::registry<actor> names;

    void in(half::ref<actor> who, std::function<void(half::self<actor>)> what) {
        runtime.call(who, actor::act{std::move(what)}, soon);
    }
    half::ref<actor> start() { return runtime.start(actor{}); }
};

TEST_F(RegistryStress, WhatIsThereIsFoundWhateverComesAndGoesBesideIt) {
    auto                       ann = start();
    std::array<std::string, 8> there;
    for (int i = 0; i < 8; ++i) there[static_cast<std::size_t>(i)] = "stays " + std::to_string(i);
    in(ann, [&](auto me) {
        for (auto& name : there) names.add(me, name).or_throw();
    });
    std::atomic<int> missed{0}, strangers{0};
    readers          looking{2, [&](auto& draw) {
                        if (names.find(there[draw() % there.size()]) != ann) ++missed;
                        if (names.find("never")) ++strangers;
                    }};
    in(ann, [&](auto me) {
        for (int round = 0; round < 3; ++round) {  // the table grows, fills with graves, and shrinks
            for (int i = 0; i < scaled(20'000); ++i) names.add(me, std::to_string(i)).or_throw();
            for (int i = 0; i < scaled(20'000); ++i) names.remove(me, std::to_string(i));
        }
    });
    EXPECT_GT(looking.stop(), 0);
    EXPECT_EQ(missed, 0);
    EXPECT_EQ(strangers, 0);
    EXPECT_EQ(names.count(), there.size());
}

// Says of itself whose it is, so that a reader sees when it got hold of something else.
struct label {
    std::string name;
    long        changes = 0, again = 0;
};

TEST_F(RegistryStress, ReadersSeeWholeValues) {
    half::registry<actor, std::string, label> labels;
    constexpr int                             many = 50;
    std::atomic<int>                          torn{0};
    const auto                                check = [&](const std::string& name, const label& value) {
        if (value.name != name || value.changes != value.again) ++torn;
    };
    readers                       looking{2, [&](auto& draw) {
                        const auto name = std::to_string(draw() % many);
                        if (const auto value = labels.value(name)) check(name, *value);
                        if (draw() % 64 == 0) labels.each([&](auto& key, auto, auto& value) { check(key, value); });
                    }};
    std::vector<half::ref<actor>> writers{start(), start(), start()};
    std::vector<std::thread>      driving;
    for (auto who : writers)
        driving.emplace_back([&, who] {
            std::minstd_rand draw(static_cast<unsigned>(who.id().slot + 1));
            for (int round = 0; round < scaled(400); ++round)
                in(who, [&](auto me) {
                    for (int i = 0; i < 50; ++i) {
                        const auto name = std::to_string(draw() % many);
                        switch (draw() % 4) {
                        case 0: (void)labels.add(me, name, label{name}); break;
                        case 1: labels.remove(me, name); break;
                        default: labels.update(me, name, [](label& l) { ++l.changes, ++l.again; });
                        }
                    }
                });
        });
    for (auto& each : driving) each.join();
    EXPECT_GT(looking.stop(), 0);
    EXPECT_EQ(torn, 0);
}

// Many want the same few names, and those who get one are killed.
TEST_F(RegistryStress, ANameIsOneProcesssAtATime) {
    constexpr std::size_t              many = 4;
    std::array<std::atomic<int>, many> owners{};
    std::atomic<int>                   shared{0}, got{0}, refused{0}, dead{0};
    const auto                         name_of = [](std::size_t i) { return "name " + std::to_string(i); };
    readers                            looking{1, [&](auto& draw) {
                        const auto name = name_of(draw() % many);
                        const auto who  = names.find(name);
                        if (who && !half::alive(who) && names.find(name) == who) ++dead;
                    }};
    std::vector<std::thread>           driving;
    for (unsigned t = 0; t < 3; ++t)
        driving.emplace_back([&, t] {
            std::minstd_rand draw(t + 1);
            for (int round = 0; round < scaled(2000); ++round) {
                auto       who = start();
                const auto i   = draw() % many;
                bool       own = false;
                in(who, [&](auto me) {
                    const auto answer = names.add(me, name_of(i));
                    if (!answer) {
                        ++refused;
                        if (answer.error().by == me) ++shared;
                        return;
                    }
                    ++got;
                    own = true;
                    if (owners[i].fetch_add(1) != 0) ++shared;
                    if (names.find(name_of(i)) != me) ++shared;
                });
                if (own) owners[i].fetch_sub(1);  // before it can lose the name
                const bool gives_back = draw() % 2;
                if (own && gives_back)
                    in(who, [&](auto me) {
                        if (!names.remove(me, name_of(i))) ++shared;
                    });
                half::kill(who);
            }
        });
    for (auto& each : driving) each.join();
    EXPECT_GT(looking.stop(), 0);
    EXPECT_GT(got, 0);
    EXPECT_EQ(shared, 0);
    EXPECT_EQ(dead, 0);
    EXPECT_TRUE(eventually([&] { return runtime.stats().processes == 0; }));
    EXPECT_EQ(names.count(), 0u);
}

// Whoever hears of an end finds the name free, on whatever thread and however it heard.
TEST_F(RegistryStress, WhoHeardOfAnEndCanHaveTheName) {
    for (int round = 0; round < scaled(300); ++round) {
        auto first = start(), second = start();
        in(first, [&](auto me) { names.add(me, "lobby").or_throw(); });
        half::kill(first);
        while (half::alive(first)) std::this_thread::yield();  // the earliest that anybody can know it
        EXPECT_FALSE(names.find("lobby"));
        half::added got;
        in(second, [&](auto me) { got = names.add(me, "lobby"); });
        EXPECT_TRUE(got);
        EXPECT_EQ(names.find("lobby"), second);
        in(second, [&](auto me) { EXPECT_TRUE(names.remove(me, "lobby")); });
    }
}

// A hook that holds up the others: the process is dead, and its names are not yet taken away.
class stopper final : public half::exit_hook {
public:
    stopper(shared_event reached, shared_event go_on) : reached_{std::move(reached)}, go_on_{std::move(go_on)} {}
    bool forgets() const override { return true; }
    void exited(half::pid, const half::exit_reason&) noexcept override {
        reached_->set();
        (void)go_on_->wait();
    }
    std::string describe() const override { return "stopper"; }

private:
    shared_event reached_, go_on_;
};

struct RegistryLeftBehind : testing::Test {
    ears                                    heard;
    half::runtime                           runtime{{.workers = 2, .kill_deadline = 50ms, .on_report = heard.listen()}};
    half::registry<actor, std::string, int> names;
    half::ref<actor>                        stuck = runtime.start(actor{}), next = runtime.start(actor{});

    void in(half::ref<actor> who, std::function<void(half::self<actor>)> what) {
        runtime.call(who, actor::act{std::move(what)}, soon);
    }
};

TEST_F(RegistryLeftBehind, WhoIsDeadHasNoNameThoughItsHookHasNotRun) {
    auto inside = make_event(), release = make_event(), reached = make_event(), go_on = make_event();
    in(stuck, [&](auto me) {
        me.here().on_exit(std::make_unique<stopper>(reached, go_on));
        names.add(me, "lobby").or_throw();
        names.add(me, "hall").or_throw();
    });
    stuck.cast(actor::act{[=](auto) {
        inside->set();
        (void)release->wait();
    }});
    ASSERT_TRUE(inside->wait());
    half::kill(stuck);
    ASSERT_TRUE(reached->wait());
    ASSERT_FALSE(half::alive(stuck));
    EXPECT_FALSE(names.find("lobby"));
    EXPECT_EQ(names.value("lobby"), std::nullopt);
    names.each([&](const std::string& name, auto, int) { ADD_FAILURE() << name; });
    EXPECT_EQ(names.keys(stuck).size(), 2u);  // so they were still there
    half::added got;
    in(next, [&](auto me) { got = names.add(me, "lobby"); });
    EXPECT_TRUE(got);
    EXPECT_EQ(names.find("lobby"), next);
    EXPECT_EQ(names.count(), 1u);  // the other one went with it
    go_on->set();
    ASSERT_TRUE(heard.wait_for(half::report::kind::left_behind));
    EXPECT_EQ(names.find("lobby"), next);
    EXPECT_EQ(names.keys(next), (std::vector<std::string>{"lobby"}));
    release->set();
}

TEST_F(RegistryLeftBehind, NamesAreReleasedByForceAndNotGivenAgain) {
    auto inside = make_event(), release = make_event(), came_back = make_event();
    in(stuck, [&](auto me) { names.add(me, "lobby").or_throw(); });
    stuck.cast(actor::act{[=, names = names](auto me) {
        inside->set();
        (void)release->wait();
        (void)names.add(me, "lobby");  // it is dead, and does not know it
        (void)names.add(me, "hall");
        (void)names.update(me, "lobby", [](int& n) { ++n; });
        (void)names.remove(me, "lobby");
        (void)names.add(me, "yard");
        came_back->set();
    }});
    ASSERT_TRUE(inside->wait());
    half::kill(stuck);
    ASSERT_TRUE(heard.wait_for(half::report::kind::left_behind));
    EXPECT_FALSE(names.find("lobby"));
    in(next, [&](auto me) { names.add(me, "lobby").or_throw(); });
    release->set();
    ASSERT_TRUE(came_back->wait());
    EXPECT_EQ(names.find("lobby"), next);
    EXPECT_EQ(names.count(), 1u);
    EXPECT_FALSE(names.find("hall"));
    EXPECT_FALSE(names.find("yard"));
}

// -- a reader that does not come back -----------------------------------------------------------------------------

struct counted {
    static inline std::atomic<int> alive{0};

    counted() { ++alive; }
    counted(const counted&) { ++alive; }
    counted& operator=(const counted&) = default;
    ~counted() { --alive; }
};

// A key that can stop whoever compares it.
struct trap {
    int                    number;
    std::function<void()>* sprung = nullptr;
    friend bool            operator==(const trap& a, const trap& b) {
        if (b.sprung) (*b.sprung)();
        return a.number == b.number;
    }
};

}  // namespace

template <>
struct std::hash<trap> {
    std::size_t operator()(const trap& t) const noexcept { return static_cast<std::size_t>(t.number); }
};

namespace {

TEST_F(RegistryStress, AReaderThatStandsStillKeepsLittle) {
    auto ann = start();
    {
        half::registry<actor, trap, counted> traps;
        in(ann, [&](auto me) { traps.add(me, trap{0}).or_throw(); });
        event                 inside, release;
        std::function<void()> stand_still = [&] {
            inside.set();
            (void)release.wait();
        };
        std::jthread reader{[&] { EXPECT_EQ(traps.find(trap{0, &stand_still}), ann); }};
        ASSERT_TRUE(inside.wait());
        int most = 0;
        in(ann, [&](auto me) {
            for (int i = 0; i < scaled(200'000); ++i) {
                traps.add(me, trap{16 * i}).or_throw();  // the reader's part, and others
                traps.remove(me, trap{16 * i});
                most = std::max(most, counted::alive.load());
            }
        });
        EXPECT_LT(most, 1000);
        release.set();
    }
    EXPECT_EQ(counted::alive, 0);
}

TEST_F(RegistryStress, ThreadsThatReadComeAndGo) {
    auto ann = start();
    in(ann, [&](auto me) { names.add(me, "ann").or_throw(); });
    std::atomic<int> missed{0};
    for (int round = 0; round < scaled(200); ++round) {
        std::vector<std::jthread> few;
        for (int i = 0; i < 4; ++i) few.emplace_back([&] { missed += names.find("ann") != ann; });
        in(ann, [&](auto me) {
            for (int i = 0; i < 40; ++i) names.add(me, std::to_string(i)).or_throw();
            for (int i = 0; i < 40; ++i) names.remove(me, std::to_string(i));
        });
    }
    EXPECT_EQ(missed, 0);
}

}  // namespace
