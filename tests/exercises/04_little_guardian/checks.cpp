#include <exercise/circus.hpp>
#include <exercise/story.hpp>

namespace {

using exercise::expect;
using exercise::story;

struct LittleGuardian : testing::Test {
    story                       day;
    half::ref<half::supervisor> root = day.start(circus());

    half::ref<juggler> find(const std::string& name) {
        return day.runtime().run(half::find_child<juggler>(root, name));
    }

    void toss(const std::string& name, int times) {
        for (int i = 0; i < times; ++i) day.cast(find(name), juggler::toss{});
        day.settle();
    }
    void trip(const std::string& name) {
        day.cast(find(name), juggler::trip{});
        day.settle();
    }
    std::string catches(const std::string& name) {
        const auto answer = day.runtime().try_call(find(name), juggler::catches{});
        return answer ? std::to_string(*answer) : "no juggler there";
    }
};

TEST_F(LittleGuardian, WhoIsNewBeginsAtNothing) {
    expect(catches("Ann") == "0", "Ann has just come, and her count is: " + catches("Ann"));
    toss("Ann", 3);
    expect(catches("Ann") == "3", "Ann has caught three, and her count is: " + catches("Ann"));
}

TEST_F(LittleGuardian, TheNextLifeGoesOn) {
    toss("Ann", 5);
    trip("Ann");
    expect(catches("Ann") == "5", "Ann caught 5 and tripped; now her count is: " + catches("Ann"));
    toss("Ann", 2);
    trip("Ann");
    trip("Ann");
    expect(catches("Ann") == "7", "Ann caught 2 more, and tripped twice; now her count is: " + catches("Ann"));
}

TEST_F(LittleGuardian, EachHasTheirOwnNumber) {
    toss("Ann", 5);
    toss("Bob", 3);
    trip("Ann");
    trip("Bob");
    expect(catches("Ann") == "5", "Ann caught 5, Bob caught 3, both tripped; now Ann's count is: " + catches("Ann"));
    expect(catches("Bob") == "3", "Ann caught 5, Bob caught 3, both tripped; now Bob's count is: " + catches("Bob"));
}

TEST_F(LittleGuardian, WhoTripsFallsAlone) {
    toss("Bob", 3);
    const auto bob    = find("Bob");
    const auto writer = scribes.find("scribe");
    trip("Ann");
    expect(bool(bob) && find("Bob") == bob, "Ann tripped, and Bob is not the same process any more");
    expect(bool(writer) && scribes.find("scribe") == writer, "Ann tripped, and the scribe is not the same any more");
}

TEST_F(LittleGuardian, TheScribeMayFallToo) {
    toss("Ann", 5);
    const auto ann   = find("Ann");
    const auto first = scribes.find("scribe");
    day.note("the scribe falls");
    half::kill(first);
    day.settle();
    expect(bool(ann) && find("Ann") == ann, "the scribe fell, and Ann is not the same process any more");
    expect(catches("Ann") == "5", "the scribe fell; Ann had caught 5, and her count is: " + catches("Ann"));
    toss("Ann", 1);
    trip("Ann");
    expect(catches("Ann") == "6",
           "the scribe fell, Ann caught her sixth, and tripped; now her count is: " + catches("Ann"));
}

}  // namespace
