// Children that have a name: half::named() and supervisors.
#include <02_supervisor/dynamic_supervisor.hpp>
#include <02_supervisor/supervisor.hpp>
#include <03_registry/registry.hpp>
#include <03_registry/via.hpp>

#include <gtest/gtest.h>

#include <string>

namespace {

struct room {
    struct lines {
        using reply = int;
    };
    struct topic {
        using reply = std::string;
    };
    struct say {
        std::string words;
    };

    std::string about = {};
    int         said  = 0;

    void handle(say s) {
        if (s.words.empty()) throw std::runtime_error{"nothing was said"};
        ++said;
    }
    int         handle(lines) { return said; }
    std::string handle(topic) { return about; }
};

using half::child_error;
struct Named : testing::Test {
    half::runtime        sim{half::simulated{.on_report = [](const half::report&) {}}};
    half::registry<room> rooms;

    half::child named(std::string id, std::string name) {
        return {.id = std::move(id), .start = half::named(rooms, std::move(name), room{})};
    }
};

TEST_F(Named, ANameOutlivesItsProcess) {
    sim.start(half::supervisor{.children = {named("lobby", "lobby"), named("garden", "garden")}});
    const half::via lobby{rooms, "lobby"};
    const auto      before = lobby.who();
    ASSERT_TRUE(before);
    EXPECT_TRUE(rooms.find("garden"));
    lobby.cast(room::say{"hello"});
    lobby.cast(room::say{""});
    sim.settle();
    const auto after = lobby.who();
    ASSERT_TRUE(after);
    EXPECT_NE(after, before);
    EXPECT_TRUE(half::alive(after));
    EXPECT_EQ(sim.call(after, room::lines{}), 0);
    EXPECT_EQ(rooms.count(), 2u);
}

TEST_F(Named, IsThereBeforeInit) {
    struct looker {
        half::registry<looker> names;
        bool*                  found;

        void init(half::self<looker> self) { *found = names.find("looker") == self; }
    };
    half::registry<looker> names;
    bool                   found = false;
    sim.start(
        half::supervisor{.children = {{.id = "looker", .start = half::named(names, "looker", looker{names, &found})}}});
    EXPECT_TRUE(found);
}

TEST_F(Named, OneThatIsTakenDoesNotStartAndSaysWhoHasIt) {
    auto       root  = sim.start(half::supervisor{.children = {named("lobby", "lobby")}});
    const auto first = rooms.find("lobby");
    const auto got   = sim.call(root, half::supervisor::start_child{named("second", "lobby")});
    ASSERT_FALSE(got);
    EXPECT_EQ(got.error(), child_error::already_there);
    EXPECT_EQ(got.error().who, first);
    EXPECT_EQ(rooms.find("lobby"), first);
    EXPECT_EQ(rooms.count(), 1u);
}

TEST_F(Named, IsFreeWhenItsSupervisorHasStopped) {
    auto root = sim.start(half::supervisor{.children = {named("lobby", "lobby")}});
    root.stop();
    sim.settle();
    EXPECT_EQ(rooms.count(), 0u);
}

TEST_F(Named, IsFreeWhenTheServerCannotBeMade) {
    bool fails = true;
    auto make  = [&]() -> room {
        if (fails) throw std::runtime_error{"no room"};
        return room{.about = "made"};
    };
    const half::supervisor root{.children = {{.id = "lobby", .start = half::named(rooms, "lobby", make)}}};
    EXPECT_THROW(sim.start(root), half::start_failed);
    EXPECT_EQ(rooms.count(), 0u);
    fails = false;
    sim.start(root);
    EXPECT_EQ(sim.call(rooms.find("lobby"), room::topic{}), "made");
}

TEST_F(Named, ARoomForEachTopic) {
    // clang-format off
    using rooms_of_topics = half::dynamic_supervisor<room, std::string>;

    auto name_of = [](const std::string& topic) { return "room of " + topic; };
    auto make    = [](const std::string& topic) { return room{.about = topic}; };

    auto all   = sim.start(rooms_of_topics{.start = half::named(rooms, name_of, make)});
    auto cats  = sim.call(all, rooms_of_topics::start_child{"cats"});
    auto again = sim.call(all, rooms_of_topics::start_child{"cats"});  // an error: already_there, .who is the first
    // clang-format on
    ASSERT_TRUE(cats);
    EXPECT_EQ(rooms.find("room of cats"), *cats);
    ASSERT_FALSE(again);
    EXPECT_EQ(again.error(), child_error::already_there);
    EXPECT_EQ(again.error().who, *cats);

    const auto dogs = sim.call(all, rooms_of_topics::start_child{"dogs"});
    ASSERT_TRUE(dogs);
    EXPECT_EQ(rooms.find("room of dogs"), *dogs);

    half::kill(*cats);
    sim.settle();
    ASSERT_TRUE(rooms.find("room of cats"));
    EXPECT_NE(rooms.find("room of cats"), *cats);
    EXPECT_EQ(sim.call(rooms.find("room of cats"), room::topic{}), "cats");
}

TEST_F(Named, IsForSupervisorsOnly) { EXPECT_THROW(half::named(rooms, "lobby", room{})(), std::logic_error); }

TEST_F(Named, AddedInInitIsAllRight) {
    struct twice {
        half::registry<twice> names;

        void init(half::self<twice> self) { names.add(self, "twice").or_throw(); }
    };
    half::registry<twice> names;
    sim.start(half::supervisor{.children = {{.id = "twice", .start = half::named(names, "twice", twice{names})}}});
    EXPECT_EQ(names.count(), 1u);
}

TEST_F(Named, OrThrowSaysWhoHasTheName) {
    struct singer {
        half::registry<singer> names;

        void init(half::self<singer> self) { names.add(self, "singer").or_throw(); }
    };
    half::registry<singer> names;
    auto                   first = sim.start(singer{names});
    try {
        sim.start(singer{names});
        FAIL();
    } catch (const half::start_failed& e) {
        EXPECT_EQ(e.reason, half::exit_reason::shutdown(fmt::format("the name 'singer' is taken by {}", first.id())));
    }
}

}  // namespace
