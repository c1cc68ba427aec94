#include <algorithm>
#include <exercise/expect.hpp>
#include <exercise/kitchen_test.hpp>

namespace {

using exercise::expect;

half::supervisor right_kitchen(half::duration warms_up = 0s) {
    return {
        .strategy = half::rest_for_one,
        .at_most  = {.restarts = 3, .within = 10s},
        .children = {{.id = "gas", .start = station{warms_up}},
                     {.id = "stove", .start = station{warms_up}},
                     {.id = "pot", .start = station{warms_up}, .restart = half::transient}},
    };
}

// One that differs in one thing.
half::supervisor wrong_kitchen(void (*spoil)(half::supervisor&)) {
    auto kitchen = right_kitchen();
    spoil(kitchen);
    return kitchen;
}

bool accepts(const half::supervisor& kitchen) {
    half::runtime sim{half::simulated{.on_report = [](const half::report&) {}}};
    const auto    root = sim.start(kitchen);
    try {
        return holds(sim, root);
    } catch (const half::call_failed&) {
        return false;
    }
}

TEST(WrongKitchens, AcceptsTheRightKitchen) {
    expect(accepts(right_kitchen()), "your test refuses a kitchen that keeps all promises");
}

TEST(WrongKitchens, AcceptsARightKitchenThatWarmsUp) {
    expect(accepts(right_kitchen(100ms)),
           "your test refuses a kitchen that keeps all promises, in which each station takes 100 ms to begin");
}

TEST(WrongKitchens, RefusesOneThatStartsThePotFirst) {
    const auto kitchen = wrong_kitchen([](auto& k) { std::ranges::reverse(k.children); });
    expect(!accepts(kitchen), "your test accepts a kitchen that starts pot, stove and gas, in this order");
}

TEST(WrongKitchens, RefusesOneThatTurnsOffTheGas) {
    const auto kitchen = wrong_kitchen([](auto& k) { k.strategy = half::one_for_all; });
    expect(!accepts(kitchen), "your test accepts a kitchen in which all begin again when one crashes");
}

TEST(WrongKitchens, RefusesOneThatLeavesThePotOnANewStove) {
    const auto kitchen = wrong_kitchen([](auto& k) { k.strategy = half::one_for_one; });
    expect(!accepts(kitchen), "your test accepts a kitchen in which only the one that crashed begins again");
}

TEST(WrongKitchens, RefusesOneThatNeverReplacesAPot) {
    const auto kitchen = wrong_kitchen([](auto& k) { k.children[2].restart = half::temporary; });
    expect(!accepts(kitchen), "your test accepts a kitchen that has no pot after its pot has crashed");
}

TEST(WrongKitchens, RefusesOneThatBringsThePotBack) {
    const auto kitchen = wrong_kitchen([](auto& k) { k.children[2].restart = half::permanent; });
    expect(!accepts(kitchen), "your test accepts a kitchen that starts the pot again when it is done");
}

TEST(WrongKitchens, RefusesOneThatForgetsNoCrash) {
    const auto kitchen = wrong_kitchen([](auto& k) { k.at_most.within = 24h; });
    expect(!accepts(kitchen), "your test accepts a kitchen that gives up with the fourth crash of the day");
}

TEST(WrongKitchens, RefusesOneThatNeverGivesUp) {
    const auto kitchen = wrong_kitchen([](auto& k) { k.at_most.restarts = 1'000'000; });
    expect(!accepts(kitchen), "your test accepts a kitchen that never gives up");
}

}  // namespace
