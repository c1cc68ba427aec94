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
    return {
        .children = {
            {.id = "lobby",  .start = half::named(rooms, "lobby", room{})},
            {.id = "garden", .start = half::named(rooms, "garden", room{})},
        },
    };
}
//! [named]
// clang-format on

void a_name_outlives_its_process() {
    half::runtime sim{half::simulated{}};
    auto          root = sim.start(chat());
    //! [via]
    half::via lobby{rooms, "lobby"};

    lobby.cast(room::say{"hello"});
    auto before = lobby.now();
    lobby.cast(room::say{""});  // it dies of this
    sim.settle();

    fmt::print("the same process? {}\n", lobby.now() == before ? "yes" : "no");
    fmt::print("the same name? {}\n", lobby.now() ? "yes" : "no");
    //! [via]
    fmt::print("lines said in the new lobby: {}\n", sim.call(lobby.now(), room::lines{}));
    //! [taken]
    half::child second{.id = "second lobby", .start = half::named(rooms, "lobby", room{})};
    auto        got = sim.call(root, half::supervisor::start_child{second});
    fmt::print("a second lobby? {}\n", to_string(got.error()));
    //! [taken]
}

// 2. Ask all of them ----------------------------------------------------------------------------------------------

// clang-format off
//! [groups]
half::groups<struct player> teams;

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

half::task<int> score(std::string team) {
    int sum = 0;
    for (auto& [who, points] : co_await teams.multi_call(team, player::points{}, 1s))
        if (points) sum += *points;
        else fmt::print("no points from one player: {}\n", to_string(points.error()));
    co_return sum;
}
//! [groups]
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

    void init(half::self<fan> self) { football.subscribe(self, "final"); }
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
half::presence<std::string> online;  // what each says of itself: its device

struct page {
    std::string user, device;

    void init(half::self<page> self) {
        online.subscribe(self, "lobby");
        online.track(self, "lobby", user, device);
    }
    void handle(half::presence_diff<std::string> d) {
        if (user != "ann") return;  // one page tells what it sees; all of them see it
        for (auto& [key, who] : d.joins) fmt::print("ann sees {} come ({})\n", key, who[0].meta);
        for (auto& [key, who] : d.leaves) fmt::print("ann sees {} go ({})\n", key, who[0].meta);
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
    for (auto& [key, who] : online.list("lobby")) fmt::print("{} is here, {} time(s)\n", key, who.size());
}

int main() {
    a_name_outlives_its_process();
    ask_all_of_them();
    one_message_to_many();
    who_is_here();
}
