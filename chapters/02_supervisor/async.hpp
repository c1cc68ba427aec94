// One task, one process, one result.
//
//     half::task<std::string> make(std::string dish);             // any coroutine
//
//     auto soup  = half::async(self, make, "soup");               // make("soup"), in a process of its own,
//     auto bread = half::async(self, make, "bread");              // and make("bread") at the same time
//     serve(co_await soup, co_await bread);                       // what they returned
//
// The process of a job is linked to this one: if it crashes, so do we, and no `catch` sees it; if we end, so does it.
// Where its crash is to be an answer and not our end, give the job to a supervisor:
//
//     auto helpers = runtime.start(half::task_supervisor{});
//     auto pizza   = half::async(self, helpers, make, "pizza");
//     auto got     = co_await pizza.try_result(2s);               // half::answer<std::string>
//     if (!got) order_one(got.error());                           // it died with a reason, or time is up
//
// A coroutine and its arguments are named apart, as for std::jthread, and copied into the new process: they live there
// for as long as it runs. (The arguments of `make("soup")` would be gone before that process looks at them.)
// The result may be there long before anybody asks for it. A job that is cancelled, or whose handle goes away before its
// result is there, is shut down, and that hurts nobody else. For work whose result nobody wants there is start_task().
#pragma once

#include <02_supervisor/child.hpp>
#include <02_supervisor/link.hpp>

#include <memory>
#include <optional>
#include <vector>

namespace half {

namespace detail {
template <class T>
class job_state;
template <class T, bool Throws>
class waiting_for_job;
class task_family;
template <class F, class... Args>
struct task_of;
}  // namespace detail

/// A result that another process is working on. It can be awaited once, and by any process that has it.
///
/// @snippet 02_supervisor/lesson_test.cpp async
template <class T>
class [[nodiscard("a job is shut down when its handle goes away")]] job {
public:
    using waits_in_a_process = void;

    pid id() const { return who_; }  ///< The process that works on it.

    /// The result, within a_while; throws call_failed.
    detail::waiting_for_job<T, true> operator co_await() { return result(); }
    /// The same, with a deadline of your own. After a timeout it can be asked again.
    detail::waiting_for_job<T, true> result(duration timeout = a_while);
    /// The same, as half::answer<T>.
    detail::waiting_for_job<T, false> try_result(duration timeout = a_while);

    /// Asks the process to shut down. Its result will not come, unless it is there already.
    void cancel();

    /// For async().
    job(pid who, pid linked_to, std::shared_ptr<detail::job_state<T>> state)
        : who_{who}, linked_to_{linked_to}, state_{std::move(state)} {}
    job(job&& other) noexcept = default;
    /// Shuts down the job that was here before.
    job& operator=(job other) noexcept {
        std::swap(who_, other.who_);
        std::swap(linked_to_, other.linked_to_);
        state_.swap(other.state_);
        return *this;
    }
    /// Shuts it down, unless its result is there.
    ~job() { cancel(); }

private:
    pid                                   who_;
    pid                                   linked_to_;  // nobody, under a supervisor
    std::shared_ptr<detail::job_state<T>> state_;
};

struct task_supervisor;

/// Runs `f(args...)`, a coroutine, in a process of its own that is linked to this one.
template <class Server, class F, class... Args>
    requires(!std::same_as<F, ref<task_supervisor>>)
auto async(const self<Server>& me, F f, Args... args) -> job<typename detail::task_of<F, Args...>::result>;

/// A supervisor of tasks. They are temporary: what crashed is reported and not started again. They end before it does.
struct task_supervisor {
    duration    shutdown     = std::chrono::seconds{5};  ///< How long a task may take to end when it is asked to.
    std::size_t max_children = 16'000'000;               ///< One more ends at once: `too many tasks`.

    /// Who is there, in the order of their start.
    struct which_children {
        using reply                        = std::vector<child_info>;  ///< The answer.
        static constexpr duration patience = forever;                  ///< As long as it takes.
    };
    /// How many there are.
    struct count_children {
        using reply                        = child_counts;  ///< The answer.
        static constexpr duration patience = forever;       ///< As long as it takes.
    };

    std::vector<child_info> handle(which_children);                               ///< Answers it.
    child_counts            handle(count_children);                               ///< Answers it.
    void                    handle(exit_signal asked, self<task_supervisor> me);  ///< Ends, all its tasks first.

    void        init(self<task_supervisor> me);                        ///< Begins without tasks.
    task<>      terminate(exit_reason why, self<task_supervisor> me);  ///< Asks all tasks to end, and waits for them.
    std::string describe() const;                                      ///< How many there are.

    detail::task_family* at_work = nullptr;  ///< For the supervisor: the tasks that run.
};

/// Runs `f(args...)`, a coroutine, under a supervisor. Its crash is an answer here, and nobody's end. When the supervisor
/// is not there, the answer is `died` with reason `noproc`.
template <class Server, class F, class... Args>
auto async(const self<Server>& me, ref<task_supervisor> under, F f, Args... args)
    -> job<typename detail::task_of<F, Args...>::result>;

/// Runs `f(args...)`, a coroutine, under a supervisor, for what it does and not for what it returns. From any thread;
/// nobody when the supervisor is not there.
template <class F, class... Args>
pid start_task(ref<task_supervisor> under, F f, Args... args);

}  // namespace half

#include <02_supervisor/detail/jobs.hpp>  // the bodies of what is declared above
