// What the lesson of chapter 01 says, run. The regions are the code blocks of its text, and what a test prints is there too.
#include <01_gen_server/gen_server.hpp>

#include <boost/asio/buffer.hpp>
#include <boost/asio/local/connect_pair.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>
#include <fmt/ranges.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <deque>
#include <mutex>
#include <ranges>
#include <set>
#include <string>
#include <thread>

namespace {

namespace asio = boost::asio;
using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::HasSubstr;
using stream = asio::local::stream_protocol;

double seconds(half::time_point t) { return std::chrono::duration<double>{t.time_since_epoch()}.count(); }

// clang-format off: the servers' messages are meant to be read as lists

// -- the sketch, mended -------------------------------------------------------------------------------------------

struct model {
    std::string name;
};

//! [mended]
struct subscriber {
    struct changed { model what; };

    model current = {};  // still a member; now only one event at a time uses it

    half::task<> handle(changed event) {
        current = event.what;
        co_await save();
        tell(event.what.name);
    }

    half::task<> save() { co_await half::sleep(1s); }  // a database that takes its time

    void tell(const std::string& asked_for) { fmt::print("asked for {}, told about {}\n", asked_for, current.name); }
};
//! [mended]

TEST(Lesson, ASubscriberWithAMailboxMixesNothingUp) {
    half::runtime sim{half::simulated{}};
    auto          follower = sim.start(subscriber{});
    follower.cast(subscriber::changed{{"cat"}});
    follower.cast(subscriber::changed{{"dog"}});
    testing::internal::CaptureStdout();
    sim.advance(2s);
    std::string told = testing::internal::GetCapturedStdout();
    fmt::print("{}", told);
    EXPECT_EQ(told, "asked for cat, told about cat\nasked for dog, told about dog\n");
}

// -- waiting for two at once in one handler -----------------------------------------------------------------------

struct counter {
    struct get { using reply = int; };
    struct add { int by; };

    int count = 0;

    int         handle(get) { return count; }
    void        handle(add m) { count += m.by; }
    std::string describe() const { return fmt::format("at {}", count); }
};

//! [sum]
struct adder {
    struct total { using reply = int; };

    half::ref<counter> left, right;

    half::task<int> handle(total) {
        int a = co_await left.call(counter::get{});
        int b = co_await right.call(counter::get{});
        co_return a + b;
    }
};
//! [sum]

TEST(Lesson, AHandlerMayAskOthers) {
    half::runtime sim{half::simulated{}};
    auto          left  = sim.start(counter{.count = 40});
    auto          right = sim.start(counter{.count = 2});
    EXPECT_EQ(sim.call(sim.start(adder{left, right}), adder::total{}), 42);
}

//! [all]
struct quick_adder {
    struct total { using reply = int; };

    half::ref<counter> left, right;

    half::task<int> handle(total) {
        auto [a, b] = co_await half::all(left.call(counter::get{}), right.call(counter::get{}));
        co_return a + b;
    }
};
//! [all]

TEST(Lesson, AHandlerMayAskSeveralOthersAtOnce) {
    half::runtime sim{half::simulated{}};
    auto          left  = sim.start(counter{.count = 40});
    auto          right = sim.start(counter{.count = 2});
    EXPECT_EQ(sim.call(sim.start(quick_adder{left, right}), quick_adder::total{}), 42);
}

//! [all_of_them]
half::task<int> highest(std::vector<half::ref<counter>> counters) {
    auto get = [](half::ref<counter> each) { return each.try_call(counter::get{}); };

    int most = 0;
    for (auto& count : co_await half::all(counters | std::views::transform(get)))
        if (count) most = std::max(most, *count);
    co_return most;
}
//! [all_of_them]

TEST(Lesson, AHandlerMayAskAnyNumberOfOthersAtOnce) {
    half::runtime sim{half::simulated{}};
    auto          gone = sim.start(counter{.count = 99});
    half::kill(gone);
    sim.settle();
    EXPECT_EQ(sim.run(highest({sim.start(counter{.count = 3}), gone, sim.start(counter{.count = 5})})), 5);
}

// -- answering later ----------------------------------------------------------------------------------------------

//! [oven]
struct oven {
    struct take { using reply = std::string; };
    struct baked { std::string cake; };

    std::deque<half::from<std::string>> waiting;

    void handle(take, half::from<std::string> caller) { waiting.push_back(std::move(caller)); }

    void handle(baked b) {
        if (waiting.empty()) return;
        waiting.front().reply(b.cake);
        waiting.pop_front();
    }
};
//! [oven]

//! [impatient]
half::task<std::string> impatient(half::ref<oven> at) {
    // Two seconds. Say nothing: five. half::forever: no limit.
    auto cake = co_await at.try_call(oven::take{}, 2s);
    if (cake) co_return *cake;
    co_return half::to_string(cake.error());
}
//! [impatient]

TEST(Lesson, ACallHasADeadline) {
    half::runtime sim{half::simulated{}};
    auto          at = sim.start(oven{});
    EXPECT_EQ(sim.run(impatient(at)), "no answer in time");
    EXPECT_EQ(sim.now().time_since_epoch(), 2s);
}

struct guest {
    half::ref<oven> at;
    std::string*    got;

    half::task<> init() { *got = co_await impatient(at); }
};

TEST(Lesson, AnAnswerMayComeFromALaterMessage) {
    half::runtime sim{half::simulated{}};
    auto          at = sim.start(oven{});
    std::string   got;
    sim.spawn(guest{at, &got});
    sim.settle();
    EXPECT_EQ(got, "");
    at.cast(oven::baked{"cheesecake"});
    sim.settle();
    EXPECT_EQ(got, "cheesecake");
}

// -- time ---------------------------------------------------------------------------------------------------------

//! [door]
struct door {
    struct open {};
    struct close {};
    struct is_open { using reply = bool; };

    bool opened = false;

    //! [closes]
    void handle(open, half::self<door> self) {
        opened = true;
        self.send_after(10s, close{});
    }
    void handle(close) { opened = false; }
    //! [closes]
    bool handle(is_open) { return opened; }
};
//! [door]

TEST(Lesson, ADoorClosesByItself) {
    //! [door_test]
    half::runtime sim{half::simulated{.seed = 7}};
    auto          front = sim.start(door{});

    front.cast(door::open{});
    EXPECT_TRUE(sim.call(front, door::is_open{}));
    sim.advance(9s);
    EXPECT_TRUE(sim.call(front, door::is_open{}));
    sim.advance(1s);
    EXPECT_FALSE(sim.call(front, door::is_open{}));
    //! [door_test]
}

// -- death --------------------------------------------------------------------------------------------------------

struct clumsy {
    struct carry { using reply = int; };

    int handle(carry) { throw std::runtime_error{"the plate fell"}; }
};

//! [died]
half::task<std::string> see_what_happens(half::ref<clumsy> waiter) {
    auto plates = co_await waiter.try_call(clumsy::carry{});
    if (plates) co_return "well";
    if (plates.error() == half::no_answer::died) co_return half::to_string(plates.error().reason);
    co_return half::to_string(plates.error());
}
//! [died]

TEST(Lesson, ACrashReachesTheCaller) {
    std::string   told;
    half::runtime sim{half::simulated{.on_report = [&](const half::report& r) { told = half::to_string(r); }}};
    auto          waiter = sim.start(clumsy{});
    EXPECT_EQ(sim.run(see_what_happens(waiter)), "crash: the plate fell");
    EXPECT_THAT(told, HasSubstr("clumsy crashed in clumsy::carry: crash: the plate fell"));
    //! [alive]
    EXPECT_FALSE(half::alive(waiter));
    EXPECT_EQ(sim.run(see_what_happens(waiter)), "no such process");  // at once, not after five seconds
    //! [alive]
    EXPECT_EQ(sim.now().time_since_epoch(), 0s);
}

struct cook {
    struct soup { using reply = std::string; };

    half::task<std::string> handle(soup) {
        co_await half::sleep(3s);
        co_return "soup";
    }
};

struct hungry {
    half::ref<cook>  at;
    half::no_answer* what;
    double*          when;

    half::task<> init(half::self<hungry> self) {
        auto soup = co_await at.try_call(cook::soup{});
        *what     = soup.error();
        *when     = seconds(self.now());
    }
};

TEST(Lesson, AWaitingHandlerCanBeKilledAndItsCallerIsTold) {
    half::runtime   sim{half::simulated{}};
    auto            at   = sim.start(cook{});
    half::no_answer what = {half::no_answer::unanswered};
    double          when = 0;
    sim.spawn(hungry{at, &what, &when});
    sim.advance(1s);
    //! [kill]
    half::kill(at);
    sim.settle();
    EXPECT_EQ(what, (half::no_answer{half::no_answer::died, half::exit_reason::killed()}));  // its caller was told
    //! [kill]
    EXPECT_EQ(when, 1);
}

//! [spinner]
struct spinner {
    struct spin {};

    std::atomic<bool>* enough;

    //! [spin]
    void handle(spin) {
        // It does not wait and does not return: nobody can stop it.
        while (!*enough) {}
    }
    //! [spin]
};
//! [spinner]

TEST(Lesson, ASpinningHandlerIsReportedAndLeftBehind) {
    std::mutex               guard;
    std::vector<std::string> told;
    std::atomic<bool>        enough  = false;
    auto                     reports = [&] {
        std::lock_guard lock{guard};
        return told.size();
    };
    {
        half::runtime runtime{{.workers       = 1,
                               .long_handler  = 20ms,
                               .kill_deadline = 50ms,
                               .on_report     = [&](const half::report& r) {
                                   std::lock_guard lock{guard};
                                   if (r.message == "spinner::spin") told.push_back(half::to_string(r));
                               }}};
        auto          mad  = runtime.spawn(spinner{&enough});
        auto          sane = runtime.start(counter{.count = 41});
        mad.cast(spinner::spin{});
        while (reports() == 0) std::this_thread::sleep_for(1ms);  // it spins, on the only worker, and was reported
        half::kill(mad);
        EXPECT_EQ(runtime.call(sane, counter::get{}, 60s), 41);  // by the worker that replaced it
        EXPECT_FALSE(half::alive(mad));
        EXPECT_EQ(runtime.stats().left_behind, 1u);
        enough = true;
    }
    fmt::print("{}\n", fmt::join(told, "\n"));
    ASSERT_EQ(told.size(), 2u);
    EXPECT_THAT(told[0], HasSubstr(" spinner has been handling spinner::spin for "));
    EXPECT_THAT(told[0], HasSubstr(" ms: a long handler keeps its worker from everybody else; use half::blocking, or co_await\n"
                                   "  last messages: init, spinner::spin"));
    EXPECT_THAT(told[1], HasSubstr(" spinner was killed and did not come back from spinner::spin for "));
    EXPECT_THAT(told[1], HasSubstr(" ms: it is left behind, and its worker replaced\n  last messages: init, spinner::spin"));
}

// -- mail with a limit --------------------------------------------------------------------------------------------

//! [thermometer]
struct thermometer {
    //! [limit]
    using mailbox = half::bounded<3, half::overload::drop_oldest>;
    //! [limit]

    struct reading { int degrees; };

    std::vector<int> seen;

    void        handle(reading r) { seen.push_back(r.degrees); }
    std::string describe() const { return fmt::format("saw {}", fmt::join(seen, ", ")); }
};
//! [thermometer]

TEST(Lesson, AFullMailboxMayDropTheOldest) {
    half::runtime sim{half::simulated{}};
    auto          wall = sim.start(thermometer{});
    for (int i = 1; i <= 5; ++i) wall.cast(thermometer::reading{i});
    sim.settle();
    EXPECT_EQ(sim.info(wall)->state, "saw 3, 4, 5");
    EXPECT_EQ(sim.info(wall)->dropped, 2u);
}

//! [box_office]
struct box_office {
    using mailbox = half::bounded<2, half::overload::reject>;

    struct wish { int seats; };

    int sold = 0;

    void handle(wish w) { sold += w.seats; }
};

int wishes_that_got_in(half::ref<box_office> counter, int wishes) {
    int taken = 0;
    for (int i = 0; i < wishes; ++i)
        if (auto sent = counter.cast(box_office::wish{.seats = 1}); sent.has_value()) ++taken;
    return taken;
}
//! [box_office]

TEST(Lesson, AFullMailboxMaySayNo) {
    half::runtime sim{half::simulated{}};
    EXPECT_EQ(wishes_that_got_in(sim.start(box_office{}), 5), 2);
}

// -- work that blocks ---------------------------------------------------------------------------------------------

std::string read_whole_file(const std::string& path) {
    std::this_thread::sleep_for(1ms);
    return "the text of " + path;
}

//! [archive]
struct archive {
    struct fetch { std::string path; using reply = std::string; };

    half::task<std::string> handle(fetch f) {
        co_return co_await half::blocking([path = f.path] { return read_whole_file(path); });
    }
};
//! [archive]

TEST(Lesson, BlockingWorkRunsElsewhere) {
    half::runtime runtime{{.workers = 1}};
    EXPECT_EQ(runtime.call(runtime.start(archive{}), archive::fetch{"a"}), "the text of a");
    EXPECT_EQ(runtime.stats().blocking_done, 1u);
}

// -- Asio ---------------------------------------------------------------------------------------------------------

//! [echo]
struct echo {
    stream::socket socket;

    half::task<> init(half::self<echo> self) {
        std::array<char, 64> data;
        for (;;) {
            auto n = co_await socket.async_read_some(asio::buffer(data), half::tried);
            if (!n) break;  // n.error() says why
            co_await asio::async_write(socket, asio::buffer(data, *n), half::awaited);
        }
        self.stop();
    }
};
//! [echo]

TEST(Lesson, AProcessMaySpeakToASocket) {
    half::runtime    runtime{{.workers = 1}};
    asio::io_context mine;
    stream::socket   near{mine}, far{runtime.io()};
    {
        stream::socket other{mine};
        asio::local::connect_pair(near, other);
        far.assign(stream{}, other.release());
    }
    auto server = runtime.spawn(echo{std::move(far)});
    asio::write(near, asio::buffer("hello", 5));
    std::array<char, 5> back{};
    asio::read(near, asio::buffer(back));
    EXPECT_EQ((std::string{back.data(), back.size()}), "hello");
    near.close();
    for (int i = 0; i < 10'000 && half::alive(server); ++i) std::this_thread::sleep_for(1ms);
    EXPECT_FALSE(half::alive(server));
}

// -- looking inside -----------------------------------------------------------------------------------------------

TEST(Lesson, ARunningServerCanBeLookedAt) {
    half::runtime sim{half::simulated{}};
    //! [info]
    auto server = sim.start(counter{.count = 41});
    server.cast(counter::add{1});
    sim.settle();
    std::string seen = half::to_string(*sim.info(server));
    //! [info]
    fmt::print("{}\n", seen);
    EXPECT_EQ(seen.substr(seen.find(' ')), " counter, idle, 0 in the mail, 3 handled, state: at 42\n"
                                           "  last messages: init, counter::add, signal");
}

// -- the table of bytes ---------------------------------------------------------------------------------------------

// When one of these changes, change the tables under "What a process costs" with it.
TEST(Lesson, TheTableOfBytesIsRight) {
    EXPECT_EQ(sizeof(half::detail::process), 128u);
    EXPECT_EQ(sizeof(half::detail::envelope), 24u);
    EXPECT_EQ(sizeof(half::detail::timer_node), 128u);
    EXPECT_EQ(sizeof(half::detail::extras), 32u);
    EXPECT_EQ(sizeof(half::detail::bounded_mail), 160u);
    EXPECT_EQ(sizeof(half::pid), 12u);
    EXPECT_EQ(sizeof(half::ref<counter>), 12u);
    EXPECT_THAT(half::detail::pool_size::bytes, ElementsAre(32, 64, 128, 256, 512, 1024));
}

// -- predict before you run ---------------------------------------------------------------------------------------

struct diary {
    struct line { std::string text; };
    struct read { using reply = std::string; };

    std::string all;

    void        handle(line l) { all += l.text; }
    std::string handle(read) { return all; }
};

struct writer {
    half::ref<diary> book;
    std::string      letters;

    void init() {
        for (char c : letters) book.cast(diary::line{std::string{c}});
    }
};

TEST(Lesson, OrderIsKeptForEachPairOnly) {
    std::set<std::string> seen;
    for (std::uint64_t seed = 0; seed < 200; ++seed) {
        half::runtime sim{half::simulated{.seed = seed}};
        auto          book = sim.start(diary{});
        sim.spawn(writer{book, "ab"});
        sim.spawn(writer{book, "xy"});
        sim.settle();
        auto all = sim.call(book, diary::read{});
        EXPECT_LT(all.find('a'), all.find('b'));
        EXPECT_LT(all.find('x'), all.find('y'));
        seen.insert(all);
    }
    EXPECT_EQ(seen, (std::set<std::string>{"abxy", "xyab"}));
}

struct slow_bank {
    struct transfer { using reply = bool; };
    struct total { using reply = int; };

    //! [slow_bank]
    int ann = 100, bob = 100;

    half::task<bool> handle(transfer) {
        --ann;
        co_await half::sleep(1s);
        ++bob;
        co_return true;
    }
    int handle(total) { return ann + bob; }
    //! [slow_bank]
};

struct payer {
    half::ref<slow_bank> at;

    half::task<> init() { co_await at.call(slow_bank::transfer{}); }
};

TEST(Lesson, NobodyLooksInWhileAHandlerWaits) {
    half::runtime sim{half::simulated{}};
    auto          at = sim.start(slow_bank{});
    sim.spawn(payer{at});
    sim.settle();
    EXPECT_EQ(sim.call(at, slow_bank::total{}), 200);
    EXPECT_EQ(sim.now().time_since_epoch(), 1s);
}

struct friend_of {
    struct ask { half::ref<friend_of> other; using reply = std::string; };

    half::task<std::string> handle(ask a, half::self<friend_of> self) {
        auto said = co_await a.other.try_call(ask{self});
        co_return said ? *said : half::to_string(said.error());
    }
};

TEST(Lesson, WhoCallsItselfIsToldAtOnce) {
    half::runtime sim{half::simulated{}};
    auto          one = sim.start(friend_of{});
    EXPECT_EQ(sim.call(one, friend_of::ask{one}), "a process that calls itself would wait for ever");
    EXPECT_EQ(sim.now().time_since_epoch(), 0s);
}

TEST(Lesson, TwoWhoCallEachOtherWaitUntilTheDeadline) {
    half::runtime sim{half::simulated{}};
    auto          one = sim.start(friend_of{});
    auto          two = sim.start(friend_of{});
    EXPECT_EQ(sim.call(one, friend_of::ask{two}, 60s), "no answer in time");
    EXPECT_EQ(sim.now().time_since_epoch(), 5s);
}

struct napper {
    struct nap {};
    struct tick {};

    std::vector<double>* ticks;

    half::task<> handle(nap, half::self<napper> self) {
        self.send_after(1s, tick{});
        co_await half::sleep(3s);
    }
    void handle(tick, half::self<napper> self) { ticks->push_back(seconds(self.now())); }
};

TEST(Lesson, ATimerThatFiresDuringAWaitIsHandledAfterIt) {
    half::runtime       sim{half::simulated{}};
    std::vector<double> ticks;
    auto                who = sim.start(napper{&ticks});
    who.cast(napper::nap{});
    sim.advance(10s);
    EXPECT_THAT(ticks, ElementsAre(3));
}

}  // namespace
