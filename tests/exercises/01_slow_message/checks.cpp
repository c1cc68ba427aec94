#include <exercise/desk.hpp>
#include <exercise/story.hpp>

namespace {

using exercise::expect;
using exercise::story;
using namespace std::chrono_literals;

struct SlowMessage : testing::Test {
    story           day;
    half::ref<desk> at = day.start(desk{});

    auto search(const std::string& who, const std::string& word, int pages) {
        auto asked = day.ask(who, at, desk::search{word, pages});
        day.settle();
        return asked;
    }

    // The quick question, in the middle of whatever goes on.
    void answers_at_once() {
        const auto zoe = day.ask("Zoe", at, desk::hours{});
        day.settle();
        expect(zoe == "nine to five",
               "Zoe only wants to know the hours, and should be told at once; she has " + zoe.told());
    }
};

TEST_F(SlowMessage, TheDeskAnswersWhileASearchGoesOn) {
    const auto anna = search("Anna", "bees", 3);
    answers_at_once();
    day.advance(1s);
    answers_at_once();
    day.advance(2s);
    expect(anna == "all about bees", "Anna's search takes three seconds, and they are over; she has " + anna.told());
}

TEST_F(SlowMessage, SearchesAreAnsweredInTheirOrder) {
    const auto anna = search("Anna", "bees", 5);
    const auto ben  = search("Ben", "ants", 1);
    const auto cleo = search("Cleo", "moths", 2);
    answers_at_once();
    day.advance(4s);
    expect(!ben.over() && !cleo.over(),
           "Anna was first and is still waiting; Ben has " + ben.told() + ", Cleo has " + cleo.told());
    day.advance(1s);
    expect(anna == "all about bees", "Anna's five seconds are over; she has " + anna.told());
    answers_at_once();
    day.advance(3s);
    expect(ben == "all about ants", "five seconds for Anna, one for Ben; he has " + ben.told());
    expect(cleo == "all about moths", "five seconds for Anna, one for Ben, two for Cleo; she has " + cleo.told());
}

TEST_F(SlowMessage, ASearchStillTakesItsTime) {
    const auto anna = search("Anna", "bees", 3);
    answers_at_once();
    day.advance(2s);
    expect(!anna.over(), "three pages take three seconds; after two Anna has " + anna.told());
    day.advance(1s);
    expect(anna == "all about bees", "after three seconds Anna has " + anna.told());

    day.advance(1min);
    const auto ben = search("Ben", "ants", 2);
    day.advance(1s);
    expect(!ben.over(), "two pages take two seconds; after one Ben has " + ben.told());
    day.advance(1s);
    expect(ben == "all about ants", "after two seconds Ben has " + ben.told());
}

}  // namespace
