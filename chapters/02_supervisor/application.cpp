// The thread that called run() has an io_context of its own, and everything that decides comes there: signals, the
// root's birth and end, the end of patience. So nothing here needs a lock, and no worker.
#include <01_gen_server/detail/engine.hpp>
#include <02_supervisor/application.hpp>
#include <02_supervisor/detail/family.hpp>

#include <boost/asio/post.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <fmt/ranges.h>

#include <csignal>
#include <cstdio>
#include <cstdlib>

namespace half {
namespace {

// Asio forgets what a program did about a signal before.
class former_handler {
public:
    explicit former_handler(int signal) : signal_{signal} { sigaction(signal_, nullptr, &before_); }
    former_handler(former_handler&&) = delete;
    ~former_handler() { sigaction(signal_, &before_, nullptr); }

private:
    int              signal_;
    struct sigaction before_ = {};
};

const char* name_of(int signal) { return signal == SIGINT ? "SIGINT" : "SIGTERM"; }

class performance {
public:
    explicit performance(application program)
        : program_{std::move(program)}, runtime_{program_.runtime}, stop_within_{program_.stop_within} {}

    int run() {
        await_signal();
        root_ = detail::spawn(runtime_.engine(), program_.root, std::make_unique<news_of_the_root>(*this));
        here_.run();
        if (runtime_.stats().left_behind) leave(code_);
        return code_;
    }

private:
    // The root's birth and end, told to the thread that waits.
    class news_of_the_root final : public exit_hook {
    public:
        explicit news_of_the_root(performance& whose) : whose_{&whose} {}

        void born(pid) noexcept override {
            asio::post(whose_->here_, [whose = whose_] { whose->opened(); });
        }
        void exited(pid, const exit_reason& reason) noexcept override {
            bool gave_up = false;
            for (auto* each = next.get(); each; each = each->next.get())
                if (auto* its = dynamic_cast<detail::family*>(each)) gave_up = its->gave_up();
            asio::post(whose_->here_, [=, whose = whose_] { whose->ended(reason, gave_up); });
        }
        std::string describe() const override { return "root of the program"; }

    private:
        performance* whose_;
    };

    void await_signal() {
        signals_.async_wait([this](const boost::system::error_code& none, int signal) {
            if (!none) heard(signal);
        });
    }

    void heard(int signal) {
        if (asked_) {
            say_who_is_left(fmt::format("{} came while it was stopping", name_of(signal)));
            leave(128 + signal);
        }
        stop(name_of(signal));
        await_signal();
    }

    void opened() {
        running_ = true;
        if (asked_ || !program_.started) return;
        try {
            program_.started(runtime_, root_);
        } catch (...) {
            code_ = 1;
            say(fmt::format("started() threw: {}", to_string(reason_of(std::current_exception()))));
            stop("started() threw");
        }
    }

    void stop(const char* why) {
        asked_ = true;
        root_.stop(exit_reason::shutdown(why));
        if (stop_within_ == forever) return;
        patience_.expires_after(std::min<duration>(stop_within_, std::chrono::hours{24 * 365}));
        patience_.async_wait([this, why](const boost::system::error_code& none) {
            if (none) return;
            say_who_is_left(fmt::format("{}, and it did not end in time", why));
            leave(2);
        });
    }

    void ended(const exit_reason& reason, bool gave_up) {
        const bool in_order = running_ && (asked_ || (reason.expected() && !gave_up));
        if (!in_order) {
            code_ = 1;
            say(fmt::format("the root {}: {}", running_ ? "ended" : "did not start", reason));
        }
        signals_.cancel();
        patience_.cancel();
        here_.stop();
    }

    static void say(const std::string& what) { fmt::print(stderr, "half::run: {}\n", what); }

    void say_who_is_left(const std::string& why) {
        constexpr std::size_t    shown = 10;
        std::vector<std::string> left;
        for (auto who : runtime_.processes()) {
            const auto* found = detail::process::find(who);
            const auto* kind  = found ? found->kind() : nullptr;
            if (kind) left.push_back(fmt::format("{} {}", who, kind->name));
        }
        const auto more = left.size() > shown ? fmt::format(" and {} more", left.size() - shown) : "";
        left.resize(std::min(left.size(), shown));
        say(fmt::format("{}; killed: {}{}", why, fmt::join(left, ", "), more));
    }

    [[noreturn]] static void leave(int code) {
        std::fflush(nullptr);
        std::_Exit(code);
    }

    application        program_;
    former_handler     interrupt_{SIGINT}, terminate_{SIGTERM};
    asio::io_context   here_{1};
    asio::signal_set   signals_{here_, SIGINT, SIGTERM};
    asio::steady_timer patience_{here_};
    half::runtime      runtime_;  // ends before what its processes may still post to
    ref<supervisor>    root_;
    duration           stop_within_;
    bool               running_ = false, asked_ = false;
    int                code_ = 0;
};

}  // namespace

int run(application program) { return performance{std::move(program)}.run(); }

}  // namespace half
