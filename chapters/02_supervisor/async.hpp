// One task, one process, one result.
//
//     auto soup  = half::async(self, cook("soup"));            // each runs in a process of its own,
//     auto bread = half::async(self, cook("bread"));           // at the same time
//     serve(co_await soup, co_await bread);                    // what they returned
//
// `cook` is any coroutine that returns half::task<T>. Its process is linked to this one: if it crashes, so do we; if we
// end, so does it. Where its crash is to be an answer and not our end, give it to a supervisor:
//
//     auto soup = half::async(self, helpers, cook("soup"));    // helpers: half::ref<half::task_supervisor>
//     auto got  = co_await soup.try_result(2s);                // half::answer<std::string>
//     if (!got) order_pizza(got.error());                      // died with a reason, or timed out
//
// The result may be there long before anybody asks for it. A job that nobody has waited for to its end is shut down when
// its handle goes away; for work whose result nobody wants there is start_task().
#pragma once

#include <02_supervisor/link.hpp>
#include <02_supervisor/supervisor.hpp>

namespace half {

/// A result that another process is working on.
///
/// @snippet 02_supervisor/lesson_test.cpp async
template <class T>
class [[nodiscard("a job is shut down when its handle goes away")]] job {
public:
    pid id() const;  ///< The process that works on it.

    auto operator co_await();                 ///< The result, within a_while; throws call_failed.
    auto result(duration timeout = a_while);  ///< The same, with a deadline of your own.
    auto
    try_result(duration timeout = a_while);  ///< The same, as half::answer<T>. After a timeout it can be asked again.

    void cancel();  ///< Asks the process to shut down. Its result will not come.
};

/// Runs a task in a process of its own, linked to this one.
template <class Server, class T>
job<T> async(const self<Server>& me, task<T> body);

/// A supervisor of tasks. They are temporary: what crashed is reported and not started again.
struct task_supervisor {
    std::optional<duration> shutdown     = {};          ///< How long a task may take to end when it is asked to.
    std::size_t             max_children = 16'000'000;  ///< One more is refused.
};

/// Runs a task under a supervisor. Its crash is an answer here, and nobody's end.
template <class Server, class T>
job<T> async(const self<Server>& me, ref<task_supervisor> under, task<T> body);

/// Runs a task under a supervisor, for what it does and not for what it returns.
void start_task(ref<task_supervisor> under, task<> body);

}  // namespace half
