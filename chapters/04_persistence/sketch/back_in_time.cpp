// The first attempt: restart it, and save it.
//
// The supervisor starts the pet again, as it should, but from what it was told at boot. The saver then asks the pet for its
// state, as it does now and then, and saves what it hears: the crash went back in time, and so does the disk.
// A start function that reads the disk (chapter 02) would give back the last save. What came since would be lost all the
// same, and a state that kills would be handed out for ever.
#include <02_supervisor/supervisor.hpp>

#include <fmt/format.h>

#include <map>
#include <string>

using namespace std::chrono_literals;

// clang-format off
//! [pet]
struct pet {
    struct tick {};
    struct bite {};
    struct age  { using reply = int; };

    //! [handlers]
    int years = 0;

    void handle(tick) { ++years; }
    void handle(bite) { throw std::runtime_error{"ouch"}; }
    int  handle(age) { return years; }
    //! [handlers]
};
//! [pet]

//! [saver]
std::map<std::string, int> disk = {{"Rex", 3}};

half::task<> save(half::ref<half::supervisor> home) {
    auto rex    = co_await half::find_child<pet>(home, "Rex");
    disk["Rex"] = co_await rex.call(pet::age{});
}
//! [saver]
// clang-format on

int main() {
    half::runtime sim{half::simulated{.on_report = [](const half::report&) {}}};
    //! [life]
    auto home = sim.start(half::supervisor{.children = {{.id = "Rex", .start = pet{.years = disk["Rex"]}}}});
    auto rex  = sim.run(half::find_child<pet>(home, "Rex"));

    for (int year = 0; year < 9; ++year) rex.cast(pet::tick{});
    sim.run(save(home));
    const int before = disk["Rex"];

    rex.cast(pet::bite{});  // it crashes, and is started again
    sim.settle();
    sim.run(save(home));
    //! [life]
    fmt::print("on disk before the crash: {} years; after it: {}\n", before, disk["Rex"]);
}
