#include <exercise/hotel.hpp>
#include <exercise/story.hpp>

namespace {

using exercise::expect;
using exercise::story;

// Goes in, and can be asked where it is.
struct visitor {
    struct where {
        using reply = half::pid;
    };

    half::ref<house> doorman;
    std::string      topic;
    half::ref<room>  in = {};

    half::task<> init() { in = co_await visit(doorman, topic); }
    half::pid    handle(where) { return in; }
};

half::pid where_is(story& day, half::ref<visitor> who) {
    auto answer = day.runtime().try_call(who, visitor::where{});
    return answer ? *answer : half::pid{};
}

std::string about(story& day, half::pid who) {
    auto answer = day.runtime().try_call(half::ref<room>{who}, room::topic{});
    return answer ? *answer : "nothing: nobody is there";
}

std::size_t open_rooms(story& day, half::ref<house> doorman) {
    return day.runtime().call(doorman, house::count_children{}).active;
}

TEST(RoomForYou, WhoComesFirstOpensTheRoom) {
    story      day;
    const auto doorman = day.start(open_house());
    const auto anna    = day.start(visitor{doorman, "cats"});
    expect(about(day, where_is(day, anna)) == "cats",
           "Anna asked for the room on cats, and the room she is in is about " + about(day, where_is(day, anna)));
    expect(rooms.find("cats") == where_is(day, anna),
           "the room on cats is open, and rooms.find(\"cats\") leads elsewhere");
}

TEST(RoomForYou, WhoComesLaterGetsTheSame) {
    story      day;
    const auto doorman = day.start(open_house());
    const auto anna    = day.start(visitor{doorman, "cats"});
    const auto ben     = day.start(visitor{doorman, "cats"});
    const auto cleo    = day.start(visitor{doorman, "dogs"});
    expect(bool(where_is(day, ben)) && where_is(day, anna) == where_is(day, ben),
           "Anna and Ben asked for the same topic, and are in two rooms");
    expect(where_is(day, cleo) != where_is(day, anna), "Cleo asked for another topic, and is in the same room");
    expect(open_rooms(day, doorman) == 2,
           "two topics were asked for, and the house has " + std::to_string(open_rooms(day, doorman)) + " rooms");
}

TEST(RoomForYou, TwoWhoComeAtOnceGetTheSame) {
    for (std::uint64_t seed = 1; seed <= 200 && !HasFailure(); ++seed) {
        story      day{seed};
        const auto doorman = day.start(open_house());
        const auto anna    = day.runtime().spawn(visitor{doorman, "cats"});
        const auto ben     = day.runtime().spawn(visitor{doorman, "cats"});
        day.settle();
        const auto at = " (seed " + std::to_string(seed) + ")";
        expect(bool(where_is(day, anna)) && bool(where_is(day, ben)),
               "two came at once, and one of them is in no room" + at);
        expect(where_is(day, anna) == where_is(day, ben), "two came at once, and are in two rooms" + at);
    }
}

TEST(RoomForYou, ARoomThatWasClosedIsOpenedAgain) {
    story      day;
    const auto doorman = day.start(open_house());
    const auto anna    = day.start(visitor{doorman, "cats"});
    half::kill(where_is(day, anna));
    day.settle();
    const auto ben = day.start(visitor{doorman, "cats"});
    expect(about(day, where_is(day, ben)) == "cats",
           "the room on cats was closed; Ben comes later, and should be in a new one. What he is in is about "
               + about(day, where_is(day, ben)));
}

TEST(RoomForYou, AnotherRefusalIsNotHidden) {
    story      day;
    const auto doorman = day.start(open_house(1));
    day.start(visitor{doorman, "cats"});
    const auto ben = day.runtime().spawn(visitor{doorman, "dogs"});
    day.settle();
    expect(!half::alive(ben),
           "the house has room for one, and Ben asked for a second topic: visit() should throw, and it "
           "returned");
}

}  // namespace
