// The two extension points of the chapter: exit hooks and signals.
#include "real.hpp"

#include <fmt/ranges.h>
#include <gtest/gtest.h>

#include <string>

namespace {

using namespace real;

// What happened, in order. One process writes at a time; the test reads when it has ended.
struct journal {
    std::mutex               guard;
    std::vector<std::string> lines;
    event                    closed;

    void write(std::string line) {
        std::lock_guard lock{guard};
        lines.push_back(std::move(line));
    }
    std::vector<std::string> read() {
        std::lock_guard lock{guard};
        return lines;
    }
};
using shared_journal = std::shared_ptr<journal>;

class writer final : public half::exit_hook {
public:
    writer(shared_journal book, std::string name, bool forgets)
        : book_{std::move(book)}, name_{std::move(name)}, forgets_{forgets} {}
    ~writer() override { book_->write("~" + name_); }
    bool forgets() const override { return forgets_; }
    void exited(half::pid who, const half::exit_reason& reason) noexcept override {
        book_->write(fmt::format("{}: {}{}", name_, reason, half::alive(who) && !forgets_ ? ", still alive" : ""));
    }
    std::string describe() const override { return "watched by " + name_; }

private:
    shared_journal book_;
    std::string    name_;
    bool           forgets_;
};

class closer final : public half::exit_hook {
public:
    explicit closer(shared_journal book) : book_{std::move(book)} {}
    ~closer() override { book_->closed.set(); }
    void        exited(half::pid, const half::exit_reason&) noexcept override {}
    std::string describe() const override { return "closer"; }

private:
    shared_journal book_;
};

struct post {
    struct hire {
        std::string name;
        bool        forgets = false;
        using reply         = int;
    };
    struct fire {
        using reply = bool;
    };
    struct nap {};
    struct crash {};
    struct ping {
        using reply = int;
    };

    shared_journal   book;
    half::exit_hook* last = nullptr;

    int handle(hire m, half::self<post> self) {
        auto hook = std::make_unique<writer>(book, m.name, m.forgets);
        last      = hook.get();
        self.here().on_exit(std::move(hook));
        return 0;
    }
    bool handle(fire, half::self<post> self) {
        auto hook = self.here().forget(*last);
        if (hook) book->write("fired");
        return hook != nullptr;
    }
    half::task<> handle(nap) { co_await half::sleep(24h); }
    void         handle(crash) { throw std::runtime_error{"boom"}; }
    int          handle(ping) { return 1; }
};

struct Hooks : testing::Test {
    ears                   heard;
    half::runtime          runtime{half::runtime_options{.workers = 2, .on_report = heard.listen()}};
    shared_journal         book   = std::make_shared<journal>();
    half::ref<post>        server = runtime.start(post{book});
    std::shared_ptr<event> ended;

    std::vector<std::string> kill_and_read() {
        EXPECT_TRUE(kill_and_wait(server));
        return book->read();
    }
};

TEST_F(Hooks, ThatForgetRunBeforeTheOthersAndAllRunOnce) {
    runtime.call(server, post::hire{"name", true}, soon);
    runtime.call(server, post::hire{"monitor"}, soon);
    runtime.call(server, post::hire{"alias", true}, soon);
    runtime.call(server, post::hire{"link"}, soon);
    half::send_signal(server, [&] {  // last: its end closes the book
        struct close final : half::signal {
            shared_journal book;
            explicit close(shared_journal b) : book{std::move(b)} {}
            void arrive(half::detail::process& here) override { here.on_exit(std::make_unique<closer>(book)); }
        };
        return std::make_unique<close>(book);
    }());
    runtime.call(server, post::ping{}, soon);
    half::exit(server, half::exit_reason::other("tired"));
    ASSERT_TRUE(book->closed.wait());
    ASSERT_TRUE(eventually([&] { return book->read().size() == 8; }));

    auto lines = book->read();
    lines.resize(4);
    std::ranges::sort(lines.begin(), lines.begin() + 2);
    std::ranges::sort(lines.begin() + 2, lines.end());
    EXPECT_EQ(lines, (std::vector<std::string>{"alias: tired", "name: tired", "link: tired", "monitor: tired"}))
        << fmt::format("{}", fmt::join(lines, "\n"));
}

TEST_F(Hooks, KnowTheReason) {
    runtime.call(server, post::hire{"hook"}, soon);
    server.cast(post::crash{});
    ASSERT_TRUE(eventually([&] { return book->read().size() == 2; }));
    EXPECT_EQ(book->read().front(), "hook: crash: boom");
}

TEST_F(Hooks, ThatWereForgottenDoNotRun) {
    runtime.call(server, post::hire{"first"}, soon);
    runtime.call(server, post::hire{"second"}, soon);
    EXPECT_TRUE(runtime.call(server, post::fire{}, soon));
    EXPECT_FALSE(runtime.call(server, post::fire{}, soon));  // it is not there any more
    kill_and_read();
    EXPECT_TRUE(eventually([&] { return book->read().size() == 4; }));
    EXPECT_EQ(book->read(), (std::vector<std::string>{"fired", "~second", "first: killed", "~first"}));
}

TEST_F(Hooks, DescribeThemselvesToWhoLooks) {
    EXPECT_TRUE(runtime.info(server)->attached.empty());
    runtime.call(server, post::hire{"a name", true}, soon);
    runtime.call(server, post::hire{"somebody"}, soon);
    auto attached = runtime.info(server)->attached;
    std::ranges::sort(attached);
    EXPECT_EQ(attached, (std::vector<std::string>{"watched by a name", "watched by somebody"}));
}

TEST_F(Hooks, RunWhenTheRuntimeEnds) {
    auto paper = std::shared_ptr<obituary::text>{};
    {
        half::runtime other;
        paper = watch(other.start(post{book}));
    }
    ASSERT_TRUE(paper->written.happened());
    EXPECT_EQ(paper->reason.why, half::exit_reason::kind::shutdown);
}

TEST_F(Hooks, MaySendAndSpawn) {
    struct heir_finder final : half::exit_hook {
        half::runtime*  runtime;
        shared_journal  book;
        half::ref<post> friend_of_his;
        heir_finder(half::runtime& r, shared_journal b, half::ref<post> f)
            : runtime{&r}, book{std::move(b)}, friend_of_his{f} {}
        void exited(half::pid, const half::exit_reason&) noexcept override {
            friend_of_his.cast(post::crash{});
            runtime->spawn(post{book}).cast(post::crash{});
        }
        std::string describe() const override { return "heir finder"; }
    };
    struct attach final : half::signal {
        std::unique_ptr<half::exit_hook> hook;
        explicit attach(std::unique_ptr<half::exit_hook> h) : hook{std::move(h)} {}
        void arrive(half::detail::process& here) override { here.on_exit(std::move(hook)); }
    };
    auto other = runtime.start(post{book});
    half::send_signal(server, std::make_unique<attach>(std::make_unique<heir_finder>(runtime, book, other)));
    half::kill(server);
    EXPECT_TRUE(eventually([&] { return heard.count(half::report::kind::crash) == 2; }));
    EXPECT_TRUE(eventually([&] { return runtime.stats().processes == 0; }));
}

TEST_F(Hooks, AThousandOfThemRunAndGo) {
    for (int i = 0; i < 1000; ++i) runtime.call(server, post::hire{std::to_string(i), i % 2 == 0}, soon);
    kill_and_read();
    EXPECT_TRUE(eventually([&] { return book->read().size() == 2000; }));
}

// -- signals ------------------------------------------------------------------------------------------------------

//! [signal]
struct note final : half::signal {
    shared_event arrived = make_event(), went_astray = make_event();
    half::pid*   whom;

    explicit note(half::pid* w = nullptr) : whom{w} {}
    void arrive(half::detail::process& here) override {
        if (whom) *whom = here.id();
        arrived->set();
    }
    void lost(half::pid nobody) noexcept override {
        if (whom) *whom = nobody;
        went_astray->set();
    }
};
//! [signal]

struct Signals : Hooks {};

TEST_F(Signals, ArriveInTheProcess) {
    half::pid whom;
    auto      sent    = std::make_unique<note>(&whom);
    auto      arrived = sent->arrived;
    half::send_signal(server, std::move(sent));
    ASSERT_TRUE(arrived->wait());
    EXPECT_EQ(whom, server.id());
}

TEST_F(Signals, ArriveWhileAHandlerWaits) {
    server.cast(post::nap{});
    ASSERT_TRUE(eventually([&] { return runtime.info(server)->now == half::process_info::status::waiting; }));
    auto sent    = std::make_unique<note>();
    auto arrived = sent->arrived;
    half::send_signal(server, std::move(sent));
    EXPECT_TRUE(arrived->wait());
    EXPECT_EQ(runtime.info(server)->now, half::process_info::status::waiting);
}

TEST_F(Signals, ToNobodyAreLostAtOnce) {
    kill_and_read();
    half::pid whom;
    auto      sent   = std::make_unique<note>(&whom);
    auto      astray = sent->went_astray;
    half::send_signal(server, std::move(sent));
    EXPECT_TRUE(astray->happened());
    EXPECT_EQ(whom, server.id());
}

TEST_F(Signals, ThatWereUnderWayWhenTheirProcessDiedAreLost) {
    struct hold final : half::signal {
        shared_event inside, release;
        hold(shared_event i, shared_event r) : inside{std::move(i)}, release{std::move(r)} {}
        void arrive(half::detail::process&) override {
            inside->set();
            (void)release->wait();
        }
    };
    auto inside = make_event(), release = make_event();
    half::send_signal(server, std::make_unique<hold>(inside, release));
    ASSERT_TRUE(inside->wait());
    half::kill(server);
    half::pid whom;
    auto      sent   = std::make_unique<note>(&whom);
    auto      astray = sent->went_astray, arrived = sent->arrived;
    half::send_signal(server, std::move(sent));
    EXPECT_FALSE(astray->happened());
    release->set();
    EXPECT_TRUE(astray->wait());
    EXPECT_FALSE(arrived->happened());
    EXPECT_EQ(whom, server.id());
}

TEST_F(Signals, ComeInTheOrderInWhichTheyWereSent) {
    struct line final : half::signal {
        shared_journal book;
        int            number;
        line(shared_journal b, int n) : book{std::move(b)}, number{n} {}
        void arrive(half::detail::process&) override { book->write(std::to_string(number)); }
    };
    constexpr int            many = 1000;
    std::vector<std::string> expected;
    for (int i = 0; i < many; ++i) {
        half::send_signal(server, std::make_unique<line>(book, i));
        expected.push_back(std::to_string(i));
    }
    runtime.call(server, post::ping{}, soon);
    EXPECT_EQ(book->read(), expected);
}

TEST_F(Signals, ThatThrowCrashTheProcess) {
    struct bad_news final : half::signal {
        void arrive(half::detail::process&) override { throw std::runtime_error{"bad news"}; }
    };
    half::send_signal(server, std::make_unique<bad_news>());
    const auto crash = heard.wait_for(half::report::kind::crash);
    ASSERT_TRUE(crash);
    EXPECT_EQ(crash->pid, server.id());
    EXPECT_EQ(crash->reason, half::exit_reason::crash("bad news"));
}

}  // namespace
