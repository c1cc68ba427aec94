// A name, used like a ref.
#include <03_registry/via.hpp>

#include <gtest/gtest.h>

#include <string>

namespace {

struct room {
    struct say {
        std::string words;
    };
    struct lines {
        using reply = int;
    };

    half::registry<room> rooms;
    int                  said = 0;

    void init(half::self<room> self) { rooms.add(self, "lobby").or_throw(); }
    void handle(say) { ++said; }
    int  handle(lines) { return said; }
};

struct Via : testing::Test {
    half::runtime                   sim{half::simulated{}};
    half::registry<room>            rooms;
    half::via<half::registry<room>> lobby{rooms, "lobby"};

    half::task<half::answer<int>> ask() { co_return co_await lobby.try_call(room::lines{}); }
};

TEST_F(Via, ReachesWhoHasTheName) {
    auto first = sim.start(room{rooms});
    EXPECT_EQ(lobby.who(), first);
    lobby.cast(room::say{"hello"});
    EXPECT_EQ(sim.run([](auto to) -> half::task<int> { co_return co_await to.call(room::lines{}); }(lobby)), 1);
    EXPECT_EQ(*sim.run(ask()), 1);
}

TEST_F(Via, ReachesTheNextLife) {
    auto first = sim.start(room{rooms});
    lobby.cast(room::say{"hello"});
    lobby.stop();
    sim.settle();
    EXPECT_FALSE(half::alive(first));
    auto second = sim.start(room{rooms});
    EXPECT_EQ(lobby.who(), second);
    EXPECT_EQ(*sim.run(ask()), 0);
}

TEST_F(Via, FailsAtOnceWhenNobodyHasTheName) {
    EXPECT_FALSE(lobby.who());
    lobby.cast(room::say{"hello"});  // lost
    const auto got = sim.run(ask());
    ASSERT_FALSE(got);
    EXPECT_EQ(got.error().why, half::no_answer::no_such_process);
    EXPECT_EQ(sim.now().time_since_epoch(), half::duration::zero());
    lobby.stop();
}

// A mailbox that may refuse keeps its say.
struct booth {
    using mailbox = half::bounded<1, half::overload::reject>;
    struct buy {};

    void handle(buy) {}
};

TEST_F(Via, HearsARefusal) {
    half::registry<booth> booths;
    half::via             office{booths, "office"};
    EXPECT_TRUE(office.cast(booth::buy{}).has_value());  // nobody is there: lost, as with a ref
    static_assert(std::same_as<decltype(office.cast(booth::buy{})), std::expected<void, half::overloaded>>);
}

// Whatever finds a ref by a key has names.
struct directory {
    using server_type = room;
    using key_type    = int;

    half::ref<room> only;

    half::ref<room> find(int number) const { return number == 1 ? only : half::ref<room>{}; }
};
static_assert(half::naming<directory, int>);
static_assert(half::naming<half::registry<room>, std::string>);
static_assert(!half::naming<std::string, int>);

TEST_F(Via, TakesAnyNames) {
    auto first = sim.start(room{rooms});
    EXPECT_EQ(half::via(directory{first}, 1).who(), first);
    EXPECT_FALSE(half::via(directory{first}, 2).who());
}

}  // namespace
