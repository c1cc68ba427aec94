#include <exercise/kitchen.hpp>
#include <exercise/story.hpp>

namespace {

using exercise::expect;
using exercise::story;
using namespace std::chrono_literals;

struct Poisoned : testing::Test {
    story                       day;
    half::ref<half::supervisor> root = day.start(restaurant());

    half::ref<kitchen> at_work() { return day.runtime().run(half::find_child<kitchen>(root, "kitchen")); }
    bool               open() const { return half::alive(root); }

    auto order(const std::string& who, const std::string& dish) {
        auto asked = day.ask(who, at_work(), kitchen::order{dish});
        day.settle();
        return asked;
    }
};

TEST_F(Poisoned, OneBadOrderCostsOneOrder) {
    const auto ann = order("Ann", "soup");
    const auto bob = order("Bob", "fugu");
    day.advance(30s);
    const auto eve = order("Eve", "bread");
    day.advance(5min);
    expect(ann == "soup", "Ann ordered soup, before Bob ordered fugu; she has " + ann.told());
    expect(bob.over() && !bob.answered(), "there is no fugu, so Bob's order should fail; he has " + bob.told());
    expect(eve == "bread", "Eve ordered bread, while Bob waited for fugu; she has " + eve.told());
}

TEST_F(Poisoned, TenBadOrdersDoNotCloseTheRestaurant) {
    const auto kitchen_before = at_work();
    for (int i = 1; i <= 10; ++i) {
        order("Bob", "fugu");
        day.advance(1min);
        if (!expect(open(), "order " + std::to_string(i) + " of fugu, and the restaurant is closed")) return;
    }
    expect(at_work() == kitchen_before, "ten orders of fugu, and it is not the same kitchen any more");
    const auto ann = order("Ann", "soup");
    day.advance(1min);
    expect(ann == "soup", "ten orders of fugu, and now Ann wants soup; after a minute she has " + ann.told());
}

TEST_F(Poisoned, DishesAreCookedAtTheSameTime) {
    const auto ann = order("Ann", "soup");
    const auto bob = order("Bob", "pasta");
    const auto eve = order("Eve", "bread");
    day.advance(59s);
    expect(!ann.over() && !bob.over() && !eve.over(), "a dish takes a minute; after 59 seconds Ann has " + ann.told()
                                                          + ", Bob has " + bob.told() + ", Eve has " + eve.told());
    day.advance(1s);
    expect(ann == "soup", "after a minute Ann has " + ann.told());
    expect(bob == "pasta", "after a minute Bob has " + bob.told());
    expect(eve == "bread", "after a minute Eve has " + eve.told());
}

TEST_F(Poisoned, WithTheKitchenEverythingStops) {
    order("Ann", "soup");
    order("Bob", "pasta");
    order("Eve", "bread");
    day.advance(30s);
    expect(on_the_stove == 3,
           "three dishes were ordered half a minute ago; pans on the stove: " + std::to_string(on_the_stove));
    half::kill(at_work());
    day.settle();
    expect(on_the_stove == 0, "the kitchen was killed; pans still on the stove: " + std::to_string(on_the_stove));
}

}  // namespace
