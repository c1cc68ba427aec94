// The first attempt: a cook and three guests, and nobody who looks after the cook.
//
// Each guest orders and waits to be served. The cook dies of the second order. A log may know it; no process does.
#include <01_gen_server/gen_server.hpp>

#include <fmt/format.h>

#include <chrono>
#include <string>

using namespace std::chrono_literals;

// clang-format off
struct guest;

//! [cook]
struct cook {
    struct order { std::string dish; half::ref<guest> by; };

    void handle(order o);
};

struct guest {
    struct served { std::string dish; };

    std::string     wants;
    half::ref<cook> chef;
    bool            eats = false;

    void init(half::self<guest> self) { chef.cast(cook::order{wants, self}); }
    void handle(served)               { eats = true; }

    std::string describe() const { return wants + (eats ? ": served" : ": waits"); }
};

//! [order]
void cook::handle(order o) {
    if (o.dish == "fugu")
        throw std::runtime_error{"nobody taught me fugu"};
    o.by.cast(guest::served{o.dish});
}
//! [order]
//! [cook]
// clang-format on

int main() {
    auto nobody_reads_the_log = [](const half::report&) {};

    //! [evening]
    half::runtime evening{half::simulated{.on_report = nobody_reads_the_log}};
    //! [open]
    auto chef = evening.start(cook{});
    auto ann  = evening.start(guest{"soup", chef});
    auto bob  = evening.start(guest{"fugu", chef});
    auto eve  = evening.start(guest{"bread", chef});
    //! [open]

    evening.advance(4h);  // until the lights go out
    for (auto who : {ann, bob, eve}) fmt::print("{}\n", evening.info(who)->state);
    //! [evening]
}
