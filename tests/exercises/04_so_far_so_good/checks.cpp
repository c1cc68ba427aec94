#include <exercise/ship.hpp>
#include <exercise/story.hpp>

namespace {

using exercise::expect;
using exercise::story;

struct SoFarSoGood : testing::Test {
    bool                        clean = (ship_log.forget("ship"), true);
    story                       day;
    half::ref<half::supervisor> root = day.start(harbour());

    half::ref<ship> at_sea() { return day.runtime().run(half::find_child<ship>(root, "ship")); }

    void sail(int miles) {
        day.cast(at_sea(), ship::sail{miles});
        day.settle();
    }
    void load(const std::string& what) {
        const auto told = day.ask("a merchant", at_sea(), ship::load{what});
        day.settle();
        expect(told == true, "a merchant brought " + what + ", and has " + told.told());
    }
    void wave() {
        day.note("a wave takes the ship");
        half::kill(at_sea());
        day.settle();
    }
    // The ship, seen from the shore: "10: tea, salt".
    std::string seen() {
        const auto mile  = day.ask("the shore", at_sea(), ship::where{});
        const auto cargo = day.ask("the shore", at_sea(), ship::cargo{});
        day.settle();
        if (!mile.answered() || !cargo.answered()) return "nothing, for the ship went down again";
        std::string text = std::to_string(*mile.answer()) + ":";
        for (const auto& crate : *cargo.answer()) text += " " + crate;
        return text;
    }
    void expect_seen(const std::string& what, const std::string& because,
                     std::source_location here = std::source_location::current()) {
        const auto found = seen();
        expect(found == what, {because + ". From the shore one should see \"" + what
                                   + "\" (the mile, the crates), and sees \"" + found + "\"",
                               here});
    }
};

TEST_F(SoFarSoGood, ARockCostsOneOrder) {
    sail(10);
    sail(3);
    expect_seen("10:", "a ship sailed ten miles, and three more onto the rocks; the next one is out");
}

TEST_F(SoFarSoGood, TheNextLifeSailsOn) {
    sail(10);
    sail(3);
    sail(8);
    expect_seen("18:", "ten miles, three more onto the rocks, and the next ship sailed eight");
    sail(-4);
    sail(2);
    expect_seen("20:", "at mile 18, four back onto the rocks, and the next ship sailed two");
}

TEST_F(SoFarSoGood, WhatIsOnBoardStaysOnBoard) {
    sail(5);
    load("tea");
    load("salt");
    sail(9);
    expect_seen("5: tea salt", "with tea and salt from mile 5 nine miles, onto the rocks; the next ship is out");
}

TEST_F(SoFarSoGood, AWaveCostsNothing) {
    load("tea");
    sail(10);
    load("salt");
    wave();
    expect_seen("10: tea salt", "tea, ten miles, salt, and a wave; the next ship is out");
    sail(10);
    wave();
    expect_seen("20: tea salt", "ten miles more, and a wave; the next ship is out");
}

}  // namespace
