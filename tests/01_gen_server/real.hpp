// What the tests on real threads share. Time is only a bound here: a test that waits for `soon` has failed.
#pragma once

#include <01_gen_server/gen_server.hpp>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <future>
#include <memory>
#include <mutex>
#include <optional>
#include <string_view>
#include <thread>
#include <vector>

namespace real {

using namespace std::chrono_literals;

inline constexpr std::chrono::seconds soon{60};

#if defined(__has_feature)
#if __has_feature(thread_sanitizer)
inline constexpr bool under_tsan = true;
#else
inline constexpr bool under_tsan = false;
#endif
#endif

// Something that happens once.
class event {
public:
    void set() {
        std::lock_guard lock{guard_};
        happened_ = true;
        bell_.notify_all();
    }
    bool happened() const {
        std::lock_guard lock{guard_};
        return happened_;
    }
    // False when it did not happen in time.
    bool wait() const {
        std::unique_lock lock{guard_};
        return bell_.wait_for(lock, soon, [&] { return happened_; });
    }

private:
    mutable std::mutex              guard_;
    mutable std::condition_variable bell_;
    bool                            happened_ = false;
};

using shared_event = std::shared_ptr<event>;
inline shared_event make_event() { return std::make_shared<event>(); }

// Counts ends of life: of states, messages, callbacks.
struct graveyard {
    std::atomic<int> graves{0};
    event            first;
};
using shared_graveyard = std::shared_ptr<graveyard>;
inline shared_graveyard make_graveyard() { return std::make_shared<graveyard>(); }

class mortal {
public:
    mortal() = default;
    explicit mortal(shared_graveyard where) : where_{std::move(where)} {}
    mortal(mortal&& other) noexcept = default;
    mortal& operator=(mortal&& other) noexcept {
        std::swap(where_, other.where_);
        return *this;
    }
    ~mortal() {
        if (!where_) return;
        ++where_->graves;
        where_->first.set();
    }

private:
    shared_graveyard where_;
};

// Hears what a runtime reports.
class ears {
public:
    std::function<void(const half::report&)> listen() {
        return [heard = heard_](const half::report& r) {
            std::lock_guard lock{heard->guard};
            heard->reports.push_back(r);
            heard->bell.notify_all();
        };
    }
    std::optional<half::report> wait_for(half::report::kind what) const {
        std::unique_lock            lock{heard_->guard};
        std::optional<half::report> found;
        heard_->bell.wait_for(lock, soon, [&] {
            for (const auto& r : heard_->reports)
                if (r.what == what) return found = r, true;
            return false;
        });
        return found;
    }
    int count(half::report::kind what) const {
        std::lock_guard lock{heard_->guard};
        return static_cast<int>(std::ranges::count(heard_->reports, what, &half::report::what));
    }

private:
    struct all {
        std::mutex                guard;
        std::condition_variable   bell;
        std::vector<half::report> reports;
    };
    std::shared_ptr<all> heard_ = std::make_shared<all>();
};

// For what can only be looked at, not waited for.
template <class Predicate>
bool eventually(Predicate holds) {
    const auto deadline = std::chrono::steady_clock::now() + soon;
    while (!holds()) {
        if (std::chrono::steady_clock::now() > deadline) return false;
        std::this_thread::yield();
    }
    return true;
}

// Tells when its process ends, and why.
class obituary final : public half::exit_hook {
public:
    struct text {
        event             written;
        half::pid         who;
        half::exit_reason reason;
    };
    explicit obituary(std::shared_ptr<text> paper) : paper_{std::move(paper)} {}
    void exited(half::pid who, const half::exit_reason& reason) noexcept override {
        paper_->who    = who;
        paper_->reason = reason;
        paper_->written.set();
    }
    std::string describe() const override { return "read by a test"; }

private:
    std::shared_ptr<text> paper_;
};

// Puts an obituary on a process, and returns when it is there.
class enroll final : public half::signal {
public:
    enroll(std::shared_ptr<obituary::text> paper, shared_event done)
        : paper_{std::move(paper)}, done_{std::move(done)} {}
    void arrive(half::detail::process& here) override {
        here.on_exit(std::make_unique<obituary>(paper_));
        done_->set();
    }
    void lost(half::pid) noexcept override { done_->set(); }

private:
    std::shared_ptr<obituary::text> paper_;
    shared_event                    done_;
};

inline std::shared_ptr<obituary::text> watch(half::pid who) {
    auto paper = std::make_shared<obituary::text>();
    auto done  = make_event();
    half::send_signal(who, std::make_unique<enroll>(paper, done));
    (void)done->wait();
    return paper;
}

// Kills a process and returns when it is dead and its hooks have run.
inline bool kill_and_wait(half::pid who) {
    auto paper = watch(who);
    half::kill(who);
    return paper->written.wait();
}

}  // namespace real
