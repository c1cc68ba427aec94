#include <exercise/expect.hpp>
#include <exercise/purse_test.hpp>

namespace {

using exercise::expect;
using namespace std::chrono_literals;

struct right_purse {
    int coins = 0;

    void handle(put p) { coins += p.coins; }
    int  handle(total) { return coins; }
    bool handle(take t) {
        if (t.coins <= 0 || t.coins > coins) return false;
        coins -= t.coins;
        return true;
    }
};

// Each of the others differs in one thing.

struct slow : right_purse {
    using right_purse::handle;
    half::task<bool> handle(take t) {
        co_await half::sleep(1s);
        co_return right_purse::handle(t);
    }
};

struct gives_too_much : right_purse {
    using right_purse::handle;
    bool handle(take t) {
        if (t.coins <= 0) return false;
        coins -= t.coins;
        return true;
    }
};

struct says_no_and_takes : right_purse {
    using right_purse::handle;
    bool handle(take t) {
        if (t.coins <= 0) return false;
        const bool enough = t.coins <= coins;
        coins             = std::max(0, coins - t.coins);
        return enough;
    }
};

struct forgets : right_purse {
    using right_purse::handle;
    void handle(put p) { coins = p.coins; }
};

struct keeps_the_last : right_purse {
    using right_purse::handle;
    bool handle(take t) { return t.coins < coins && right_purse::handle(t); }
};

struct takes_less_than_nothing : right_purse {
    using right_purse::handle;
    bool handle(take t) {
        if (t.coins > coins) return false;
        coins -= t.coins;
        return true;
    }
};

template <class Purse>
bool accepts() {
    half::runtime sim{half::simulated{}};
    return holds(sim, sim.start(Purse{}));
}

TEST(Catch, AcceptsTheRightPurse) {
    expect(accepts<right_purse>(), "your test refuses a purse that keeps all promises");
}

TEST(Catch, AcceptsARightPurseThatTakesItsTime) {
    expect(accepts<slow>(), "your test refuses a purse that keeps all promises, but needs a second for each take");
}

TEST(Catch, RefusesOneThatGivesMoreThanItHolds) {
    expect(!accepts<gives_too_much>(), "your test accepts a purse that gives more coins than it holds");
}

TEST(Catch, RefusesOneThatSaysNoAndTakesTheCoins) {
    expect(!accepts<says_no_and_takes>(),
           "your test accepts a purse that answers false and takes what is there all the same");
}

TEST(Catch, RefusesOneThatForgetsWhatItHeld) {
    expect(!accepts<forgets>(), "your test accepts a purse that holds only what was put last");
}

TEST(Catch, RefusesOneThatKeepsTheLastCoin) {
    expect(!accepts<keeps_the_last>(), "your test accepts a purse that does not give its last coin");
}

TEST(Catch, RefusesOneThatTakesLessThanNothing) {
    expect(!accepts<takes_less_than_nothing>(),
           "your test accepts a purse from which you can take -1 coins, and it has more");
}

}  // namespace
