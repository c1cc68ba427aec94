// How a job works: its process and its handle share a state, in which the process leaves what it came to.
//
//   - The process is started in the turn of whoever wants the job, so its pid is known at once.
//   - It is born with a link: to that one, or to the supervisor of tasks, which hears of it by a signal.
//   - A job that has its result takes the link away before it ends: an end that worries nobody is no news.
//   - When its process ends otherwise, the link breaks first, and then whoever waits for the result is told.
#pragma once

#include <02_supervisor/async.hpp>
#include <02_supervisor/detail/bonds.hpp>

#include <mutex>
#include <stdexcept>

namespace half::detail {

// -- what can be run ----------------------------------------------------------------------------------------------

template <class T>
inline constexpr bool is_self = false;
template <class Server>
inline constexpr bool is_self<self<Server>> = true;

template <class F, class... Args>
struct task_of {
    static constexpr bool is_a_task = false;
    using result                    = void;
};
template <class F, class... Args>
    requires is_task<std::invoke_result_t<F&, Args...>>
struct task_of<F, Args...> {
    static constexpr bool is_a_task = true;
    using result                    = decltype(std::declval<std::invoke_result_t<F&, Args...>&>().await_resume());
};

template <class F, class... Args>
consteval void check_job() {
    static_assert(!(is_self<Args> || ...), "a self is good in its own process only: give the job a ref");
    static_assert(std::is_invocable_v<F&, Args...>,
                  "this cannot be called with these arguments (all of them are needed)");
    static_assert(task_of<F, Args...>::is_a_task, "a job is a coroutine: a function that returns half::task<...>");
}

// The frame of this coroutine is where they live. (And what an argument is converted to lives as long as the co_await.)
template <class T, class F, class... Args>
task<T> run_with(F f, Args... args) {
    co_return co_await f(std::move(args)...);
}

// -- the state ----------------------------------------------------------------------------------------------------

template <class T>
class job_state {
public:
    // The first word counts.
    void settle(answer<T> what) {
        ticket waiter;
        {
            const std::lock_guard lock{guard_};
            if (settled_) return;
            settled_ = true;
            what_.emplace(std::move(what));
            waiter = std::exchange(waiter_, {});
        }
        if (waiter.asker) from<void>{waiter}.reply();
    }
    bool settled() const {
        const std::lock_guard lock{guard_};
        return settled_;
    }

    // Whoever asks is told when it is settled; false: it is.
    bool ask(ticket who) {
        const std::lock_guard lock{guard_};
        if (settled_) return false;
        waiter_ = who;
        return true;
    }
    // What it came to; nothing while it has not, and then nobody waits any more.
    std::optional<answer<T>> take() {
        const std::lock_guard lock{guard_};
        waiter_ = {};
        if (settled_ && !what_) throw std::logic_error{"the result of a job can be taken once"};
        return std::exchange(what_, std::nullopt);
    }

private:
    mutable std::mutex       guard_;
    bool                     settled_ = false;
    std::optional<answer<T>> what_;
    ticket                   waiter_;
};

template <class T, bool Throws>
class [[nodiscard("co_await the result")]] waiting_for_job {
public:
    using waits_in_a_process = void;

    waiting_for_job(pid who, std::shared_ptr<job_state<T>> state, duration timeout)
        : who_{who}, state_{std::move(state)}, timeout_{timeout} {}

    bool await_ready() const { return state_->settled(); }
    template <class Promise>
    bool await_suspend(std::coroutine_handle<Promise> waiter) {
        process& me = *waiter.promise().home;
        me.expect(wait_, waiter, &reply_kind<void>, deadline_in(me, timeout_));
        if (state_->ask({me.id(), wait_.question})) return true;
        wait_.unlink();
        return false;
    }
    auto await_resume() {
        auto came = state_->take();
        if (!came) came.emplace(std::unexpected{no_answer{no_answer::timed_out}});
        if constexpr (!Throws) return std::move(*came);
        else {
            if (!*came) throw call_failed{who_, "a job", came->error()};
            if constexpr (!std::is_void_v<T>) return std::move(**came);
        }
    }

private:
    pid                           who_;
    std::shared_ptr<job_state<T>> state_;
    duration                      timeout_;
    reply_wait<void>              wait_;
};

// -- the process --------------------------------------------------------------------------------------------------

template <class T>
struct job_bonds final : bonds {
    std::shared_ptr<job_state<T>> state;

    job_bonds(pid other, std::shared_ptr<job_state<T>> s) : bonds{other}, state{std::move(s)} {}
    void exited(pid me, const exit_reason& reason) noexcept override {
        bonds::exited(me, reason);
        state->settle(std::unexpected{no_answer{no_answer::died, reason}});
    }
};

template <class T>
struct job_process {
    task<T>                       body;
    pid                           linked_to;
    std::shared_ptr<job_state<T>> state;

    task<> init(self<job_process> me) {
        if constexpr (std::is_void_v<T>) {
            co_await std::move(body);
            finish(me, {});
        } else {
            finish(me, co_await std::move(body));
        }
    }
    void finish(self<job_process> me, answer<T> result) {
        if (linked_to) unlink(me, linked_to);
        state->settle(std::move(result));
        me.stop();
    }
};

struct task_process {
    task<> body;
    task<> init(self<task_process> me) {
        co_await std::move(body);
        me.stop();
    }
};

void end_job(pid who, pid linked_to) noexcept;
void adopt(pid supervisor, pid child);

}  // namespace half::detail

namespace half {

template <class T>
detail::waiting_for_job<T, true> job<T>::result(duration timeout) {
    return {who_, state_, timeout};
}
template <class T>
detail::waiting_for_job<T, false> job<T>::try_result(duration timeout) {
    return {who_, state_, timeout};
}

template <class T>
void job<T>::cancel() {
    if (!state_ || state_->settled()) return;
    detail::end_job(who_, linked_to_);
    state_->settle(std::unexpected{no_answer{no_answer::died, exit_reason::shutdown("cancelled")}});
}

template <class Server, class F, class... Args>
    requires(!std::same_as<F, ref<task_supervisor>>)
auto async(const self<Server>& me, F f, Args... args) -> job<typename detail::task_of<F, Args...>::result> {
    detail::check_job<F, Args...>();
    using T    = typename detail::task_of<F, Args...>::result;
    auto state = std::make_shared<detail::job_state<T>>();
    auto child = detail::spawn(
        *me.here().home, detail::job_process<T>{detail::run_with<T>(std::move(f), std::move(args)...), me.id(), state},
        std::make_unique<detail::job_bonds<T>>(me.id(), state));
    detail::bind_child(me.here(), child, detail::child_is::linked);
    return {child, me.id(), std::move(state)};
}

template <class Server, class F, class... Args>
auto async(const self<Server>& me, ref<task_supervisor> under, F f, Args... args)
    -> job<typename detail::task_of<F, Args...>::result> {
    detail::check_job<F, Args...>();
    using T    = typename detail::task_of<F, Args...>::result;
    auto state = std::make_shared<detail::job_state<T>>();
    if (!detail::process::find(under)) {
        state->settle(std::unexpected{no_answer{no_answer::died, exit_reason::noproc()}});
        return {pid{}, {}, std::move(state)};
    }
    auto child = detail::spawn(*me.here().home,
                               detail::job_process<T>{detail::run_with<T>(std::move(f), std::move(args)...), {}, state},
                               std::make_unique<detail::job_bonds<T>>(under, state));
    detail::adopt(under, child);
    return {child, {}, std::move(state)};
}

template <class F, class... Args>
pid start_task(ref<task_supervisor> under, F f, Args... args) {
    detail::check_job<F, Args...>();
    static_assert(std::is_void_v<typename detail::task_of<F, Args...>::result>, "nobody would look at what it returns");
    const auto* parent = detail::process::find(under);
    if (!parent) return {};
    auto child =
        detail::spawn(*parent->home, detail::task_process{detail::run_with<void>(std::move(f), std::move(args)...)},
                      detail::bond_to(under));
    detail::adopt(under, child);
    return child;
}

}  // namespace half
