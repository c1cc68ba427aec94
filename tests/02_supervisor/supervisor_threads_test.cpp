// Supervisors on real threads: what the next life finds of the last, and what is told to whoever has heard of an end.
#include "../01_gen_server/real.hpp"
#include "staff.hpp"

#include <02_supervisor/dynamic_supervisor.hpp>
#include <02_supervisor/monitor.hpp>

#include <boost/asio/ip/tcp.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>

namespace {

using namespace staff;
using real::soon;

constexpr int rounds = real::under_tsan ? 50 : 300;

struct SupervisorThreads : testing::Test {
    half::runtime runtime{half::runtime_options{.workers = 2, .on_report = [](const half::report&) {}}};
};

// -- the next life begins when the last is gone -----------------------------------------------------------------------

// What only one life at a time may have.
struct machine {
    std::atomic<bool> taken{false};
    std::atomic<int>  collisions{0};
};

// Has it from its init() to the end of its destructor, which takes a while.
class user_of {
public:
    explicit user_of(std::shared_ptr<machine> of) : of_{std::move(of)} {
        if (of_->taken.exchange(true)) ++of_->collisions;
    }
    user_of(const user_of&) = delete;
    ~user_of() {
        for (int i = 0; i < 100; ++i) std::this_thread::yield();
        of_->taken = false;
    }

private:
    std::shared_ptr<machine> of_;
};

struct operator_of {
    struct ping {
        using reply = int;
    };
    struct wait {};

    std::shared_ptr<machine> of;
    std::shared_ptr<user_of> use = {};

    void         init() { use = std::make_shared<user_of>(of); }
    int          handle(ping) { return 1; }
    half::task<> handle(wait) { co_await half::sleep(1h); }
};

half::task<> kill_again_and_again(half::ref<supervisor> root, std::string id, int times) {
    for (int i = 0; i < times; ++i) {
        auto child = co_await half::find_child<operator_of>(root, id);
        if (i % 2) child.cast(operator_of::wait{});
        half::kill(child);
        co_await half::ended(child);
    }
}

TEST_F(SupervisorThreads, ANextLifeBeginsWhenTheStateOfTheLastIsDestroyed) {
    const auto one  = std::make_shared<machine>();
    const auto root = runtime.start(
        supervisor{.at_most = {.restarts = 1'000'000}, .children = {{.id = "a", .start = operator_of{one}}}});
    runtime.run(kill_again_and_again(root, "a", rounds));
    EXPECT_EQ(runtime.call(runtime.run(half::find_child<operator_of>(root, "a")), operator_of::ping{}, soon), 1);
    EXPECT_EQ(one->collisions, 0);
}

TEST_F(SupervisorThreads, ASiblingIsStoppedWhenTheStateOfTheOneAfterItIsDestroyed) {
    // All use the same machine one after the other: each gives it up only in its destructor.
    struct stopped {
        std::shared_ptr<machine> of;
        std::shared_ptr<user_of> use = {};
        void                     handle(operator_of::wait) {}
        void                     terminate(exit_reason) { use = std::make_shared<user_of>(of); }
    };
    const auto one = std::make_shared<machine>();
    for (int i = 0; i < rounds / 10; ++i) {
        const auto root = runtime.start(supervisor{.children = {{.id = "a", .start = stopped{one}},
                                                                {.id = "b", .start = stopped{one}},
                                                                {.id = "c", .start = stopped{one}}}});
        root.stop();
        EXPECT_TRUE(runtime.run(half::ended(root, soon)));
        EXPECT_FALSE(one->taken);
    }
    EXPECT_EQ(one->collisions, 0);
}

TEST_F(SupervisorThreads, ADynamicChildsNextLifeBeginsWhenTheStateOfTheLastIsDestroyed) {
    using crew     = half::dynamic_supervisor<operator_of, std::shared_ptr<machine>>;
    const auto one = std::make_shared<machine>(), two = std::make_shared<machine>();
    const auto all = runtime.start(crew{.at_most = {.restarts = 1'000'000}});
    runtime.call(all, crew::start_child{one}).value();
    runtime.call(all, crew::start_child{two}).value();
    for (int i = 0; i < rounds; ++i)
        for (auto each : runtime.call(all, crew::which_children{})) half::kill(each);
    for (auto each : runtime.call(all, crew::which_children{})) (void)runtime.try_call(each, operator_of::ping{}, soon);
    EXPECT_EQ(one->collisions + two->collisions, 0);
}

// Listens on a port, which belongs to one process at a time.
struct listener {
    using tcp = boost::asio::ip::tcp;
    struct listen {};
    struct port_of {
        using reply = int;
    };

    boost::asio::io_context*          io;
    std::shared_ptr<std::atomic<int>> port;
    std::shared_ptr<tcp::acceptor>    door = {};

    void init(half::self<listener> me) {
        const tcp::endpoint here{boost::asio::ip::address_v4::loopback(), static_cast<std::uint16_t>(port->load())};
        door  = std::make_shared<tcp::acceptor>(*io, here);
        *port = door->local_endpoint().port();
        me.cast(listen{});
    }
    half::task<> handle(listen) {
        tcp::socket guest{*io};
        co_await door->async_accept(guest, half::awaited);
    }
};

TEST_F(SupervisorThreads, APortThatIsListenedOnIsFreeForTheNextLife) {
    const auto                  port = std::make_shared<std::atomic<int>>(0);
    const auto                  root = runtime.start(supervisor{
                         .at_most  = {.restarts = 0},
                         .children = {
            {.id    = "in",
                              .start = half::supervisor{.at_most = {.restarts = rounds},
                                                        .children = {{.id = "door", .start = listener{&runtime.io(), port}}}}}}});
    const half::ref<supervisor> in{runtime.call(root, supervisor::which_child{"in"})->pid};
    for (int i = 0; i < rounds; ++i) {
        half::pid door;
        ASSERT_TRUE(real::eventually([&] {
            door = runtime.run(half::find_child<listener>(in, "door"));
            return static_cast<bool>(door);
        }));
        half::kill(door);
        ASSERT_TRUE(runtime.run(half::ended(door, soon)));
    }
    EXPECT_TRUE(half::alive(in)) << "a next life could not listen";
}

// -- who has heard of an end, and asks ----------------------------------------------------------------------------------

// Kills its child, hears of the end in one way or another, and asks for the child: how often it was told of a dead one.
half::task<int> wrong_answers(half::ref<supervisor> root, std::string id, int times) {
    int wrong = 0;
    for (int i = 0; i < times; ++i) {
        const auto before = co_await half::find_child<operator_of>(root, id);
        half::kill(before);
        if (i % 2) (void)co_await half::ended(before);
        else
            while (co_await before.try_call(operator_of::ping{})) {}
        const auto after = co_await half::find_child<operator_of>(root, id);
        const auto got   = co_await after.try_call(operator_of::ping{});
        wrong += after == before || !got;
    }
    co_return wrong;
}

struct asker {
    half::ref<supervisor>             root;
    std::string                       id;
    std::shared_ptr<std::atomic<int>> wrong, left;

    half::task<> init() {
        *wrong += co_await wrong_answers(root, id, rounds);
        --*left;
    }
};

TEST_F(SupervisorThreads, WhoHasHeardOfAnEndIsToldOfTheNextLife) {
    supervisor plan{.at_most = {.restarts = 1'000'000}};
    for (int i = 0; i < 4; ++i)
        plan.children.push_back({.id = std::to_string(i), .start = operator_of{std::make_shared<machine>()}});
    const auto root  = runtime.start(plan);
    const auto wrong = std::make_shared<std::atomic<int>>(0), left = std::make_shared<std::atomic<int>>(4);
    for (int i = 0; i < 4; ++i) runtime.spawn(asker{root, std::to_string(i), wrong, left});
    EXPECT_TRUE(real::eventually([&] { return *left == 0; }));
    EXPECT_EQ(*wrong, 0);
}

struct guest {
    struct which {
        using reply = int;
    };
    int number;
    int handle(which) { return number; }
};
using guests = half::dynamic_supervisor<guest, int>;

half::task<int> right_places(half::ref<guests> room) {
    int right = 0, place = 0;
    for (auto each : co_await room.call(guests::which_children{})) {
        const auto got = co_await each.try_call(guest::which{});
        right += got && *got == place;
        ++place;
    }
    co_return right;
}

half::task<> kill_all(half::ref<guests> room) {
    const auto all = co_await room.call(guests::which_children{});
    for (auto each : all) half::kill(each);
    for (auto each : all) co_await half::ended(each);
}

TEST_F(SupervisorThreads, ThousandsKilledAtOnceAreAllThereAgainInTheirPlaces) {
    const int  many = real::under_tsan ? 1'000 : 10'000;
    const auto room = runtime.start(guests{.at_most = {.restarts = 10 * many}});
    for (int i = 0; i < many; ++i) ASSERT_TRUE(runtime.call(room, guests::start_child{i}));
    for (int i = 0; i < 3; ++i) {
        runtime.run(kill_all(room));
        EXPECT_EQ(runtime.run(right_places(room)), many);
    }
}

// -- everything at once ---------------------------------------------------------------------------------------------

half::task<> trouble(half::ref<supervisor> root, unsigned seed, int times) {
    std::mt19937 draw{seed};
    for (int i = 0; i < times; ++i) {
        const auto id = std::to_string(draw() % 6);
        switch (draw() % 6) {
        case 0: (void)co_await root.call(supervisor::terminate_child{id}); break;
        case 1: (void)co_await root.call(supervisor::restart_child{id}); break;
        case 2: (void)co_await root.call(supervisor::delete_child{id}); break;
        case 3:
            (void)co_await root.call(
                supervisor::start_child{{.id = id, .start = operator_of{std::make_shared<machine>()}}});
            break;
        default:
            if (const auto child = co_await half::find_child<operator_of>(root, id)) half::kill(child);
        }
    }
}

struct troublemaker {
    half::ref<supervisor>             root;
    unsigned                          seed;
    std::shared_ptr<std::atomic<int>> left;

    half::task<> init(half::self<troublemaker> me) {
        co_await trouble(root, seed, rounds);
        --*left;
        me.stop();
    }
};

TEST_F(SupervisorThreads, ThatAreToldManyThingsAtOnceStayInOrder) {
    for (auto how : {half::one_for_one, half::one_for_all, half::rest_for_one}) {
        const auto root = runtime.start(supervisor{.strategy = how, .at_most = {.restarts = 1'000'000}});
        const auto left = std::make_shared<std::atomic<int>>(4);
        for (unsigned seed = 0; seed < 4; ++seed) runtime.spawn(troublemaker{root, seed, left});
        ASSERT_TRUE(real::eventually([&] { return *left == 0; }));
        for (const auto& each : runtime.call(root, supervisor::which_children{}))
            EXPECT_EQ(each.now == half::child_info::status::running, static_cast<bool>(each.pid));
        root.stop();
        EXPECT_TRUE(runtime.run(half::ended(root, soon)));
        EXPECT_TRUE(real::eventually([&] { return runtime.stats().processes == 0; }));
    }
}

TEST_F(SupervisorThreads, KilledInTheMiddleOfAStormLeaveNobodyBehind) {
    for (int i = 0; i < rounds / 10; ++i) {
        supervisor leaf{.at_most = {.restarts = 1'000'000}};
        for (int n = 0; n < 10; ++n)
            leaf.children.push_back({.id = std::to_string(n), .start = operator_of{std::make_shared<machine>()}});
        const auto root = runtime.start(supervisor{.children = {{.id = "leaf", .start = leaf}}});
        const auto room = runtime.start(guests{.at_most = {.restarts = 1'000'000}});
        for (int n = 0; n < 100; ++n) room.cast(guests::start_child{n});
        for (auto each : runtime.processes())
            if (each != root.id() && each != room.id()) half::kill(each);
        half::kill(root);
        half::kill(room);
        EXPECT_TRUE(real::eventually([&] { return runtime.stats().processes == 0; }));
    }
}

}  // namespace
