#include <exercise/parking_lot.hpp>
#include <exercise/story.hpp>

namespace {

using exercise::expect;
using exercise::story;
using namespace std::chrono_literals;

// Comes at some hour, tries, waits, tries again; parks for an hour.
struct driver {
    story*                 day;
    std::string            name;
    half::duration         comes;
    half::ref<parking_lot> lot;
    int*                   served;

    half::task<> init(half::self<driver> self) {
        if (comes > 0s) co_await half::sleep(comes);
        constexpr int too_often = 100;
        for (int tries = 1; !co_await lot.call(parking_lot::enter{}, half::forever); ++tries) {
            if (!expect(tries < too_often, name + " was told 100 times to try again, and each time it was full"))
                co_return self.stop();
            day->note(name + " finds it full, and waits");
            co_await lot.call(parking_lot::free_place{}, half::forever);
            day->note(name + " is told to try again");
        }
        day->note(name + " drives in");
        co_await half::sleep(1h);
        day->note(name + " leaves");
        ++*served;
        lot.cast(parking_lot::leave{});
        self.stop();
    }
};

// There is one place, and each driver comes when the one before should leave.
void one_day(std::uint64_t seed) {
    story      day{seed};
    const auto lot    = day.start(parking_lot{.places = 1});
    int        served = 0;
    for (int i = 0; auto name : {"Anna", "Ben", "Cleo"})
        day.runtime().spawn(driver{&day, name, i++ * 1h, lot, &served});
    day.runtime().advance(12h);
    expect(served == 3, "with seed " + std::to_string(seed) + " only " + std::to_string(served)
                            + " of 3 cars have parked by night: there is room, and the others still wait");
}

TEST(WakeUp, NobodyWaitsUntilNightWhateverTheSeed) {
    for (std::uint64_t seed = 1; seed <= 200 && !HasFailure(); ++seed) one_day(seed);
}

TEST(WakeUp, ADriverIsToldOfAFreePlaceAndNotBefore) {
    story      day;
    const auto lot  = day.start(parking_lot{.places = 1});
    const auto anna = day.ask("Anna", lot, parking_lot::enter{});
    day.settle();
    expect(anna == true, "the lot is empty, so Anna may drive in; she gets " + anna.told());

    const auto ben = day.ask("Ben", lot, parking_lot::free_place{});
    day.settle();
    expect(!ben.over(), "Anna is on the only place, and yet Ben is told to try");
    day.cast(lot, parking_lot::leave{});
    day.settle();
    expect(ben.answered(), "Anna has left, and Ben, who waits, is not told");

    const auto cleo = day.ask("Cleo", lot, parking_lot::free_place{});
    day.settle();
    expect(cleo.answered(),
           "Cleo was told that it is full. Before her next message came, Anna left. Now there is a place, "
           "and Cleo waits for ever");

    const auto dan = day.ask("Dan", lot, parking_lot::enter{});
    day.settle();
    expect(dan == true, "nobody is on the place, so Dan may drive in; he gets " + dan.told());
    const auto eve = day.ask("Eve", lot, parking_lot::free_place{});
    day.settle();
    expect(!eve.over(), "Dan is on the only place, and yet Eve is told to try");
    day.cast(lot, parking_lot::leave{});
    day.settle();
    expect(eve.answered(), "Dan has left, and Eve, who waits, is not told");
}

}  // namespace
