// The first attempt: the address of a process, kept in a member.
//
// The room dies and is started again by its supervisor, as it should be. The singer still has the address of the first
// room, and sings to nobody. A cast does not say so.
#include <02_supervisor/supervisor.hpp>

#include <fmt/format.h>

#include <string>

// clang-format off
//! [room]
struct room {
    struct sing  { std::string verse; };
    struct heard { using reply = int; };

    int verses = 0;

    void handle(sing s) {
        if (s.verse == "high C") throw std::runtime_error{"the window broke"};
        ++verses;
    }
    int handle(heard) { return verses; }
};

//! [singer]
struct singer {
    half::ref<room> stage;  // the address of a life. Which one?

    void handle(room::sing s) { stage.cast(s); }
};
//! [singer]
//! [room]
// clang-format on

int main() {
    half::runtime sim{half::simulated{.on_report = [](const half::report&) {}}};
    //! [evening]
    auto house = sim.start(half::supervisor{.children = {{.id = "stage", .start = room{}}}});
    //! [sing]
    // She is told once.
    auto stage = sim.run(half::find_child<room>(house, "stage"));
    auto diva  = sim.start(singer{stage});

    for (auto verse : {"high C", "la", "la", "la"}) {
        diva.cast(room::sing{verse});
        sim.settle();
    }
    //! [sing]

    auto now = sim.run(half::find_child<room>(house, "stage"));
    fmt::print("sung on: 3 verses; heard: {}\n", sim.call(now, room::heard{}));
    //! [evening]
}
