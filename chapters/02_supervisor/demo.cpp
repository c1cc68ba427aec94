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
    half::ref<cook> chef;

    void init(half::self<waiter> self) { half::monitor(self, chef); }

    void handle(half::down d) {
        fmt::print("the waiter hears: {}\n", d.reason);
    }
};
//! [waiter]
// clang-format on

void somebody_hears_of_it() {
    half::runtime sim{half::simulated{}};
    //! [watched]
    auto chef = sim.start(cook{});
    sim.start(waiter{chef});
    chef.cast(cook::order{"fugu"});  // nobody waits for this answer
    sim.settle();
    //! [watched]
}

// 2. Let it crash -------------------------------------------------------------------------------------------------

// clang-format off
//! [open]
half::supervisor small_restaurant() {
    return {
        //! [at_most]
        .at_most  = {.restarts = 3, .within = 5s},  // then it gives up
        //! [at_most]
        .children = {
            {.id = "cook", .start = cook{}},  // each a copy of this
        },
    };
}
//! [open]
// clang-format on

//! [find]
// Asks who is the cook now: it may be another one each time.
half::task<> eat(half::ref<half::supervisor> root, std::string dish) {
    auto chef = co_await half::find_child<cook>(root, "cook");
    auto got  = co_await chef.try_call(cook::order{dish});
    fmt::print("{}: {}\n", dish, got ? *got : to_string(got.error()));
}
//! [find]

void let_it_crash() {
    half::runtime sim{half::simulated{}};
    //! [let_it_crash]
    auto root = sim.start(small_restaurant());
    // Runs a task as a process of its own, and waits for it.
    for (auto d : {"soup", "bread", "fugu", "soup"}) sim.run(eat(root, d));
    //! [let_it_crash]
}

// 3. Who falls with whom ------------------------------------------------------------------------------------------

// clang-format off
//! [station]
// Says when it begins; otherwise it does nothing until it is told to fail.
struct station {
    struct fail { std::string why; };

    std::string name;

    void init() { fmt::print("  {} begins\n", name); }
    void handle(fail f) { throw std::runtime_error{f.why}; }
};
//! [station]

//! [restaurant]
half::supervisor restaurant() {
    return {
        .strategy = half::rest_for_one,
        .children = {
            {.id = "gas",   .start = station{"gas"}},
            {.id = "stove", .start = station{"stove"}},  // needs gas
            {.id = "pot",   .start = station{"pot"}},    // on the stove
        },
    };
}
//! [restaurant]
// clang-format on

void who_falls_with_whom() {
    half::runtime sim{half::simulated{}};
    fmt::print("opening:\n");
    //! [rest_for_one]
    auto root  = sim.start(restaurant());
    auto stove = sim.run(half::find_child<station>(root, "stove"));
    fmt::print("the stove fails:\n");
    stove.cast(station::fail{"out of order"});
    sim.settle();
    //! [rest_for_one]
    //! [tree]
    fmt::print("{}", to_text(sim.run(half::look_at(root))));
    //! [tree]
}

// 4. Giving up, where it can be seen ------------------------------------------------------------------------------

//! [owner]
struct owner {
    half::ref<half::supervisor> root;

    void init(half::self<owner> self) { half::monitor(self, root); }

    void handle(half::down d) { fmt::print("the owner hears: {}\n", d.reason); }
};
//! [owner]

void giving_up() {
    half::runtime sim{half::simulated{}};
    //! [giving_up]
    auto root = sim.start(small_restaurant());
    sim.start(owner{root});
    for (int i = 0; i < 4; ++i) sim.run(eat(root, "fugu"));  // four deaths, and no time between them
    //! [giving_up]
    sim.settle();
}

// 5. Ten thousand at once -----------------------------------------------------------------------------------------

// clang-format off
//! [guests]
struct guest {
    struct table_number { using reply = int; };

    int table;

    int handle(table_number) { return table; }
};

// Guests, each begun from an int.
using guests = half::dynamic_supervisor<guest, int>;
//! [guests]
// clang-format on

//! [fill]
half::task<> seat(half::ref<guests> room, int tables) {
    for (int table = 0; table < tables; ++table) {
        auto seated = co_await room.call(guests::start_child{table});  // expected<ref<guest>, child_error>
        if (!seated) throw std::runtime_error{to_string(seated.error())};
    }
}
//! [fill]

//! [kill_all]
half::task<> kill_all(half::ref<guests> room) {
    auto seated = co_await room.call(guests::which_children{});
    for (auto each : seated) half::kill(each);
    for (auto each : seated) co_await half::ended(each);  // who knows of an end and then asks, is told of the next life
}
//! [kill_all]

//! [ask_all]
half::task<int> at_their_tables(half::ref<guests> room) {
    int table = 0, right = 0;
    for (auto each : co_await room.call(guests::which_children{})) {
        int says = co_await each.call(guest::table_number{});
        if (says == table) ++right;
        ++table;
    }
    co_return right;
}
//! [ask_all]

void ten_thousand_at_once() {
    half::runtime runtime{{.on_report = [](const half::report&) {}}};  // ten thousand reports are enough for one log
    //! [storm]
    auto room = runtime.start(guests{.at_most = {.restarts = 10'000}});
    runtime.run(seat(room, 10'000));
    runtime.run(kill_all(room));
    int right = runtime.run(at_their_tables(room));
    fmt::print("{} guests sit at their tables again\n", right);
    //! [storm]
}

int main() {
    somebody_hears_of_it();
    let_it_crash();
    who_falls_with_whom();
    giving_up();
    ten_thousand_at_once();
}
