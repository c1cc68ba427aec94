#include <02_supervisor/supervisor.hpp>

#include <exercise/story.hpp>
#include <exercise/thermometer.hpp>

namespace {

using exercise::expect;
using exercise::story;
using namespace std::chrono_literals;

half::supervisor roof() {
    return {.at_most  = {.restarts = 10, .within = 1s},
            .children = {{.id = "station", .start = half::named(stations, "roof", station{})}}};
}

// What the station that is there now has in its book.
std::string book(story& day) {
    auto read = day.ask("the teacher", stations.find("roof"), station::read{});
    day.settle();
    return read.answered() ? *read.answer() : "nothing: there is no station";
}

TEST(OldAddress, AMeasureReachesTheStationThatIsThere) {
    for (std::uint64_t seed = 1; seed <= 20 && !HasFailure(); ++seed) {
        story day{seed};
        day.start(roof());
        const auto roof_top = day.start(thermometer{});
        day.cast(roof_top, thermometer::measure{20});
        day.settle();
        expect(book(day) == "20 ",
               "one measure, and no storm yet: the book should say \"20 \", and says \"" + book(day) + "\"");
        day.cast(stations.find("roof"), station::thunder{});
        day.settle();
        day.cast(roof_top, thermometer::measure{21});
        day.settle();
        expect(book(day) == "21 ",
               "after the storm there is a new station with an empty book, and a measure was sent: the "
               "book should say \"21 \", and says \""
                   + book(day) + "\"");
    }
}

TEST(OldAddress, ItGoesOnWhenTheStationWasAwayForAWhile) {
    story      day;
    const auto root     = day.start(roof());
    const auto roof_top = day.start(thermometer{});
    (void)day.runtime().call(root, half::supervisor::terminate_child{"station"});
    day.cast(roof_top, thermometer::measure{1});  // to nobody
    day.settle();
    (void)day.runtime().call(root, half::supervisor::restart_child{"station"});
    day.cast(roof_top, thermometer::measure{2});
    day.settle();
    expect(book(day) == "2 ",
           "the station was away and is back; the measure sent since then should be all that its book "
           "says, and it says \""
               + book(day) + "\"");
}

TEST(OldAddress, AReportIsNeverSpreadOverTwoLives) {
    story day;
    day.start(roof());
    const auto roof_top = day.start(thermometer{});
    day.cast(roof_top, thermometer::full_report{});
    day.advance(2s);
    expect(book(day) == "[noon]21 ",
           "no storm came; the book should say \"[noon]21 \", and says \"" + book(day) + "\"");
    day.cast(roof_top, thermometer::full_report{});
    day.settle();
    day.cast(stations.find("roof"), station::thunder{});
    day.advance(2s);
    expect(book(day).empty(),
           "lightning struck between title and line; the next station's book should be empty, and it "
           "says \""
               + book(day) + "\"");
}

}  // namespace
