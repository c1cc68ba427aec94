#include <02_supervisor/supervisor.hpp>

#include <exercise/expect.hpp>
#include <exercise/who_falls.hpp>
#include <string>
#include <vector>

namespace {

using exercise::expect;
using namespace std::chrono_literals;

stations begun;  // so far, in this order

// clang-format off
//! [station]
struct station {
    struct crash {};
    struct go_home {};

    std::string name;

    void init()                                   { begun.push_back(name); }
    void handle(crash)                            { throw std::runtime_error{name}; }
    void handle(go_home, half::self<station> self) { self.stop(); }  // a normal end
};
//! [station]

//! [tree]
half::supervisor kitchen() {
    return {
        .strategy = half::one_for_all,
        .at_most  = {.restarts = 1, .within = 1h},
        .children = {
            {.id = "cook", .start = station{"cook"}},
            {.id = "oven", .start = station{"oven"}},
        },
    };
}

half::supervisor house() {
    return {
        .strategy = half::rest_for_one,
        .children = {
            {.id = "gas",     .start = station{"gas"}},
            {.id = "kitchen", .start = kitchen()},
            {.id = "waiter",  .start = station{"waiter"}, .restart = half::transient},
        },
    };
}
//! [tree]
// clang-format on

half::task<half::ref<station>> find(half::ref<half::supervisor> house, std::string name) {
    if (name == "gas" || name == "waiter") co_return co_await half::find_child<station>(house, name);
    auto in = co_await half::find_child<half::supervisor>(house, "kitchen");
    co_return co_await half::find_child<station>(in, name);
}

// Sends it to each of them, one after the other, and returns who began after that.
template <class Message>
stations after(Message what, const stations& to, std::uint64_t seed) {
    half::runtime sim{half::simulated{.seed = seed, .on_report = [](const half::report&) {}}};
    const auto    root = sim.start(house());
    begun.clear();
    for (const auto& name : to) {
        sim.run(find(root, name)).cast(what);
        sim.settle();
    }
    return begun;
}

std::string told(const stations& who) {
    std::string all;
    for (const auto& name : who) all += (all.empty() ? "" : ", ") + name;
    return all.empty() ? "nobody" : all;
}

template <class Message>
void foresaw(const stations& answer, const std::string& what, Message message, const stations& to) {
    for (std::uint64_t seed = 1; seed <= 20; ++seed) {
        const auto who = after(message, to, seed);
        if (!expect(who == answer, what + "; you said that then these begin: " + told(answer)
                                       + "; in the running tree something else began"
                                       + (who.size() == answer.size() ? ", or in another order" : "")))
            return;
    }
}

TEST(WhoFalls, WhenTheOvenCrashes) { foresaw(after_the_oven, "the oven crashes", station::crash{}, {"oven"}); }

TEST(WhoFalls, WhenTheGasCrashes) { foresaw(after_the_gas, "the gas crashes", station::crash{}, {"gas"}); }

TEST(WhoFalls, WhenTheWaiterGoesHome) {
    foresaw(after_the_waiter, "the waiter goes home", station::go_home{}, {"waiter"});
}

TEST(WhoFalls, WhenTwoCooksCrash) { foresaw(after_two_cooks, "two cooks crash", station::crash{}, {"cook", "cook"}); }

}  // namespace
