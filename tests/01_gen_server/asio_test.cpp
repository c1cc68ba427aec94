// Asio inside a process: awaiting, cancelling, posting, on real sockets.
#include "real.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/dispatch.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <string>

namespace {

using namespace real;
namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

std::pair<tcp::socket, tcp::socket> connected(asio::io_context& io) {
    tcp::acceptor acceptor{io, {asio::ip::address_v4::loopback(), 0}};
    tcp::socket   a{io}, b{io};
    a.connect(acceptor.local_endpoint());
    acceptor.accept(b);
    return {std::move(a), std::move(b)};
}

// Reads from a socket into a buffer of its own.
struct reader {
    struct read {
        using reply = std::string;
    };
    struct try_read {
        using reply             = std::expected<std::string, error_code>;
        half::duration patience = half::forever;
    };

    tcp::socket            socket;
    shared_event           reading = make_event();
    mortal                 life    = {};
    std::array<char, 1024> data    = {};

    half::task<std::string> handle(read) {
        reading->set();
        const auto n = co_await socket.async_read_some(asio::buffer(data), half::awaited);
        co_return std::string(data.data(), n);
    }
    half::task<std::expected<std::string, error_code>> handle(try_read m) {
        reading->set();
        const auto n = co_await half::within(m.patience, socket.async_read_some(asio::buffer(data), half::tried));
        if (!n) co_return std::unexpected{n.error()};
        co_return std::string(data.data(), *n);
    }
};

// Does nothing; work is posted to it.
struct host {
    struct where {
        using reply = half::process_executor;
    };
    struct nap {};
    struct tally {
        using reply = int;
    };

    int    count = 0;
    mortal life  = {};

    half::process_executor handle(where, half::self<host> self) { return self.executor(); }
    half::task<>           handle(nap) { co_await half::sleep(24h); }
    int                    handle(tally) { return count; }
};

// An operation of our own. It completes when the test says so, or never: it does not listen to cancellation.
struct slow_device {
    std::function<void(error_code, int)> complete;
    std::shared_ptr<void>                handler;

    template <class Token>
    auto async_measure(Token token) {
        return asio::async_initiate<Token, void(error_code, int)>(
            [this](auto done) {
                auto kept = std::make_shared<decltype(done)>(std::move(done));
                handler   = kept;
                complete  = [raw = kept.get()](error_code e, int n) {
                    asio::dispatch(asio::get_associated_executor(*raw),
                                    [done = std::move(*raw), e, n]() mutable { std::move(done)(e, n); });
                };
            },
            token);
    }
};

template <class Token>
auto async_answer_at_once(int value, Token token) {
    return asio::async_initiate<Token, void(error_code, int)>(
        [value](auto done) { std::move(done)(error_code{}, value); }, token);
}

half::task<std::expected<std::size_t, error_code>> read_from(tcp::socket& socket) {
    std::array<char, 16> data;
    co_return co_await half::within(soon, socket.async_read_some(asio::buffer(data), half::tried));
}

// -- awaiting -----------------------------------------------------------------------------------------------------

TEST(AsioAwaiting, ATimerLetsTheProcessGoOn) {
    half::runtime runtime;
    auto          wait = [](asio::io_context& io) -> half::task<int> {
        asio::steady_timer timer{io, 1ms};
        co_await timer.async_wait(half::awaited);
        timer.expires_after(1ms);
        const auto waited = co_await timer.async_wait(half::tried);
        co_return waited ? 2 : 1;
    };
    EXPECT_EQ(runtime.run(wait(runtime.io())), 2);
}

TEST(AsioAwaiting, BytesGoThroughALoopbackPair) {
    half::runtime runtime;
    auto [near, far] = connected(runtime.io());
    auto echo        = [](tcp::socket socket) -> half::task<std::string> {
        std::string text(5, ' ');
        co_await asio::async_read(socket, asio::buffer(text), half::awaited);
        text += '!';
        co_await asio::async_write(socket, asio::buffer(text), half::awaited);
        co_return text;
    };
    auto greet = [](tcp::socket& socket) -> half::task<std::string> {
        auto written = co_await asio::async_write(socket, asio::buffer("hello", 5), half::tried);
        if (!written) co_return written.error().message();
        std::string text(6, ' ');
        auto        got = co_await asio::async_read(socket, asio::buffer(text), half::tried);
        co_return got ? text : got.error().message();
    };
    auto other =
        std::async(std::launch::async, [&, s = std::move(far)]() mutable { return runtime.run(echo(std::move(s))); });
    EXPECT_EQ(runtime.run(greet(near)), "hello!");
    EXPECT_EQ(other.get(), "hello!");
}

TEST(AsioAwaiting, AnErrorIsThrownByAwaitedAndReturnedByTried) {
    half::runtime runtime;
    auto [near, far] = connected(runtime.io());
    auto server      = runtime.start(reader{std::move(near)});
    far.close();
    const auto told = runtime.call(server, reader::try_read{}, soon);
    ASSERT_FALSE(told);
    EXPECT_EQ(told.error(), asio::error::eof);

    auto thrown = [](tcp::socket socket) -> half::task<error_code> {
        try {
            std::array<char, 1> data;
            co_await socket.async_read_some(asio::buffer(data), half::awaited);
            co_return error_code{};
        } catch (const boost::system::system_error& e) {
            co_return e.code();
        }
    };
    auto [here, there] = connected(runtime.io());
    there.close();
    EXPECT_EQ(runtime.run(thrown(std::move(here))), asio::error::eof);
}

TEST(AsioAwaiting, AnErrorThatNobodyCatchesIsACrashAndItsCallerKnows) {
    ears          heard;
    half::runtime runtime{half::runtime_options{.on_report = heard.listen()}};
    auto [near, far] = connected(runtime.io());
    auto server      = runtime.start(reader{std::move(near)});
    far.close();
    const auto none = runtime.try_call(server, reader::read{}, soon);
    ASSERT_FALSE(none);
    EXPECT_EQ(none.error(), half::no_answer::died);
    EXPECT_EQ(none.error().reason.why, half::exit_reason::kind::crash);
    const auto crash = heard.wait_for(half::report::kind::crash);
    ASSERT_TRUE(crash);
    EXPECT_EQ(crash->server, "reader");
    EXPECT_NE(std::ranges::find(crash->recent, "reader::read"), crash->recent.end()) << half::to_string(*crash);
}

TEST(AsioAwaiting, WithinADeadlineAnOperationTimesOut) {
    half::runtime runtime;
    auto [near, far]  = connected(runtime.io());
    auto       server = runtime.start(reader{std::move(near)});
    const auto late   = runtime.call(server, reader::try_read{5ms}, soon);
    ASSERT_FALSE(late);
    EXPECT_EQ(late.error(), asio::error::timed_out);

    asio::write(far, asio::buffer("x", 1));  // and the socket is as good as before
    const auto read = runtime.call(server, reader::try_read{soon}, soon);
    ASSERT_TRUE(read) << read.error().message();
    EXPECT_EQ(*read, "x");
}

TEST(AsioAwaiting, WithinADeadlineAwaitedThrowsTimedOut) {
    half::runtime runtime;
    auto          wait = [](asio::io_context& io) -> half::task<error_code> {
        asio::steady_timer timer{io, 24h};
        try {
            co_await half::within(5ms, timer.async_wait(half::awaited));
            co_return error_code{};
        } catch (const boost::system::system_error& e) {
            co_return e.code();
        }
    };
    EXPECT_EQ(runtime.run(wait(runtime.io())), asio::error::timed_out);
}

TEST(AsioAwaiting, AnOperationThatIsDoneBeforeItBeganNeedsNoWait) {
    half::runtime runtime;
    auto          ask = []() -> half::task<int> {
        int sum = 0;
        for (int i = 0; i < 1000; ++i) sum += co_await async_answer_at_once(i, half::awaited);
        co_return sum + *co_await async_answer_at_once(500, half::tried);
    };
    EXPECT_EQ(runtime.run(ask()), 500'000);
}

TEST(AsioAwaiting, AnOperationMayCompleteFromAnyThread) {
    half::runtime runtime{{.workers = 2}};
    slow_device   device;
    auto          started = make_event();
    auto          measure = [](slow_device& d, shared_event e) -> half::task<int> {
        auto operation = d.async_measure(half::awaited);
        e->set();
        co_return co_await std::move(operation);
    };
    auto result = std::async(std::launch::async, [&] { return runtime.run(measure(device, started)); });
    ASSERT_TRUE(started->wait());
    half::pid who = runtime.processes().front();
    ASSERT_TRUE(eventually([&] {  // the question is answered after the turn in which the operation began
        const auto info = runtime.info(who);
        return info && info->now == half::process_info::status::waiting;
    }));
    std::thread{[&] { device.complete({}, 7); }}.join();
    EXPECT_EQ(result.get(), 7);
}

// -- dying --------------------------------------------------------------------------------------------------------

TEST(AsioDying, InARead) {
    half::runtime runtime{{.workers = 2}};
    auto [near, far] = connected(runtime.io());
    auto graves      = make_graveyard();
    auto reading     = make_event();
    auto server      = runtime.start(reader{std::move(near), reading, mortal{graves}});
    auto answer      = std::async(std::launch::async, [&] { return runtime.try_call(server, reader::read{}, soon); });
    ASSERT_TRUE(reading->wait());
    EXPECT_EQ(runtime.info(server)->now, half::process_info::status::waiting);

    auto paper = watch(server);
    half::kill(server);
    ASSERT_TRUE(paper->written.wait());
    EXPECT_FALSE(half::alive(server));
    EXPECT_EQ(paper->reason, half::exit_reason::killed());
    const auto told = answer.get();
    ASSERT_FALSE(told);
    EXPECT_EQ(told.error(), half::no_answer::died);
    EXPECT_EQ(told.error().reason, half::exit_reason::killed());

    const auto end = runtime.run(read_from(far));  // the socket was closed with the state
    ASSERT_FALSE(end);
    EXPECT_EQ(end.error(), asio::error::eof);
    ASSERT_TRUE(graves->first.wait());
    EXPECT_EQ(graves->graves, 1);
}

struct measurer {
    struct measure {
        using reply = int;
    };
    std::shared_ptr<slow_device> device;
    shared_event                 begun;
    mortal                       life;

    half::task<int> handle(measure) {
        mortal on_the_frame = std::move(life);
        begun->set();
        const int n = co_await device->async_measure(half::awaited);
        co_return n;
    }
};

TEST(AsioDying, BuffersLiveUntilTheOperationLetsGo) {
    half::runtime runtime{{.workers = 2}};
    auto          device = std::make_shared<slow_device>();
    auto          graves = make_graveyard();
    auto          begun  = make_event();
    auto          server = runtime.start(measurer{device, begun, mortal{graves}});
    auto answer = std::async(std::launch::async, [&] { return runtime.try_call(server, measurer::measure{}, soon); });
    ASSERT_TRUE(begun->wait());
    ASSERT_TRUE(kill_and_wait(server));
    EXPECT_FALSE(half::alive(server));
    const auto told = answer.get();  // who waits need not wait for the device
    ASSERT_FALSE(told);
    EXPECT_EQ(told.error(), half::no_answer::died);
    EXPECT_EQ(graves->graves, 0);

    device->complete = {};
    device->handler.reset();
    ASSERT_TRUE(graves->first.wait());
    EXPECT_EQ(graves->graves, 1);
}

TEST(AsioDying, ACompletionThatComesTooLateIsDestroyedAndNeverRun) {
    half::runtime runtime{{.workers = 2}};
    auto          device = std::make_shared<slow_device>();
    auto          graves = make_graveyard();
    auto          begun  = make_event();
    auto          server = runtime.start(measurer{device, begun, mortal{graves}});
    server.cast(measurer::measure{});
    ASSERT_TRUE(begun->wait());
    ASSERT_TRUE(kill_and_wait(server));
    EXPECT_EQ(graves->graves, 0);
    device->complete({}, 7);
    ASSERT_TRUE(graves->first.wait());
    EXPECT_EQ(graves->graves, 1);
}

TEST(AsioDying, AHandlerThatIsKilledDestroysItsStateOnce) {
    half::runtime     runtime{{.workers = 2}};
    constexpr int     rounds = under_tsan ? 100 : 400;
    auto              graves = make_graveyard();
    std::vector<char> byte(1);
    for (int i = 0; i < rounds; ++i) {  // the bytes and the kill race
        auto [near, far] = connected(runtime.io());
        auto server      = runtime.spawn(reader{std::move(near), make_event(), mortal{graves}});
        server.cast(reader::read{});
        server.cast(reader::read{});
        asio::write(far, asio::buffer(byte));
        half::kill(server);
        asio::write(far, asio::buffer(byte), *std::make_unique<error_code>());
    }
    EXPECT_TRUE(eventually([&] { return graves->graves == rounds; })) << graves->graves;
    EXPECT_TRUE(eventually([&] { return runtime.stats().processes == 0; }));
}

// -- the executor -------------------------------------------------------------------------------------------------

TEST(ProcessExecutor, FitsIntoAnyIoExecutorWithoutAllocation) {
    static_assert(sizeof(half::process_executor) <= 24);
    half::runtime               runtime;
    auto                        server = runtime.start(host{});
    const asio::any_io_executor any    = runtime.call(server, host::where{}, soon);
    const auto*                 inside = reinterpret_cast<const std::byte*>(any.target<half::process_executor>());
    const auto*                 begin  = reinterpret_cast<const std::byte*>(&any);
    ASSERT_NE(inside, nullptr);
    EXPECT_GE(inside, begin);
    EXPECT_LE(inside + sizeof(half::process_executor), begin + sizeof any);
}

TEST(ProcessExecutor, RunsOnePieceOfWorkAtATime) {
    half::runtime runtime{{.workers = 2}};
    auto          server = runtime.start(host{});
    const auto    home   = runtime.call(server, host::where{}, soon);

    constexpr int    each = 2000;
    int              sum = 0, inside = 0;  // no lock: TSan and the sum tell
    std::atomic<int> overlaps{0}, left{3 * each};
    auto             done  = make_event();
    auto             piece = [&, done] {
        if (++inside != 1) ++overlaps;
        ++sum;
        --inside;
        if (--left == 0) done->set();
    };
    // It lives as long as this test does, and the test waits for it.
    auto coroutine = [&]() -> asio::awaitable<void> {
        co_await asio::post(co_await asio::this_coro::executor, asio::use_awaitable);
        piece();
    };
    std::thread a{[&] {
        for (int i = 0; i < each; ++i) asio::post(home, piece);
    }};
    std::thread b{[&] {
        for (int i = 0; i < each; ++i) asio::dispatch(home, piece);
    }};
    std::thread c{[&] {
        for (int i = 0; i < each; ++i) asio::co_spawn(home, coroutine(), asio::detached);
    }};
    a.join(), b.join(), c.join();
    ASSERT_TRUE(done->wait());
    EXPECT_EQ(overlaps, 0);
    runtime.call(server, host::tally{}, soon);  // after the last piece: its writes are ours to see
    EXPECT_EQ(sum, 3 * each);
}

TEST(ProcessExecutor, RunsWorkWhileAHandlerWaits) {
    half::runtime runtime;
    auto          server = runtime.start(host{});
    const auto    home   = runtime.call(server, host::where{}, soon);
    server.cast(host::nap{});
    ASSERT_TRUE(eventually([&] { return runtime.info(server)->now == half::process_info::status::waiting; }));
    auto posted = make_event(), dispatched = make_event(), spawned = make_event();
    asio::post(home, [=] { posted->set(); });
    asio::dispatch(home, [=] { dispatched->set(); });
    asio::co_spawn(
        home,
        [](shared_event e) -> asio::awaitable<void> {
            asio::steady_timer timer{co_await asio::this_coro::executor, 1ms};
            co_await timer.async_wait(asio::use_awaitable);
            e->set();
        }(spawned),
        asio::detached);
    EXPECT_TRUE(posted->wait());
    EXPECT_TRUE(dispatched->wait());
    EXPECT_TRUE(spawned->wait());
}

TEST(ProcessExecutor, IsTheProcessSeenFromItsOwnTurn) {
    half::runtime runtime{{.workers = 2}};
    auto          server = runtime.start(host{});
    const auto    home   = runtime.call(server, host::where{}, soon);
    EXPECT_EQ(home.id(), server.id());
    EXPECT_EQ(home, runtime.call(server, host::where{}, soon));
    EXPECT_EQ(&asio::query(home, asio::execution::context), &runtime.io());
}

TEST(ProcessExecutor, DestroysWorkForADeadProcessAndNeverRunsIt) {
    half::runtime runtime;
    auto          server = runtime.start(host{});
    const auto    home   = runtime.call(server, host::where{}, soon);
    ASSERT_TRUE(kill_and_wait(server));
    auto graves = make_graveyard();
    bool ran    = false;
    asio::post(home, [life = mortal{graves}, &ran] { ran = true; });
    asio::dispatch(home, [life = mortal{graves}, &ran] { ran = true; });
    EXPECT_EQ(graves->graves, 2);
    EXPECT_FALSE(ran);
}

TEST(ProcessExecutor, DestroysWorkThatWasPostedBehindTheKill) {
    half::runtime runtime{{.workers = 1}};
    auto          server = runtime.start(host{});
    const auto    home   = runtime.call(server, host::where{}, soon);
    auto          inside = make_event(), go_on = make_event();
    auto          graves = make_graveyard();
    bool          ran    = false;
    asio::post(home, [=] {
        inside->set();
        (void)go_on->wait();
    });
    ASSERT_TRUE(inside->wait());
    half::kill(server);
    asio::post(home, [life = mortal{graves}, &ran] { ran = true; });
    go_on->set();
    ASSERT_TRUE(graves->first.wait());
    EXPECT_EQ(graves->graves, 1);
    EXPECT_FALSE(ran);
}

TEST(ProcessExecutor, ACrashInPostedWorkIsACrashOfTheProcess) {
    ears          heard;
    half::runtime runtime{half::runtime_options{.on_report = heard.listen()}};
    auto          graves = make_graveyard();
    auto          server = runtime.start(host{0, mortal{graves}});
    asio::post(runtime.call(server, host::where{}, soon), [] { throw std::runtime_error{"posted trouble"}; });
    const auto crash = heard.wait_for(half::report::kind::crash);
    ASSERT_TRUE(crash);
    EXPECT_EQ(crash->pid, server.id());
    EXPECT_EQ(crash->reason, half::exit_reason::crash("posted trouble"));
    EXPECT_TRUE(eventually([&] { return !half::alive(server); }));
    EXPECT_TRUE(graves->first.wait());
    EXPECT_EQ(runtime.call(runtime.start(host{.count = 3}), host::tally{}, soon), 3);  // and the runtime goes on
}

}  // namespace
