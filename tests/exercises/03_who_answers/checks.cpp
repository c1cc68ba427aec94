#include <02_supervisor/supervisor.hpp>
#include <03_registry/registry.hpp>

#include <exercise/expect.hpp>
#include <exercise/who_answers.hpp>
#include <string>

namespace {

using exercise::expect;

// clang-format off
//! [clerk]
struct clerk;
half::registry<clerk> offices;

struct clerk {
    struct number { using reply = int; };
    struct get_name { using reply = bool; };

    static inline int clerks = 0;  // so far

    int mine = 0;

    void init()         { mine = ++clerks; }
    int  handle(number) { return mine; }
    bool handle(get_name, half::self<clerk> self) { return offices.add(self, "window").has_value(); }
};
//! [clerk]
// clang-format on

struct heard {
    std::string by_ref, by_name, third;
};

std::string told(const half::answer<int>& answer) { return answer ? std::to_string(*answer) : "nobody"; }

heard what_happens() {
    clerk::clerks = 0;
    half::runtime sim{half::simulated{.on_report = [](const half::report&) {}}};
    heard         all;
    //! [day]
    sim.start(half::supervisor{.children = {{.id = "window", .start = half::named(offices, "window", clerk{})}}});
    auto kept = offices.find("window");  // a ref
    half::kill(kept);                    // the first clerk goes home
    sim.settle();

    auto by_ref  = sim.try_call(kept, clerk::number{});
    auto by_name = sim.try_call(offices.find("window"), clerk::number{});
    auto third   = sim.start(clerk{});
    bool has_it  = sim.call(third, clerk::get_name{});
    //! [day]
    return {told(by_ref), told(by_name), has_it ? "yes" : "no"};
}

TEST(WhoAnswers, AFriendWhoKeptTheRef) {
    expect(by_the_ref == what_happens().by_ref,
           "you say that the ref leads to \"" + by_the_ref + "\", and the call said \"" + what_happens().by_ref + "\"");
}

TEST(WhoAnswers, AFriendWhoKnowsTheName) {
    expect(by_the_name == what_happens().by_name,
           "you say that by name \"" + by_the_name + "\" answers, and it was \"" + what_happens().by_name + "\"");
}

TEST(WhoAnswers, ASecondWhoWantsTheName) {
    expect(third_gets_the_name == what_happens().third, "you say \"" + third_gets_the_name
                                                            + "\" of the third clerk, and what happened is \""
                                                            + what_happens().third + "\"");
}

}  // namespace
