#include <exercise/slate.hpp>
#include <exercise/story.hpp>

namespace {

using exercise::expect;
using exercise::story;
using namespace std::chrono_literals;

struct WriteBehind : testing::Test {
    story            day;
    half::ref<book>  cellar = day.start(book{});
    half::ref<slate> bar    = day.start(slate{.cellar = cellar});

    void note(const std::string& guest, int coins) { day.cast(bar, slate::note{guest, coins}); }

    // "Ann 2, Bob 1 | Eve 1": two walks.
    std::string in_the_book() {
        std::string all;
        for (const auto& walk : day.runtime().call(cellar, book::read{}))
            for (std::size_t i = 0; i < walk.size(); ++i)
                all += (i ? ", " : all.empty() ? "" : " | ") + walk[i].guest + " " + std::to_string(walk[i].coins);
        return all;
    }
    void expect_in_the_book(const std::string& what, const std::string& because,
                            std::source_location here = std::source_location::current()) {
        const auto found = in_the_book();
        expect(found == what, {because + ". The book should say \"" + what + "\", and says \"" + found + "\"", here});
    }
    void expect_at_risk(std::size_t tabs, const std::string& because,
                        std::source_location here = std::source_location::current()) {
        const auto answer = day.runtime().try_call(bar, slate::at_risk{});
        expect(answer && *answer == tabs, {because + ". At risk should be " + std::to_string(tabs) + ", and is "
                                               + (answer ? std::to_string(*answer) : "unknown: the slate is broken"),
                                           here});
    }
};

TEST_F(WriteBehind, AHundredChangesAreOneLine) {
    for (int coins = 1; coins <= 100; ++coins) (void)bar.cast(slate::note{"Ann", coins});
    day.note("slate is sent note{\"Ann\", 1}, and so on to note{\"Ann\", 100}");
    day.settle();
    expect_at_risk(1, "Ann had a hundred beers, and nobody walked yet");
    day.advance(7s);
    expect_in_the_book("Ann 100", "Ann had a hundred beers within a moment, 7 seconds ago");
    expect_at_risk(0, "7 seconds later all is in the book");
}

TEST_F(WriteBehind, AFullBatchIsCarriedAtOnce) {
    note("Ann", 1), note("Bob", 2), note("Eve", 3);
    day.advance(1s);
    expect_in_the_book("Ann 1, Bob 2, Eve 3", "three tabs waited, a second ago");
}

TEST_F(WriteBehind, WhoHasWaitedLongestComesFirst) {
    note("Ann", 1), note("Bob", 1), note("Ann", 2);
    day.advance(7s);
    expect_in_the_book("Ann 2, Bob 1", "Ann came first, Bob second, and Ann had another one");
    for (const char* guest : {"Cleo", "Dan", "Eve", "Finn", "Gil", "Hal", "Ida"}) note(guest, 1);
    day.advance(2500ms);
    expect_in_the_book("Ann 2, Bob 1 | Cleo 1, Dan 1, Eve 1 | Finn 1, Gil 1, Hal 1",
                       "seven guests came at once: time for two walks, and nobody has to wait for a beat");
    day.advance(7s);
    expect_in_the_book("Ann 2, Bob 1 | Cleo 1, Dan 1, Eve 1 | Finn 1, Gil 1, Hal 1 | Ida 1",
                       "the seventh waits for the beat");
}

TEST_F(WriteBehind, NobodyIsCarriedTwice) {
    note("Ann", 1), note("Bob", 2), note("Eve", 3);
    day.advance(500ms);
    note("Dan", 4);
    day.advance(7s);
    expect_in_the_book("Ann 1, Bob 2, Eve 3 | Dan 4", "Dan came while the boy was in the cellar");
}

TEST_F(WriteBehind, WhatChangesMeanwhileIsNotForgotten) {
    note("Ann", 1), note("Bob", 2), note("Eve", 3);
    day.advance(500ms);
    note("Ann", 9);
    day.advance(1s);
    expect_at_risk(1, "Ann's tab changed while the boy was in the cellar, and he is back");
    day.advance(7s);
    expect_in_the_book("Ann 1, Bob 2, Eve 3 | Ann 9", "Ann's tab changed while the boy was in the cellar");
    expect_at_risk(0, "all is in the book");
}

TEST_F(WriteBehind, ADarkCellarLosesNothing) {
    day.cast(cellar, book::lamp{false});
    note("Ann", 1), note("Bob", 2), note("Eve", 3);
    day.advance(3s);
    expect_at_risk(3, "it was dark in the cellar, and nothing was written");
    day.cast(cellar, book::lamp{true});
    day.advance(7s);
    expect_in_the_book("Ann 1, Bob 2, Eve 3", "there is light again, for 7 seconds");
    expect_at_risk(0, "there is light again, for 7 seconds");
}

}  // namespace
