// One process for each name.
#include <03_registry/registry.hpp>

#include <gtest/gtest.h>

#include <cstdlib>
#include <functional>
#include <map>
#include <new>
#include <string>
#include <vector>

using namespace std::chrono_literals;

#ifndef HALF_PLAIN_HEAP  // a sanitizer has an operator new of its own
// How often this thread allocated.
static thread_local long allocations = 0;

void* operator new(std::size_t n) {
    ++allocations;
    if (void* p = std::malloc(n)) return p;
    throw std::bad_alloc{};
}
void operator delete(void* p) noexcept { std::free(p); }
void operator delete(void* p, std::size_t) noexcept { std::free(p); }
#endif

namespace {

// Does what it is told to.
struct actor {
    struct act {
        std::function<void(half::self<actor>)> what;
        using reply = bool;
    };
    struct crash {};

    bool handle(act a, half::self<actor> me) {
        a.what(me);
        return true;
    }
    void handle(crash) { throw std::runtime_error{"boom"}; }
};

struct Registry : testing::Test {
    half::runtime         sim{half::simulated{.on_report = [](const half::report&) {}}};
    half::registry<actor> names;
    half::ref<actor>      ann = sim.start(actor{}), bob = sim.start(actor{});

    void in(half::ref<actor> who, std::function<void(half::self<actor>)> what) {
        sim.call(who, actor::act{std::move(what)});
    }
    half::added add(half::ref<actor> who, std::string name) {
        half::added got;
        in(who, [&](auto me) { got = names.add(me, name); });
        return got;
    }
    bool remove(half::ref<actor> who, std::string name) {
        bool got = false;
        in(who, [&](auto me) { got = names.remove(me, name); });
        return got;
    }
    void kill(half::ref<actor> who) {
        half::kill(who);
        sim.settle();
    }
};

TEST_F(Registry, LeadsFromANameToItsProcess) {
    EXPECT_TRUE(add(ann, "ann"));
    EXPECT_EQ(names.find("ann"), ann);
    EXPECT_FALSE(names.find("bob"));
    EXPECT_EQ(names.count(), 1u);
}

TEST_F(Registry, IsAHandle) {
    auto copy = names;
    EXPECT_TRUE(add(ann, "ann"));
    EXPECT_EQ(copy.find("ann"), ann);
}

TEST_F(Registry, TakesAnyTextForAString) {
    add(ann, "a name that is longer than any small string").or_throw();
    const std::string      string = "a name that is longer than any small string";
    const std::string_view view   = string;
    EXPECT_EQ(names.find(string), ann);
    EXPECT_EQ(names.find(view), ann);
    EXPECT_EQ(names.find(string.c_str()), ann);
    EXPECT_EQ(names.find("a name that is longer than any small string"), ann);
}

#ifndef HALF_PLAIN_HEAP
TEST_F(Registry, FindsWithoutAllocating) {
    add(ann, "a name that is longer than any small string").or_throw();
    (void)names.find("the first look-up of a thread takes a record");
    const auto before = allocations;
    for (int i = 0; i < 1000; ++i) {
        EXPECT_EQ(names.find("a name that is longer than any small string"), ann);
        EXPECT_FALSE(names.find("another name that is longer than any small string"));
    }
    EXPECT_EQ(allocations, before);
}
#endif

TEST_F(Registry, SaysWhoHasATakenName) {
    add(ann, "lobby").or_throw();
    const auto got = add(bob, "lobby");
    ASSERT_FALSE(got);
    EXPECT_EQ(got.error(), (half::taken{"lobby", ann}));
    EXPECT_EQ(to_string(got.error()), fmt::format("the name 'lobby' is taken by {}", ann.id()));
    EXPECT_EQ(names.find("lobby"), ann);
    EXPECT_EQ(names.keys(bob).size(), 0u);
}

TEST_F(Registry, LetsAProcessHaveManyNames) {
    for (auto name : {"one", "two", "three"}) add(ann, name).or_throw();
    EXPECT_EQ(names.keys(ann), (std::vector<std::string>{"one", "two", "three"}));
    EXPECT_TRUE(remove(ann, "two"));
    EXPECT_EQ(names.keys(ann), (std::vector<std::string>{"one", "three"}));
    EXPECT_TRUE(remove(ann, "three"));
    add(ann, "four").or_throw();
    EXPECT_TRUE(remove(ann, "one"));
    EXPECT_EQ(names.keys(ann), (std::vector<std::string>{"four"}));
    EXPECT_EQ(names.count(), 1u);
}

TEST_F(Registry, LetsAProcessKeepWhatItHas) {
    half::registry<actor, std::string, int> rated;
    in(ann, [&](auto me) {
        EXPECT_TRUE(rated.add(me, "ann", 1));
        EXPECT_TRUE(rated.add(me, "ann", 2));
    });
    EXPECT_EQ(rated.value("ann"), 1);
    EXPECT_EQ(rated.count(), 1u);
    EXPECT_EQ(rated.keys(ann).size(), 1u);
}

TEST_F(Registry, GivesANameBack) {
    add(ann, "lobby").or_throw();
    EXPECT_TRUE(remove(ann, "lobby"));
    EXPECT_FALSE(remove(ann, "lobby"));
    EXPECT_FALSE(names.find("lobby"));
    EXPECT_TRUE(add(bob, "lobby"));
    EXPECT_EQ(names.find("lobby"), bob);
}

TEST_F(Registry, GivesNobodysNameBackButOnesOwn) {
    add(ann, "lobby").or_throw();
    EXPECT_FALSE(remove(bob, "lobby"));
    EXPECT_EQ(names.find("lobby"), ann);
}

// -- ends ---------------------------------------------------------------------------------------------------------

TEST_F(Registry, ForgetsWhoEnds) {
    for (auto name : {"one", "two", "three"}) add(ann, name).or_throw();
    add(bob, "bob").or_throw();
    kill(ann);
    for (auto name : {"one", "two", "three"}) EXPECT_FALSE(names.find(name));
    EXPECT_EQ(names.find("bob"), bob);
    EXPECT_EQ(names.count(), 1u);
    EXPECT_TRUE(names.keys(ann).empty());
    EXPECT_TRUE(add(bob, "one"));
}

TEST_F(Registry, ForgetsWhoStopsAndWhoCrashes) {
    add(ann, "ann").or_throw();
    add(bob, "bob").or_throw();
    ann.stop();
    bob.cast(actor::crash{});
    sim.settle();
    EXPECT_EQ(names.count(), 0u);
}

// Looks for a name when its process ends, in each of the ways in which one can hear of it.
class witness final : public half::exit_hook {
public:
    witness(half::registry<actor> names, std::string name, std::vector<bool>& found)
        : names_{std::move(names)}, name_{std::move(name)}, found_{&found} {}
    void        gone(half::pid, const half::exit_reason&) noexcept override { look(); }
    void        exited(half::pid, const half::exit_reason&) noexcept override { look(); }
    std::string describe() const override { return "witness"; }

private:
    void look() { found_->push_back(bool(names_.find(name_))); }

    half::registry<actor> names_;
    std::string           name_;
    std::vector<bool>*    found_;
};

TEST_F(Registry, IsForgottenBeforeAnybodyHears) {
    std::vector<bool> found;
    const auto        watch = [&](auto me) { me.here().on_exit(std::make_unique<witness>(names, "lobby", found)); };
    in(ann, [&](auto me) {
        watch(me);
        names.add(me, "lobby").or_throw();
        watch(me);
    });
    kill(ann);
    EXPECT_EQ(found, (std::vector<bool>{false, false, false, false}));
}

// Looks for its own name when it is destroyed.
struct late {
    half::registry<late> names;
    std::vector<bool>*   found;

    late(half::registry<late> n, std::vector<bool>& f) : names{std::move(n)}, found{&f} {}
    late(late&& other) noexcept : names{std::move(other.names)}, found{std::exchange(other.found, nullptr)} {}
    ~late() {
        if (found) found->push_back(bool(names.find("late")));
    }
    void init(half::self<late> self) { names.add(self, "late").or_throw(); }
};

TEST_F(Registry, IsForgottenBeforeTheStateIsDestroyed) {
    half::registry<late> lates;
    std::vector<bool>    found;
    auto                 who = sim.start(late{lates, found});
    EXPECT_EQ(lates.find("late"), who);
    who.stop();
    sim.settle();
    EXPECT_EQ(found, (std::vector<bool>{false}));
}

TEST_F(Registry, TellsItsNamesToWhoLooks) {
    half::registry<actor> others;
    EXPECT_TRUE(sim.info(ann)->attached.empty());
    add(ann, "lobby").or_throw();
    EXPECT_EQ(sim.info(ann)->attached, (std::vector<std::string>{"named 'lobby'"}));
    add(ann, "hall").or_throw();
    EXPECT_EQ(sim.info(ann)->attached, (std::vector<std::string>{"named 'lobby', 'hall'"}));
    in(ann, [&](auto me) { others.add(me, "Ann").or_throw(); });
    EXPECT_EQ(sim.info(ann)->attached.size(), 2u);
    for (auto name : {"lobby", "hall"}) remove(ann, name);
    EXPECT_EQ(sim.info(ann)->attached, (std::vector<std::string>{"named 'Ann'"}));  // no name, no hook
}

TEST_F(Registry, TellsManyNamesInAFewWords) {
    for (int i = 0; i < 1'000; ++i) add(ann, std::to_string(i)).or_throw();
    EXPECT_EQ(sim.info(ann)->attached, (std::vector<std::string>{"named '0', '1', '2' and 997 more"}));
    const auto bob = sim.start(actor{});
    add(bob, std::string(1'000'000, 'b')).or_throw();
    EXPECT_LT(sim.info(bob)->attached.at(0).size(), 100u);
}

TEST_F(Registry, MayGoBeforeWhoHasNamesInIt) {
    {
        const half::registry<actor> brief;
        in(ann, [&](auto me) { brief.add(me, "ann").or_throw(); });
    }
    EXPECT_EQ(sim.info(ann)->attached, (std::vector<std::string>{"named 'ann'"}));
    kill(ann);
}

TEST_F(Registry, IsForgottenWhenTheRuntimeEnds) {
    {
        half::runtime other{half::simulated{}};
        auto          who = other.start(actor{});
        other.call(who, actor::act{[&](auto me) { names.add(me, "other").or_throw(); }});
        EXPECT_EQ(names.find("other"), who);
    }
    EXPECT_EQ(names.count(), 0u);
}

// -- values -------------------------------------------------------------------------------------------------------

struct Values : Registry {
    half::registry<actor, std::string, std::string> moods;

    void SetUp() override {
        in(ann, [&](auto me) { moods.add(me, "ann", "gay").or_throw(); });
    }
};

TEST_F(Values, AreReadWithTheName) {
    EXPECT_EQ(moods.value("ann"), "gay");
    EXPECT_EQ(moods.value("bob"), std::nullopt);
}

TEST_F(Values, AreChangedByWhoHasTheName) {
    in(ann, [&](auto me) { EXPECT_TRUE(moods.update(me, "ann", [](std::string& mood) { mood += "er"; })); });
    EXPECT_EQ(moods.value("ann"), "gayer");
    in(bob, [&](auto me) { EXPECT_FALSE(moods.update(me, "ann", [](std::string& mood) { mood = "sad"; })); });
    in(ann, [&](auto me) { EXPECT_FALSE(moods.update(me, "bob", [](std::string& mood) { mood = "sad"; })); });
    EXPECT_EQ(moods.value("ann"), "gayer");
    EXPECT_EQ(moods.count(), 1u);
}

TEST_F(Values, StayWhenAChangeThrows) {
    in(ann, [&](auto me) {
        auto change = [](std::string& mood) {
            mood = "sad";
            throw std::runtime_error{"no"};
        };
        EXPECT_THROW(moods.update(me, "ann", change), std::runtime_error);
    });
    EXPECT_EQ(moods.value("ann"), "gay");
}

TEST_F(Values, MayBeChangedInAChange) {
    in(ann, [&](auto me) {
        moods.add(me, "Ann", "calm").or_throw();
        const bool changed = moods.update(me, "ann", [&](std::string& mood) {
            mood = *moods.value("ann") + " and " + *moods.value("Ann");
            EXPECT_TRUE(moods.update(me, "Ann", [](std::string& other) { other = "quiet"; }));
        });
        EXPECT_TRUE(changed);
        EXPECT_FALSE(moods.update(me, "Ann", [&](std::string&) { moods.remove(me, "Ann"); }));
    });
    EXPECT_EQ(moods.value("ann"), "gay and calm");
    EXPECT_EQ(moods.value("Ann"), std::nullopt);
    EXPECT_EQ(moods.keys(ann), (std::vector<std::string>{"ann"}));
}

TEST_F(Values, KeepTheOrderOfNamesWhenTheyChange) {
    in(ann, [&](auto me) {
        moods.add(me, "two").or_throw();
        moods.add(me, "three").or_throw();
        for (auto name : {"two", "three", "ann"}) moods.update(me, name, [](std::string& mood) { mood += "!"; });
    });
    EXPECT_EQ(moods.keys(ann), (std::vector<std::string>{"ann", "two", "three"}));
    kill(ann);
    EXPECT_EQ(moods.count(), 0u);
}

TEST_F(Values, AreGoneWithTheirProcess) {
    kill(ann);
    EXPECT_EQ(moods.value("ann"), std::nullopt);
}

// -- all names ----------------------------------------------------------------------------------------------------

TEST_F(Registry, ShowsEachName) {
    half::registry<actor, int, std::string> seats;
    std::map<int, std::string>              expected, seen;
    in(ann, [&](auto me) {
        for (int i = 0; i < 100; ++i) {
            seats.add(me, i, std::to_string(i)).or_throw();
            expected[i] = std::to_string(i);
        }
    });
    seats.each([&](int seat, half::ref<actor> who, const std::string& value) {
        EXPECT_EQ(who, ann);
        EXPECT_TRUE(seen.emplace(seat, value).second);
    });
    EXPECT_EQ(seen, expected);
}

TEST_F(Registry, MayBeChangedWhileItShowsItsNames) {
    int seen = 0;
    in(ann, [&](auto me) {
        for (int i = 0; i < 100; ++i) names.add(me, std::to_string(i)).or_throw();
        names.each([&](const std::string& name, half::ref<actor>, half::nothing) {
            if (name.find('/') != name.npos) return;
            const auto old = name;
            EXPECT_EQ(names.find(old), ann);
            EXPECT_TRUE(names.remove(me, old));
            EXPECT_EQ(name, old);  // it is there for as long as we look at it
            for (int i = 0; i < 20; ++i) names.add(me, old + "/" + std::to_string(i)).or_throw();
            ++seen;
        });
    });
    EXPECT_EQ(seen, 100);
    EXPECT_EQ(names.count(), 2000u);
}

TEST(RegistryInASimulation, ShowsItsNamesInTheSameOrderInEachRun) {
    const auto order = [] {
        half::runtime            sim{half::simulated{.seed = 7}};
        half::registry<actor>    names;
        std::vector<std::string> seen;
        auto                     one = sim.start(actor{});
        sim.call(one, actor::act{[&](auto me) {
                     for (int i = 0; i < 500; ++i) names.add(me, "name " + std::to_string(i * 7919)).or_throw();
                     for (int i = 0; i < 500; i += 3) names.remove(me, "name " + std::to_string(i * 7919));
                 }});
        names.each([&](const std::string& name, half::ref<actor>, half::nothing) { seen.push_back(name); });
        return seen;
    };
    const auto first = order();
    EXPECT_EQ(first.size(), 333u);
    EXPECT_EQ(order(), first);
}

// -- size ---------------------------------------------------------------------------------------------------------

TEST_F(Registry, GrowsAndShrinks) {
    constexpr int many = 20'000;
    in(ann, [&](auto me) {
        for (int i = 0; i < many; ++i) names.add(me, std::to_string(i)).or_throw();
    });
    EXPECT_EQ(names.count(), std::size_t{many});
    for (int i = 0; i < many; ++i) ASSERT_EQ(names.find(std::to_string(i)), ann) << i;
    in(ann, [&](auto me) {
        for (int i = 0; i < many; i += 2) ASSERT_TRUE(names.remove(me, std::to_string(i)));
    });
    for (int i = 0; i < many; ++i) ASSERT_EQ(bool(names.find(std::to_string(i))), i % 2 == 1) << i;
    kill(ann);
    EXPECT_EQ(names.count(), 0u);
    for (int i = 0; i < many; ++i) ASSERT_FALSE(names.find(std::to_string(i)));
}

// Counts how many there are.
struct counted {
    static inline int alive = 0;

    int number = 0;

    counted() { ++alive; }
    explicit counted(int n) : number{n} { ++alive; }
    counted(const counted& other) : number{other.number} { ++alive; }
    counted& operator=(const counted&) = default;
    ~counted() { --alive; }
};

TEST_F(Registry, LeaksNothingWhenANameComesAndGoesAMillionTimes) {
    {
        half::registry<actor, std::string, counted> rated;
        int                                         most = 0;
        in(ann, [&](auto me) {
            for (int i = 0; i < 1'000'000; ++i) {
                rated.add(me, "lobby", counted{i}).or_throw();
                ASSERT_TRUE(rated.remove(me, "lobby"));
                most = std::max(most, counted::alive);
            }
        });
        EXPECT_LT(most, 20);
        EXPECT_EQ(rated.count(), 0u);
        EXPECT_TRUE(sim.info(ann)->attached.empty());
        in(ann, [&](auto me) {
            rated.add(me, "lobby").or_throw();
            for (int i = 0; i < 1'000'000; ++i) {
                ASSERT_TRUE(rated.update(me, "lobby", [](counted& c) { ++c.number; }));
                most = std::max(most, counted::alive);
            }
        });
        EXPECT_LT(most, 20);
        EXPECT_EQ(rated.value("lobby")->number, 1'000'000);
    }
    kill(ann);
    EXPECT_EQ(counted::alive, 0);
}

TEST_F(Registry, LeaksNothingWhenManyNamesComeAndGoInMany) {
    {
        half::registry<actor, int, counted> seats;
        int                                 most = 0;
        in(ann, [&](auto me) {
            for (int i = 0; i < 200'000; ++i) {  // a window of 100 names, new ones all the time
                seats.add(me, i, counted{i}).or_throw();
                if (i >= 100) ASSERT_TRUE(seats.remove(me, i - 100));
                most = std::max(most, counted::alive);
            }
        });
        EXPECT_EQ(seats.count(), 100u);
        EXPECT_LT(most, 500);
    }
    kill(ann);
    EXPECT_EQ(counted::alive, 0);
}

TEST(RegistryEntry, IsOneLineForAShortName) {
    EXPECT_EQ(sizeof(half::detail::name_entry<std::string, half::nothing>), 64u);
    EXPECT_LE(sizeof(half::detail::names_hook), 32u);
}

// -- keys ---------------------------------------------------------------------------------------------------------

// All of them collide.
struct twin {
    int  number;
    bool operator==(const twin&) const = default;
};

enum class place { hall, yard };

}  // namespace

template <>
struct std::hash<twin> {
    std::size_t operator()(twin) const noexcept { return 42; }
};

namespace {

TEST_F(Registry, IsRightWhenAllNamesCollide) {
    half::registry<actor, twin> twins;
    in(ann, [&](auto me) {
        for (int i = 0; i < 200; ++i) twins.add(me, twin{i}).or_throw();
        for (int i = 0; i < 200; i += 2) twins.remove(me, twin{i});
        for (int i = 0; i < 200; i += 4) twins.add(me, twin{i}).or_throw();
    });
    for (int i = 0; i < 200; ++i) EXPECT_EQ(bool(twins.find(twin{i})), i % 2 == 1 || i % 4 == 0) << i;
    EXPECT_EQ(twins.count(), 150u);
}

TEST_F(Registry, TakesNumbersAndEnumsForNames) {
    half::registry<actor, std::uint64_t> seats;
    half::registry<actor, place>         places;
    in(ann, [&](auto me) {
        seats.add(me, 7).or_throw();
        seats.add(me, ~std::uint64_t{0}).or_throw();
        places.add(me, place::yard).or_throw();
    });
    EXPECT_EQ(seats.find(7), ann);
    EXPECT_EQ(seats.find(-1), ann);
    EXPECT_EQ(places.find(place::yard), ann);
    EXPECT_FALSE(places.find(place::hall));
}

TEST_F(Registry, SpreadsNumbersThatDifferInTheirHighBitsOnly) {
    half::registry<actor, std::uint64_t> seats;
    in(ann, [&](auto me) {
        for (std::uint64_t i = 0; i < 10'000; ++i) seats.add(me, i << 50).or_throw();
    });
    EXPECT_EQ(seats.count(), 10'000u);  // or this test would take minutes
    for (std::uint64_t i = 0; i < 10'000; ++i) ASSERT_EQ(seats.find(i << 50), ann);
}

// A name that looks up names when it is compared.
half::registry<actor> nicknames;

struct formal {
    std::string name;
    friend bool operator==(const formal& a, const formal& b) {
        const auto one = nicknames.find(a.name), other = nicknames.find(b.name);
        return one && one == other;
    }
};

}  // namespace

template <>
struct std::hash<formal> {
    std::size_t operator()(const formal&) const noexcept { return 0; }
};

namespace {

TEST_F(Registry, MayBeReadWhileItIsRead) {
    half::registry<actor, formal> names_of_state;
    in(ann, [&](auto me) {
        for (auto name : {"Ann", "Annie", "Anna"}) nicknames.add(me, name).or_throw();
        names_of_state.add(me, formal{"Ann"}).or_throw();
    });
    EXPECT_EQ(names_of_state.find(formal{"Annie"}), ann);
    EXPECT_FALSE(names_of_state.find(formal{"Bob"}));
}

// -- a registry stands above what it names ------------------------------------------------------------------------

struct later;
half::registry<later> laters;

struct later {
    struct ping {};
    using mailbox = half::bounded<1, half::overload::reject>;

    void init(half::self<later> self) { laters.add(self, "later").or_throw(); }
    void handle(ping) {}
};
static_assert(half::may_refuse<later>, "a registry must not ask what it names before it is complete");

TEST(RegistryOfWhatComesLater, KnowsIt) {
    half::runtime sim{half::simulated{}};
    auto          who = sim.start(later{});
    EXPECT_EQ(laters.find("later"), who);
}

}  // namespace
