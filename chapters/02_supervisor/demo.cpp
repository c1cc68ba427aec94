// A restaurant that stays open: a cook who dies of an order, a supervisor who hires the next, and a kitchen where one
// falls with the other.
//
//     ./workbook demo 02
#include <02_supervisor/dynamic_supervisor.hpp>
#include <02_supervisor/supervisor.hpp>
#include <02_supervisor/tree.hpp>

#include <fmt/format.h>

#include <string>

using namespace std::chrono_literals;

// 1. Somebody hears of it -----------------------------------------------------------------------------------------

// clang-format off
//! [cook]
struct cook {
    struct order { std::string dish; using reply = std::string; };

    int cooked = 0;

    std::string handle(order o) {
        if (o.dish == "fugu") throw std::runtime_error{"nobody taught me fugu"};
        return fmt::format("{}, dish {} of this cook", o.dish, ++cooked);
    }
};
//! [cook]

//! [waiter]
struct waiter {
    half::ref<cook> kitchen;

    void init(half::self<waiter> self) { half::monitor(self, kitchen); }

    void handle(half::down d) { fmt::print("the waiter hears that the cook is gone: {}\n", d.reason); }
};
//! [waiter]
// clang-format on

void somebody_hears_of_it() {
    half::runtime sim{half::simulated{}};
    //! [watched]
    auto kitchen = sim.start(cook{});
    auto served  = sim.start(waiter{kitchen});
    kitchen.cast(cook::order{"fugu"});  // nobody waits for this answer
    sim.settle();
    //! [watched]
}

// 2. Let it crash -------------------------------------------------------------------------------------------------

// clang-format off
//! [open]
half::supervisor small_restaurant() {
    return {
        .at_most  = {.restarts = 3, .within = 5s},
        .children = {
            {.id = "cook", .start = cook{}},
        },
    };
}
//! [open]
// clang-format on

//! [guest]
// Orders by name: the cook may be another one each time.
half::task<> eat(half::ref<half::supervisor> restaurant, std::string dish) {
    auto chef = co_await half::find_child<cook>(restaurant, "cook");
    auto got  = co_await chef->try_call(cook::order{dish});
    fmt::print("{}: {}\n", dish, got ? *got : to_string(got.error()));
}
//! [guest]

void let_it_crash() {
    half::runtime sim{half::simulated{}};
    //! [let_it_crash]
    auto restaurant = sim.start(small_restaurant());
    for (auto dish : {"soup", "bread", "fugu", "soup"}) sim.run(eat(restaurant, dish));
    //! [let_it_crash]
}

// 3. Who falls with whom ------------------------------------------------------------------------------------------

// clang-format off
//! [stations]
// Says when it begins; otherwise it does nothing until it is told to fail.
struct station {
    struct fail { std::string why; };

    std::string name;

    void init() { fmt::print("  {} begins\n", name); }
    void handle(fail f) { throw std::runtime_error{f.why}; }
};
//! [stations]

//! [restaurant]
half::supervisor restaurant() {
    return {
        .strategy = half::rest_for_one,
        .children = {
            {.id = "gas",   .start = station{"gas"}},
            {.id = "stove", .start = station{"stove"}},  // useless without gas
            {.id = "oven",  .start = station{"oven"}},
        },
    };
}
//! [restaurant]
// clang-format on

void who_falls_with_whom() {
    half::runtime sim{half::simulated{}};
    fmt::print("opening:\n");
    //! [rest_for_one]
    auto root = sim.start(restaurant());
    fmt::print("the stove fails:\n");
    auto stove = sim.run(half::find_child<station>(root, "stove"));
    stove->cast(station::fail{"out of order"});
    sim.settle();
    //! [rest_for_one]
    //! [tree]
    fmt::print("{}", to_text(sim.run(half::look_at(root))));
    //! [tree]
}

// 4. Giving up, where it can be seen ------------------------------------------------------------------------------

//! [watch]
struct owner {
    half::ref<half::supervisor> restaurant;

    void init(half::self<owner> self) { half::monitor(self, restaurant); }

    void handle(half::down d) { fmt::print("the owner hears: {}\n", d.reason); }
};
//! [watch]

void giving_up() {
    half::runtime sim{half::simulated{}};
    //! [giving_up]
    auto restaurant = sim.start(small_restaurant());
    auto watching   = sim.start(owner{restaurant});
    for (int i = 0; i < 4; ++i) sim.run(eat(restaurant, "fugu"));  // four cooks in no time
    sim.settle();
    //! [giving_up]
}

// 5. Ten thousand at once -----------------------------------------------------------------------------------------

// clang-format off
//! [guests]
struct guest {
    struct which { using reply = int; };

    int table;

    int handle(which) { return table; }
};

using guests = half::dynamic_supervisor<guest, int>;
//! [guests]

//! [fill]
half::task<> fill(half::ref<guests> room, int seats) {
    for (int table = 0; table < seats; ++table) (void)co_await room.call(guests::start_child{table});
}

half::task<int> ask_all(half::ref<guests> room) {
    int right = 0, table = 0;
    for (auto each : co_await room.call(guests::which_children{})) right += co_await each.call(guest::which{}) == table++;
    co_return right;
}
//! [fill]
// clang-format on

void ten_thousand_at_once() {
    half::runtime runtime;
    //! [storm]
    auto room = runtime.start(guests{.at_most = {.restarts = 10'000}});
    runtime.run(fill(room, 10'000));
    for (auto each : runtime.call(room, guests::which_children{})) half::kill(each);
    fmt::print("all killed; {} sit at their tables again\n", runtime.run(ask_all(room)));
    //! [storm]
}

int main() {
    somebody_hears_of_it();
    let_it_crash();
    who_falls_with_whom();
    giving_up();
    ten_thousand_at_once();
}
