// What the lesson of chapter 02 says, run. The regions are the code blocks of its text, and what a test prints is there too.
#include <02_supervisor/application.hpp>
#include <02_supervisor/async.hpp>
#include <02_supervisor/dynamic_supervisor.hpp>
#include <02_supervisor/partition_supervisor.hpp>
#include <02_supervisor/supervisor.hpp>
#include <02_supervisor/tree.hpp>

#include <fmt/ranges.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <string>
#include <vector>

namespace {

using namespace std::chrono_literals;
using half::exit_reason;
using testing::ElementsAre;
using testing::HasSubstr;
using lines = std::vector<std::string>;

long long seconds(half::time_point t) { return t.time_since_epoch() / 1s; }

half::simulated quiet(std::uint64_t seed = 1) {
    return {.seed = seed, .on_report = [](const half::report&) {}};
}

// The status of a child, as its supervisor says; nothing when it does not know it.
std::optional<half::child_info> look_for(half::runtime& sim, half::ref<half::supervisor> root, std::string_view id) {
    for (auto& each : sim.call(root, half::supervisor::which_children{}))
        if (each.id == id) return each;
    return std::nullopt;
}

// clang-format off: the servers' messages are meant to be read as lists

// -- the sketch, mended -------------------------------------------------------------------------------------------

namespace mended {

struct guest;

struct cook {
    struct order { std::string dish; half::ref<guest> by; };

    void handle(order o);
};

//! [patient_guest]
struct guest {
    struct served { std::string dish; };

    std::string                 wants;
    half::ref<half::supervisor> kitchen;
    half::monitor_id            watch = {};
    std::string                 eats  = "nothing";

    half::task<> init(half::self<guest> self) { return order(self); }

    //! [patient]
    half::task<> order(half::self<guest> self) {
        auto chef = co_await half::find_child<cook>(kitchen, "cook");
        watch     = half::monitor(self, chef);
        chef.cast(cook::order{wants, self});
    }

    half::task<> handle(half::down, half::self<guest> self) {
        if (wants == "fugu") wants = "soup";  // not the same again
        return order(self);
    }
    //! [patient]

    void handle(served s, half::self<guest> self) {
        half::demonitor(self, watch);
        eats = s.dish;
    }

    std::string describe() const { return "eats " + eats; }
};
//! [patient_guest]

void cook::handle(order o) {
    if (o.dish == "fugu") throw std::runtime_error{"nobody taught me fugu"};
    o.by.cast(guest::served{o.dish});
}

void evening(half::runtime& evening) {
    //! [mended_evening]
    auto root = evening.start(half::supervisor{.children = {{.id = "cook", .start = cook{}}}});
    auto ann  = evening.start(guest{"soup", root});
    auto bob  = evening.start(guest{"fugu", root});
    auto eve  = evening.start(guest{"bread", root});

    evening.settle();
    for (auto who : {ann, bob, eve}) fmt::print("{}\n", evening.info(who)->state);
    //! [mended_evening]
}

}  // namespace mended

TEST(Lesson, EverybodyEatsWhenTheCookIsReplaced) {
    for (std::uint64_t seed = 1; seed <= 50; ++seed) {
        half::runtime sim{quiet(seed)};
        testing::internal::CaptureStdout();
        mended::evening(sim);
        const auto printed = testing::internal::GetCapturedStdout();
        if (seed == 1) fmt::print("{}", printed);
        EXPECT_EQ(printed, "eats soup\neats soup\neats bread\n") << "seed " << seed;
    }
}

// -- monitors -----------------------------------------------------------------------------------------------------

struct lamp {
    struct fail { std::string why; };

    void handle(fail f) { throw std::runtime_error{f.why}; }
};

//! [ended]
half::task<std::string> how_did_it_end(half::pid who) {
    auto why = co_await half::ended(who, 5s);
    if (!why) co_return "it lives";
    co_return to_string(*why);
}
//! [ended]

TEST(Lesson, AnEndCanBeWaitedFor) {
    half::runtime sim{quiet()};
    auto          light = sim.start(lamp{});
    EXPECT_EQ(sim.run(how_did_it_end(light)), "it lives");
    EXPECT_EQ(seconds(sim.now()), 5);

    light.cast(lamp::fail{"the bulb broke"});
    EXPECT_EQ(sim.run(how_did_it_end(light)), "crash: the bulb broke");
    EXPECT_EQ(sim.run(how_did_it_end(light)), "noproc");  // asked too late: nobody is there
    EXPECT_EQ(seconds(sim.now()), 5);
}

// -- links --------------------------------------------------------------------------------------------------------

//! [link]
struct burner {
    half::pid hose;  // the gas comes through it

    void init(half::self<burner> self) { half::link(self, hose); }
};
//! [link]

//! [trap]
struct warden {
    half::pid burner;

    void init(half::self<warden> self) { half::link(self, burner); }

    void handle(half::exit_signal s) {
        fmt::print("the warden hears: {}\n", s.reason);
    }
};
//! [trap]

struct chain {
    half::ref<lamp>   hose;
    half::ref<burner> flame;
    half::ref<warden> guard;

    explicit chain(half::runtime& sim)
        : hose{sim.start(lamp{})}, flame{sim.start(burner{hose})}, guard{sim.start(warden{flame})} {}

    std::string who_lives(half::runtime& sim) const {
        lines left;
        if (sim.info(hose)) left.push_back("the hose");
        if (sim.info(flame)) left.push_back("the burner");
        if (sim.info(guard)) left.push_back("the warden");
        return fmt::format("{}", fmt::join(left, ", "));
    }
};

TEST(Lesson, ACrashGoesThroughLinksUntilSomebodyTrapsIt) {
    half::runtime sim{quiet()};
    chain         room{sim};
    testing::internal::CaptureStdout();
    room.hose.cast(lamp::fail{"a leak"});
    sim.settle();
    fmt::print("who lives: {}\n", room.who_lives(sim));
    const auto printed = testing::internal::GetCapturedStdout();
    fmt::print("{}", printed);
    EXPECT_EQ(printed, "the warden hears: crash: a leak\nwho lives: the warden\n");
}

TEST(Lesson, ANormalEndTakesNobodyAlong) {
    half::runtime sim{quiet()};
    chain         room{sim};
    testing::internal::CaptureStdout();
    room.hose.stop();
    sim.settle();
    EXPECT_EQ(testing::internal::GetCapturedStdout(), "");  // the burner lives, so its link has nothing to say
    EXPECT_EQ(room.who_lives(sim), "the burner, the warden");
}

TEST(Lesson, AKillGoesThroughLinksAsAnyOtherReason) {
    half::runtime sim{quiet()};
    chain         room{sim};
    testing::internal::CaptureStdout();
    half::kill(room.hose);
    sim.settle();
    EXPECT_EQ(testing::internal::GetCapturedStdout(), "the warden hears: killed\n");
    EXPECT_EQ(room.who_lives(sim), "the warden");
}

// -- children -----------------------------------------------------------------------------------------------------

struct cook {
    struct order { std::string dish; using reply = std::string; };

    int cooked = 0;

    std::string handle(order o) {
        if (o.dish == "fugu") throw std::runtime_error{"nobody taught me fugu"};
        return fmt::format("{}, dish {} of this cook", o.dish, ++cooked);
    }
};

struct menu {
    struct read { using reply = std::string; };

    std::string dish;

    std::string handle(read) { return dish; }
};

struct oven {};

std::string today = "soup";

std::string dish_of_the_day() { return today; }

half::supervisor kitchen() {
    //! [child]
    return {
        .children = {
            {.id = "cook", .start = cook{}},                                  // each begins as a copy of this cook
            {.id = "menu", .start = [] { return menu{dish_of_the_day()}; }},  // each begins as this function says then
            {.id = "oven", .start = oven{}, .restart = half::transient, .shutdown = 20s},
        },
    };
    //! [child]
}

TEST(Lesson, AChildBeginsFromACopyOrFromWhatAFunctionSays) {
    today = "soup";
    half::runtime sim{quiet()};
    auto          root = sim.start(kitchen());
    auto          chef = sim.run(half::find_child<cook>(root, "cook"));
    auto          card = sim.run(half::find_child<menu>(root, "menu"));
    EXPECT_EQ(sim.call(chef, cook::order{"soup"}), "soup, dish 1 of this cook");
    EXPECT_EQ(sim.call(card, menu::read{}), "soup");

    today = "bread";
    half::kill(chef);
    half::kill(card);
    sim.settle();
    chef = sim.run(half::find_child<cook>(root, "cook"));
    card = sim.run(half::find_child<menu>(root, "menu"));
    EXPECT_EQ(sim.call(chef, cook::order{"soup"}), "soup, dish 1 of this cook");
    EXPECT_EQ(sim.call(card, menu::read{}), "bread");
}

TEST(Lesson, WhoAsksForAnotherTypeOrAnotherNameFindsNobody) {
    half::runtime sim{quiet()};
    auto          root = sim.start(kitchen());
    EXPECT_FALSE(sim.run(half::find_child<menu>(root, "cook")));
    EXPECT_FALSE(sim.run(half::find_child<cook>(root, "waiter")));
}

TEST(Lesson, AnOldAddressStaysTheOldOnes) {
    half::runtime sim{quiet()};
    auto          root = sim.start(kitchen());
    auto          old  = sim.run(half::find_child<cook>(root, "cook"));
    half::kill(old);
    sim.settle();
    auto got = sim.try_call(old, cook::order{"soup"});
    ASSERT_FALSE(got);
    EXPECT_EQ(got.error(), half::no_answer::no_such_process);
    EXPECT_TRUE(sim.run(half::find_child<cook>(root, "cook")));
}

TEST(Lesson, ASupervisorCanBeAsked) {
    half::runtime sim{quiet()};
    auto          root = sim.start(kitchen());
    //! [ask]
    auto card = sim.call(root, half::supervisor::start_child{{.id = "wines", .start = menu{"a red one"}}});
    auto done = sim.call(root, half::supervisor::terminate_child{"menu"});
    auto who = sim.call(root, half::supervisor::count_children{});
    //! [ask]
    ASSERT_TRUE(card && done);
    EXPECT_EQ(who.specs, 4u);
    EXPECT_EQ(who.active, 3u);
    EXPECT_TRUE(sim.run(half::find_child<menu>(root, "wines")));
    EXPECT_FALSE(sim.run(half::find_child<menu>(root, "menu")));
    EXPECT_TRUE(sim.call(root, half::supervisor::restart_child{"menu"}));
    EXPECT_TRUE(sim.run(half::find_child<menu>(root, "menu")));
}

// -- which ends call for a new start ------------------------------------------------------------------------------

struct worker {
    struct end { std::string how; };

    void handle(end e, half::self<worker> self) {
        if (e.how == "normal") self.stop();
        else if (e.how == "shutdown") throw half::leave{exit_reason::shutdown()};
        else if (e.how == "killed") half::kill(self);
        else throw std::runtime_error{"boom"};
    }
};

std::string what_comes_of(half::restart type, std::string how) {
    half::runtime sim{quiet()};
    auto root = sim.start(half::supervisor{.children = {{.id = "worker", .start = worker{}, .restart = type}}});
    auto first = look_for(sim, root, "worker")->pid;
    sim.run(half::find_child<worker>(root, "worker")).cast(worker::end{how});
    sim.settle();
    auto now = look_for(sim, root, "worker");
    if (!now) return "forgotten";
    if (now->now == half::child_info::status::stopped) return "stays down";
    return now->pid != first ? "again" : "lives";
}

TEST(Lesson, WhichEndsCallForANewStart) {
    std::string table = "            permanent   transient   temporary\n";
    for (auto how : {"normal", "shutdown", "crash", "killed"}) {
        table += fmt::format("{:<12}", how);
        for (auto type : {half::permanent, half::transient}) table += fmt::format("{:<12}", what_comes_of(type, how));
        table += what_comes_of(half::temporary, how) + "\n";
    }
    fmt::print("{}", table);
    EXPECT_EQ(table, "            permanent   transient   temporary\n"
                     "normal      again       stays down  forgotten\n"
                     "shutdown    again       stays down  forgotten\n"
                     "crash       again       again       forgotten\n"
                     "killed      again       again       forgotten\n");
}

// -- strategies ---------------------------------------------------------------------------------------------------

struct station {
    struct fail { std::string why; };

    std::string name;
    lines*      begun = nullptr;

    void init() { if (begun) begun->push_back(name); }
    void handle(fail f) { throw std::runtime_error{f.why}; }
};

half::supervisor three_stations(half::strategy which, lines& begun) {
    return {
        .strategy = which,
        .children = {
            {.id = "gas",   .start = station{"gas", &begun}},
            {.id = "stove", .start = station{"stove", &begun}},
            {.id = "pot",   .start = station{"pot", &begun}},
        },
    };
}

lines who_begins_again(half::strategy which, std::string_view fails) {
    half::runtime sim{quiet()};
    lines         begun;
    auto          root = sim.start(three_stations(which, begun));
    EXPECT_THAT(begun, ElementsAre("gas", "stove", "pot"));
    begun.clear();
    sim.run(half::find_child<station>(root, std::string{fails})).cast(station::fail{"out of order"});
    sim.settle();
    return begun;
}

TEST(Lesson, WhoBeginsAgainWithTheStove) {
    const auto alone = who_begins_again(half::one_for_one, "stove");
    const auto all   = who_begins_again(half::one_for_all, "stove");
    const auto rest  = who_begins_again(half::rest_for_one, "stove");
    fmt::print("one_for_one:  {}\n", fmt::join(alone, ", "));
    fmt::print("one_for_all:  {}\n", fmt::join(all, ", "));
    fmt::print("rest_for_one: {}\n", fmt::join(rest, ", "));
    EXPECT_THAT(alone, ElementsAre("stove"));
    EXPECT_THAT(all, ElementsAre("gas", "stove", "pot"));
    EXPECT_THAT(rest, ElementsAre("stove", "pot"));
}

TEST(Lesson, TheLastOneTakesNobodyAlong) {
    EXPECT_THAT(who_begins_again(half::rest_for_one, "pot"), ElementsAre("pot"));
    EXPECT_THAT(who_begins_again(half::rest_for_one, "gas"), ElementsAre("gas", "stove", "pot"));
}

// -- giving up ----------------------------------------------------------------------------------------------------

half::supervisor small_restaurant() {
    return {
        .at_most  = {.restarts = 3, .within = 5s},  // the default, said aloud
        .children = {{.id = "cook", .start = cook{}}},
    };
}

// The cook dies of fugu, again and again. Returns how many orders it takes until the restaurant is closed.
int orders_until_it_closes(half::duration between, int at_most) {
    half::runtime sim{quiet()};
    auto          root = sim.start(small_restaurant());
    for (int orders = 1; orders <= at_most; ++orders) {
        sim.run(half::find_child<cook>(root, "cook")).cast(cook::order{"fugu"});
        sim.settle();
        if (!sim.info(root)) return orders;
        sim.advance(between);
    }
    return 0;
}

TEST(Lesson, FourCrashesWithinFiveSecondsAreTooMany) {
    EXPECT_EQ(orders_until_it_closes(0s, 10), 4);
    EXPECT_EQ(orders_until_it_closes(1s, 10), 4);
}

TEST(Lesson, ACrashEveryTwoSecondsIsBorneForEver) { EXPECT_EQ(orders_until_it_closes(2s, 1000), 0); }

//! [nested]
half::supervisor house() {
    return {
        .strategy = half::one_for_all,
        .children = {
            {.id = "gas",     .start = station{"gas"}},
            {.id = "kitchen", .start = small_restaurant()},  // a supervisor is a child like any other
        },
    };
}
//! [nested]

TEST(Lesson, WhoGivesUpIsAChildThatEnded) {
    half::runtime sim{quiet()};
    auto          root    = sim.start(house());
    auto          gas     = look_for(sim, root, "gas")->pid;
    auto          kitchen = sim.run(half::find_child<half::supervisor>(root, "kitchen"));
    for (int i = 0; i < 4; ++i) {
        sim.run(half::find_child<cook>(kitchen, "cook")).cast(cook::order{"fugu"});
        sim.settle();
    }
    auto again = look_for(sim, root, "kitchen");
    EXPECT_EQ(again->now, half::child_info::status::running);
    EXPECT_NE(again->pid, kitchen);
    EXPECT_EQ(again->restarts, 1u);
    EXPECT_NE(look_for(sim, root, "gas")->pid, gas);  // one_for_all
    kitchen = sim.run(half::find_child<half::supervisor>(root, "kitchen"));
    EXPECT_TRUE(sim.run(half::find_child<cook>(kitchen, "cook")));
}

TEST(Lesson, EachRestartIsReportedAndSoIsGivingUp) {
    std::string   log;
    half::runtime sim{half::simulated{.on_report = [&log](const half::report& r) {
        if (r.what == half::report::kind::remark) log += to_string(r) + "\n";
    }}};
    auto root = sim.start(half::supervisor{.at_most = {.restarts = 1}, .children = {{.id = "cook", .start = cook{}}}});
    for (int i = 0; i < 2; ++i) {
        sim.run(half::find_child<cook>(root, "cook")).cast(cook::order{"fugu"});
        sim.settle();
    }
    fmt::print("{}", log);
    EXPECT_THAT(log, HasSubstr("cook"));
    EXPECT_THAT(log, HasSubstr("nobody taught me fugu"));
    EXPECT_FALSE(sim.info(root));
}

// -- order of start and stop, and how long it may take ------------------------------------------------------------

struct machine {
    std::string    name;
    half::duration takes = 1s;  // to be put away

    half::task<> init() {
        fmt::print("{} begins\n", name);
        co_return;
    }
    half::task<> terminate(exit_reason, half::self<machine> self) {
        co_await half::sleep(takes);
        fmt::print("{} is put away, second {}\n", name, seconds(self.now()));
    }
};

TEST(Lesson, TheLastToBeginIsTheFirstToEnd) {
    half::runtime sim{quiet()};
    testing::internal::CaptureStdout();
    auto root = sim.start(half::supervisor{.children = {
        {.id = "gas",   .start = machine{"gas"}},
        {.id = "stove", .start = machine{"stove"}},
        {.id = "pot",   .start = machine{"pot"}},
    }});
    root.stop();
    sim.advance(10s);
    const auto printed = testing::internal::GetCapturedStdout();
    fmt::print("{}", printed);
    EXPECT_EQ(printed, "gas begins\nstove begins\npot begins\n"
                       "pot is put away, second 1\nstove is put away, second 2\ngas is put away, second 3\n");
}

// Watches, and says when who ended.
struct clock_watcher {
    std::vector<std::pair<half::pid, std::string>> whom;

    void init(half::self<clock_watcher> self) {
        for (auto& [pid, name] : whom) half::monitor(self, pid);
    }
    void handle(half::down d, half::self<clock_watcher> self) {
        for (auto& [pid, name] : whom)
            if (pid == d.who) fmt::print("second {}: the {} ended: {}\n", seconds(self.now()), name, d.reason);
    }
};

half::supervisor closing_time() {
    //! [shutdown]
    return {
        .children = {
            //! [shutdown_children]
            // asked; it has 5 s
            {.id = "pot", .start = machine{"pot", 1s}},
            // asked; it has 2 s
            {.id = "stove", .start = machine{"stove", 60s}, .shutdown = 2s},
            // not asked
            {.id = "lamp", .start = machine{"lamp"}, .shutdown = half::brutal_kill},
            //! [shutdown_children]
        },
    };
    //! [shutdown]
}

TEST(Lesson, AChildIsAskedAndThenKilled) {
    half::runtime sim{quiet()};
    testing::internal::CaptureStdout();
    auto          root = sim.start(closing_time());
    clock_watcher watcher;
    for (auto& each : sim.call(root, half::supervisor::which_children{})) watcher.whom.emplace_back(each.pid, each.id);
    sim.start(watcher);
    testing::internal::GetCapturedStdout();
    testing::internal::CaptureStdout();
    root.stop();
    sim.advance(100s);
    const auto printed = testing::internal::GetCapturedStdout();
    fmt::print("{}", printed);
    EXPECT_EQ(printed, "second 0: the lamp ended: killed\n"
                       "second 2: the stove ended: killed\n"
                       "pot is put away, second 3\n"
                       "second 3: the pot ended: shutdown\n");
}

struct broken {
    void init() { throw std::runtime_error{"no gas today"}; }
};

TEST(Lesson, ATreeStartsWholeOrNotAtAll) {
    half::runtime sim{quiet()};
    lines         begun;
    try {
        sim.start(half::supervisor{.children = {
            {.id = "gas",   .start = station{"gas", &begun}},
            {.id = "stove", .start = broken{}},
            {.id = "pot",   .start = station{"pot", &begun}},
        }});
        FAIL() << "it started";
    } catch (const half::start_failed& e) {
        fmt::print("{}\n", e.what());
        EXPECT_THAT(e.what(), HasSubstr("stove"));
        EXPECT_THAT(e.what(), HasSubstr("no gas today"));
    }
    sim.settle();
    EXPECT_THAT(begun, ElementsAre("gas"));      // the pot's turn never came,
    EXPECT_TRUE(sim.processes().empty());        // and the gas was turned off again
}

TEST(Lesson, NobodyIsOrphaned) {
    half::runtime sim{quiet()};
    auto          root = sim.start(house());
    EXPECT_EQ(sim.processes().size(), 4u);
    half::kill(root);  // no line of it runs any more
    sim.settle();
    EXPECT_TRUE(sim.processes().empty());
}

// -- many of one kind ---------------------------------------------------------------------------------------------

struct book {
    struct write   { std::string name; int weight; };
    struct look_up { std::string name; using reply = int; };

    std::map<std::string, int> weights;

    void handle(write w) { weights[w.name] = w.weight; }
    int  handle(look_up l) { return weights[l.name]; }
};

//! [pet]
struct pet {
    struct eat   { int grams; };
    struct weigh { using reply = int; };

    std::string     name;
    half::ref<book> records;
    int             weight = 0;

    half::task<> init() { weight = co_await records.call(book::look_up{name}); }

    void handle(eat m) {
        weight += m.grams;
        records.cast(book::write{name, weight});
    }
    int handle(weigh) { return weight; }
};

using kennel = half::dynamic_supervisor<pet, std::string>;
//! [pet]

TEST(Lesson, ANewLifeBeginsFromWhatItsStartFinds) {
    half::runtime sim{quiet()};
    auto          records = sim.start(book{});
    //! [kennel]
    auto pets = sim.start(kennel{
        .start = [records](const std::string& name) { return pet{.name = name, .records = records}; },
    });
    auto tom  = sim.call(pets, kennel::start_child{"tom"});  // std::expected: a ref, or why not
    //! [kennel]
    ASSERT_TRUE(tom);
    tom->cast(pet::eat{500});
    EXPECT_EQ(sim.call(*tom, pet::weigh{}), 500);
    sim.settle();
    half::kill(*tom);
    sim.settle();
    auto now = sim.call(pets, kennel::which_children{});
    ASSERT_EQ(now.size(), 1u);
    EXPECT_NE(now.front(), *tom);
    EXPECT_EQ(sim.call(now.front(), pet::weigh{}), 500);
}

// -- one child per core -------------------------------------------------------------------------------------------

struct counter {
    struct get { using reply = int; };
    struct add { int by; };

    int count = 0;

    int  handle(get) { return count; }
    void handle(add m) { count += m.by; }
};

TEST(Lesson, OneKeyLeadsToOnePartition) {
    half::runtime sim{quiet()};
    //! [partitions]
    half::partitions<counter> votes{4};
    auto root = sim.start(half::partition_supervisor<counter>{.into = votes});

    for (auto who : {"ann", "bob", "ann", "eve"}) votes.of(who).cast(counter::add{1});
    int for_ann = sim.call(votes.of("ann"), counter::get{});
    //! [partitions]
    EXPECT_GE(for_ann, 2);
    EXPECT_EQ(votes.of("ann"), votes.of(std::string{"ann"}));
    int all = 0;
    for (std::size_t i = 0; i < votes.size(); ++i) all += sim.call(votes[i], counter::get{});
    EXPECT_EQ(all, 4);
    half::kill(votes.of("ann"));
    sim.settle();
    EXPECT_EQ(sim.call(votes.of("ann"), counter::get{}), 0);  // a new life, at the same key
    EXPECT_TRUE(sim.info(root));
}

// -- one task, one process, one result ----------------------------------------------------------------------------

//! [async]
half::task<std::string> make(std::string dish) {
    if (dish == "fugu") throw std::runtime_error{"nobody taught me fugu"};
    co_await half::sleep(3s);
    co_return dish;
}

struct kitchen_hand {
    struct menu { using reply = std::string; };

    //! [menu]
    half::task<std::string> handle(menu, half::self<kitchen_hand> self) {
        // Each in a process of its own, at the same time.
        auto soup  = half::async(self, make, "soup");
        auto bread = half::async(self, make, "bread");
        auto first = co_await soup;
        co_return first + " and " + co_await bread;
    }
    //! [menu]
};
//! [async]

TEST(Lesson, TwoJobsAreDoneAtTheSameTime) {
    half::runtime sim{quiet()};
    EXPECT_EQ(sim.call(sim.start(kitchen_hand{}), kitchen_hand::menu{}), "soup and bread");
    EXPECT_EQ(seconds(sim.now()), 3);
}

//! [try_async]
struct careful {
    struct serve { std::string dish; using reply = std::string; };

    half::ref<half::task_supervisor> helpers;

    half::task<std::string> handle(serve s, half::self<careful> self) {
        //! [try_async_lines]
        auto dish = half::async(self, helpers, make, s.dish);
        auto got  = co_await dish.try_result(4s);
        co_return got ? *got : "pizza: " + to_string(got.error());
        //! [try_async_lines]
    }
};
//! [try_async]

TEST(Lesson, ACrashOfASupervisedJobIsAnAnswer) {
    half::runtime sim{quiet()};
    auto          hand = sim.start(careful{sim.start(half::task_supervisor{})});
    EXPECT_EQ(sim.call(hand, careful::serve{"soup"}), "soup");
    const auto said = sim.call(hand, careful::serve{"fugu"});
    EXPECT_THAT(said, HasSubstr("nobody taught me fugu"));
    EXPECT_TRUE(sim.info(hand));
}

// -- a whole program ----------------------------------------------------------------------------------------------

using once_it_runs = std::function<void(half::runtime&, half::ref<half::supervisor>)>;

//! [application]
int serve(once_it_runs started) {
    return half::run({.root = house(), .started = started});
}
//! [application]

TEST(Lesson, AProgramEndsWithACodeThatSaysHow) {
    const int asked = serve([](half::runtime&, half::ref<half::supervisor>) { std::raise(SIGTERM); });
    const int failed = half::run({.root = {.children = {{.id = "stove", .start = broken{}}}}});
    fmt::print("asked to stop: {}\n", asked);
    fmt::print("did not start: {}\n", failed);
    EXPECT_EQ(asked, 0);
    EXPECT_EQ(failed, 1);
}

// -- looking at the tree ------------------------------------------------------------------------------------------

TEST(Lesson, ThePictureOfTheTreeIsDrawnByTheTreeItself) {
    half::runtime sim{quiet()};
    auto          root    = sim.start(house());
    auto          kitchen = sim.run(half::find_child<half::supervisor>(root, "kitchen"));
    sim.run(half::find_child<cook>(kitchen, "cook")).cast(cook::order{"fugu"});
    sim.settle();

    const auto drawn   = to_svg(sim.run(half::look_at(root)));
    const auto folder  = std::filesystem::path{__FILE__}.parent_path() / "../../chapters/02_supervisor/pictures";
    const auto picture = folder.lexically_normal() / "tree.svg";
    std::ifstream     in{picture};
    const std::string kept{std::istreambuf_iterator<char>{in}, {}};
    if (kept == drawn) return;
    const auto now = testing::TempDir() + "tree.svg";
    std::ofstream{now} << drawn;
    FAIL() << "The lesson's picture is another one. Look at " << now << "; if it is right, copy it to " << picture;
}

// -- done ---------------------------------------------------------------------------------------------------------

half::supervisor one_meal() {
    //! [significant]
    return {
        .auto_shutdown = half::auto_shutdown::any_significant,
        .children = {
            {.id = "cook",  .start = cook{}},
            {.id = "guest", .start = worker{}, .restart = half::transient, .significant = true},
        },
    };
    //! [significant]
}

TEST(Lesson, ATreeMayEndWhenItsWorkIsDone) {
    half::runtime sim{quiet()};
    auto          root = sim.start(one_meal());
    sim.run(half::find_child<worker>(root, "guest")).cast(worker::end{"crash"});
    sim.settle();
    EXPECT_TRUE(sim.info(root));  // it was started again: not done yet
    sim.run(half::find_child<worker>(root, "guest")).cast(worker::end{"normal"});
    sim.settle();
    EXPECT_TRUE(sim.processes().empty());
}

// -- the mail of a child that died --------------------------------------------------------------------------------

TEST(Lesson, MailThatWaitedForADeadCookIsNotHandedOn) {
    half::runtime sim{quiet()};
    auto          root = sim.start(small_restaurant());
    auto          chef = sim.run(half::find_child<cook>(root, "cook"));
    auto          order_all = [](half::ref<cook> at) -> half::task<lines> {
        at.cast(cook::order{"fugu"});
        auto soup = co_await at.try_call(cook::order{"soup"});
        lines heard{soup ? *soup : to_string(soup.error())};
        co_return heard;
    };
    const auto heard = sim.run(order_all(chef));
    ASSERT_EQ(heard.size(), 1u);
    fmt::print("{}\n", heard.front());
    EXPECT_THAT(heard.front(), HasSubstr("nobody taught me fugu"));
    auto next = sim.run(half::find_child<cook>(root, "cook"));
    EXPECT_EQ(sim.call(next, cook::order{"bread"}), "bread, dish 1 of this cook");
}

// clang-format on

}  // namespace
