#include <exercise/bakery.hpp>
#include <exercise/story.hpp>

namespace {

using exercise::expect;
using exercise::story;
using namespace std::chrono_literals;

TEST(Bakery, TheCakeComesWhenItIsBaked) {
    story day;
    auto  shop = day.start(bakery{});
    auto  anna = day.ask("Anna", shop, bakery::order{"Anna"});
    day.advance(9min);
    expect(!anna.over(), "a cake takes ten minutes; after nine Anna has " + anna.told());
    day.advance(1min);
    expect(anna == "a cake for Anna", "after ten minutes Anna should get \"a cake for Anna\"; she has " + anna.told());
}

TEST(Bakery, TheShopTakesOrdersWhileTheOvenIsBusy) {
    story day;
    auto  shop = day.start(bakery{});
    auto  anna = day.ask("Anna", shop, bakery::order{"Anna"});
    day.advance(1min);
    auto ben = day.ask("Ben", shop, bakery::order{"Ben"});
    day.settle();
    expect(half::backlog(shop).length == 0,
           "Ben's order lies in the mail: the shop does not serve while the oven is busy");
    day.advance(9min);
    expect(anna == "a cake for Anna", "ten minutes after her order Anna has " + anna.told());
    expect(!ben.over(), "the oven has had one cake so far, Anna's; and yet Ben has " + ben.told());
    day.advance(10min);
    expect(ben == "a cake for Ben", "his cake went in when Anna's came out, ten minutes ago; Ben has " + ben.told());
}

TEST(Bakery, CustomersAreServedInTheirOrder) {
    story                                     day;
    auto                                      shop = day.start(bakery{});
    std::vector<exercise::asked<std::string>> line;
    for (auto name : {"Anna", "Ben", "Cleo", "Dan"}) {
        line.push_back(day.ask(name, shop, bakery::order{name}));
        day.settle();
    }
    for (std::size_t cakes = 1; cakes <= line.size(); ++cakes) {
        day.advance(10min);
        for (std::size_t i = 0; i < line.size(); ++i)
            if (!expect(line[i].answered() == (i < cakes), "four ordered, one after the other; after "
                                                               + std::to_string(cakes) + " cakes customer "
                                                               + std::to_string(i + 1) + " has " + line[i].told()))
                return;
    }
}

TEST(Bakery, TheOvenStartsAgainAfterAQuietHour) {
    story day;
    auto  shop = day.start(bakery{});
    auto  anna = day.ask("Anna", shop, bakery::order{"Anna"});
    day.advance(1h);
    expect(anna == "a cake for Anna", "after an hour Anna has " + anna.told());
    auto ben = day.ask("Ben", shop, bakery::order{"Ben"});
    day.advance(9min);
    expect(!ben.over(), "a cake takes ten minutes; after nine Ben has " + ben.told());
    day.advance(1min);
    expect(ben == "a cake for Ben", "the oven stood empty when Ben came, ten minutes ago; he has " + ben.told());
}

}  // namespace
