#include <02_supervisor/monitor.hpp>

#include <exercise/night_watch.hpp>
#include <exercise/story.hpp>
#include <optional>

namespace {

using exercise::expect;
using exercise::story;
using namespace std::chrono_literals;

// Hears why the watchman ends.
struct harbour {
    half::pid                         who;
    std::optional<half::exit_reason>* heard;

    half::task<> init() { *heard = co_await half::ended(who); }
};

struct NightWatch : testing::Test {
    std::optional<half::exit_reason> went_home;
    story                            night;
    half::ref<watchman>              man = night.start(watchman{});

    NightWatch() {
        night.runtime().spawn(harbour{man, &went_home});
        night.settle();
    }

    half::ref<lamp> light() {
        return night.runtime().try_call(man, watchman::which_lamp{}).value_or(half::ref<lamp>{});
    }
    bool burns() { return half::alive(light()); }

    void storm(const std::string& why) {
        night.cast(light(), lamp::storm{why});
        night.settle();
    }
    void burn_out() {
        night.cast(light(), lamp::burn_out{});
        night.settle();
    }
    std::string ended() const {
        return went_home ? "he ended with \"" + to_string(*went_home) + "\"" : "he is still there";
    }
};

TEST_F(NightWatch, TheLampIsLitAgain) {
    if (!expect(burns(), "no lamp burns at the beginning")) return;
    const auto first = light();
    storm("a gale");
    if (!expect(burns(), "a storm crashed the lamp, and no other was lit")) return;
    expect(light() != first, "which_lamp still gives the lamp that crashed");
    burn_out();
    expect(burns(), "the lamp burnt out, which is a normal end, and no other was lit");
}

TEST_F(NightWatch, TheLogSaysWhy) {
    storm("a gale");
    burn_out();
    storm("a gull");
    const std::vector<std::string> right{"crash: a gale", "normal", "crash: a gull"};
    const auto                     log = night.runtime().try_call(man, watchman::read_log{});
    expect(log && *log == right, "a gale, then it burnt out, then a gull; the log should say "
                                     + testing::PrintToString(right) + " and says " + exercise::told(log));
}

TEST_F(NightWatch, TheFourthEndInAMinuteIsTheLast) {
    for (int i = 1; i <= 3; ++i) {
        storm("gust " + std::to_string(i));
        if (!expect(burns(), "after gust " + std::to_string(i) + " no lamp burns; he bears three in a minute")) return;
        night.advance(15s);
    }
    storm("gust 4");
    expect(went_home == half::exit_reason::crash("gust 4"),
           "four gusts in a minute; he should end with \"crash: gust 4\", and " + ended());
}

TEST_F(NightWatch, ALongNightIsNoReasonToGiveUp) {
    for (int i = 1; i <= 30; ++i) {
        storm("gust " + std::to_string(i));
        if (!expect(burns(), "a gust each 25 s, so never four in a minute; after gust " + std::to_string(i)
                                 + " no lamp burns, and " + ended()))
            return;
        night.advance(25s);
    }
    for (int i = 31; i <= 33; ++i) storm("gust " + std::to_string(i));
    expect(went_home.has_value(), "then three more at once, which makes five in a minute, and " + ended());
}

TEST_F(NightWatch, HeGoesHomeWhenHeIsTold) {
    const auto last = light();
    if (!expect(half::alive(last), "no lamp burns at the beginning")) return;
    half::exit(man, half::exit_reason::shutdown("it is day"));
    night.settle();
    expect(went_home == half::exit_reason::shutdown("it is day"),
           "he was asked to end with \"shutdown: it is day\", and " + ended());
    expect(!half::alive(last), "he went home, and his lamp still burns");
}

TEST_F(NightWatch, NoLampBurnsWithoutAWatchman) {
    storm("a gale");
    const auto last = light();
    if (!expect(half::alive(last), "a storm crashed the lamp, and no other was lit")) return;
    half::kill(man);
    night.settle();
    expect(!half::alive(last), "the watchman was killed, and his lamp still burns");
}

}  // namespace
