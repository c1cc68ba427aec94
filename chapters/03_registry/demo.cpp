// A chat: rooms that are found by name, whoever runs them now; members who come and go; one message to many.
//
//     ./workbook demo 03
#include <02_supervisor/supervisor.hpp>
#include <03_registry/groups.hpp>
#include <03_registry/presence.hpp>
#include <03_registry/pubsub.hpp>
#include <03_registry/registry.hpp>
#include <03_registry/via.hpp>

#include <fmt/format.h>

#include <string>

using namespace std::chrono_literals;

// 1. A name outlives its process ----------------------------------------------------------------------------------

// clang-format off
//! [room]
struct room {
    struct say   { std::string words; };
    struct lines { using reply = int; };

    int said = 0;

    void handle(say s) {
        if (s.words.empty()) throw std::runtime_error{"nothing was said"};
        ++said;
    }
    int handle(lines) { return said; }
};
//! [room]

//! [registry]
half::registry<room> rooms;  // from names to rooms
//! [registry]

//! [named]
half::supervisor chat() {
    return {.children = {
        {.id = "lobby",  .start = half::named(rooms, "lobby", room{})},
        {.id = "garden", .start = half::named(rooms, "garden", room{})},
    }};
}
//! [named]
// clang-format on

void a_name_outlives_its_process() {
    half::runtime sim{half::simulated{}};
    auto          root = sim.start(chat());
    //! [via]
    half::via lobby{rooms, "lobby"};

    auto before = lobby.who();
    lobby.cast(room::say{"hello"});
    lobby.cast(room::say{""});  // it dies of this
    sim.settle();
    auto after = lobby.who();

    fmt::print("somebody has the name: {}\n", bool(after));
    fmt::print("the same process: {}\n", after == before);
    //! [via]
    fmt::print("lines said in the new lobby: {}\n", sim.call(after, room::lines{}));
    //! [taken]
    auto        lobby_again = half::named(rooms, "lobby", room{});
    half::child second{.id = "second lobby", .start = lobby_again};

    auto got = sim.call(root, half::supervisor::start_child{second});
    if (!got) fmt::print("a second lobby: {}\n", to_string(got.error()));
    //! [taken]
}

// 2. Ask all of them ----------------------------------------------------------------------------------------------

// clang-format off
//! [groups]
struct player;
half::groups<player> teams;

struct player {
    struct points { using reply = int; };

    std::string team;
    int         scored = 0;

    void init(half::self<player> self) { teams.join(self, team); }

    half::task<int> handle(points) {
        if (scored < 0) co_await half::sleep(1h);  // asleep
        co_return scored;
    }
};
//! [groups]

//! [multi_call]
half::task<int> score(std::string team) {
    auto all = co_await teams.multi_call(team, player::points{}, 1s);
    int  sum = 0;
    for (auto& [who, points] : all)
        if (points) sum += *points;
        else fmt::print("no points: {}\n", to_string(points.error()));
    co_return sum;
}
//! [multi_call]
// clang-format on

void ask_all_of_them() {
    half::runtime sim{half::simulated{}};
    sim.start(player{"red", 3});
    sim.start(player{"red", -1});
    sim.start(player{"red", 4});
    fmt::print("red has {}\n", sim.run(score("red")));
}

// 3. One message to many ------------------------------------------------------------------------------------------

// clang-format off
//! [pubsub]
struct goal { std::string score; };

half::pubsub<goal> football;

struct fan {
    std::string name;

    void init(half::self<fan> self) {
        football.subscribe(self, "final");
    }
    void handle(goal g) { fmt::print("{} hears {}\n", name, g.score); }
};
//! [pubsub]
// clang-format on

void one_message_to_many() {
    half::runtime sim{half::simulated{}};
    auto          ann = sim.start(fan{"Ann"});
    sim.start(fan{"Bob"});
    football.broadcast("final", goal{"1:0"});
    sim.settle();
    half::kill(ann);  // nobody has to unsubscribe her
    sim.settle();
    fmt::print("listening: {}\n", football.broadcast("final", goal{"1:1"}));
    sim.settle();
}

// 4. Who is here --------------------------------------------------------------------------------------------------

// clang-format off
//! [presence]
// What each says of itself: its device.
half::presence<std::string> online;

struct page {
    std::string user, device;

    //! [page]
    void init(half::self<page> self) {
        online.subscribe(self, "lobby");
        online.track(self, "lobby", user, device);
    }
    void handle(half::presence_diff<std::string> d) {
        if (user != "ann") return;  // one page tells what all see
        tell("come", d->joins);
        tell("go", d->leaves);
    }
    //! [page]
    // A diff lists presences, not keys: bob comes twice, and goes once.
    void tell(const char* what, auto& changes) {
        for (auto& [key, all] : changes)
            for (auto& one : all)
                fmt::print("ann sees {} {} ({})\n", key, what, one.meta);
    }
};
//! [presence]
// clang-format on

void who_is_here() {
    half::runtime sim{half::simulated{}};
    sim.start(page{"ann", "laptop"});
    auto phone = sim.start(page{"bob", "phone"});
    sim.start(page{"bob", "tablet"});
    sim.settle();
    half::kill(phone);  // the battery, say
    sim.settle();
    for (auto& [key, all] : online.list("lobby")) fmt::print("{} is here, {} time(s)\n", key, all.size());
}

int main() {
    a_name_outlives_its_process();
    ask_all_of_them();
    one_message_to_many();
    who_is_here();
}
