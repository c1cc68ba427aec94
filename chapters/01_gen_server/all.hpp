// Several questions at once, and on when all of them are answered.
//
//     auto [a, b] = co_await half::all(left.call(counter::get{}), right.call(counter::get{}));
//
//     auto get    = [](half::ref<counter> each) { return each.try_call(counter::get{}); };
//     auto counts = co_await half::all(counters | std::views::transform(get));    // std::vector<half::answer<int>>
//
// The servers work at the same time, so it takes as long as the slowest of them. Each call keeps its own deadline, and
// each is answered or fails in the end, so this does not wait for ever either. Of calls that throw, the first of the
// line that failed does so, when all are in; a try_call() says for itself what came of it. A call that waits for no
// value comes to a std::monostate.
#pragma once

#include <01_gen_server/detail/asking.hpp>

#include <ranges>
#include <tuple>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

namespace half {
namespace detail {

template <class T>
inline constexpr bool is_call = false;
template <class Reply, bool Throws>
inline constexpr bool is_call<pending_call<Reply, Throws>> = true;

template <class Call>
auto result_of(Call& call) {
    if constexpr (std::is_void_v<decltype(call.await_resume())>) return call.await_resume(), std::monostate{};
    else return call.await_resume();
}

// Calls of different types stand in a tuple, any number of one type in a vector.
template <class... Call, class Ask>
void each_of(std::tuple<Call...>& calls, Ask ask) {
    std::apply([&](auto&... call) { (ask(call), ...); }, calls);
}
template <class Call, class Ask>
void each_of(std::vector<Call>& calls, Ask ask) {
    for (auto& call : calls) ask(call);
}
template <class... Call>
auto results_of(std::tuple<Call...>& calls) {
    return std::apply([](auto&... call) { return std::tuple<decltype(result_of(call))...>{result_of(call)...}; },
                      calls);
}
template <class Call>
auto results_of(std::vector<Call>& calls) {
    std::vector<decltype(result_of(calls.front()))> results;
    results.reserve(calls.size());
    for (auto& call : calls) results.push_back(result_of(call));
    return results;
}

// What all() returns: the questions, not yet asked. Awaiting it asks them.
template <class Calls>
class [[nodiscard("nothing is asked until it is awaited: co_await it in a task")]] pending_calls {
public:
    using waits_in_a_process = void;

    explicit pending_calls(Calls calls) : calls_{std::move(calls)} {}
    pending_calls(pending_calls&& other) noexcept : calls_{std::move(other.calls_)} {}

    bool await_ready() const noexcept { return false; }
    template <class Promise>
    bool await_suspend(std::coroutine_handle<Promise> asker) {
        process& me = *asker.promise().home;
        each_of(calls_, [&](auto& call) { call.ask_as_one_of(wait_, me); });
        return me.expect_all(wait_, asker);
    }
    auto await_resume() { return results_of(calls_); }

private:
    Calls        calls_;
    wait_for_all wait_;
};

}  // namespace detail

/// Asks several questions at once; co_await it for a tuple of what each of them comes to.
///
/// @snippet 01_gen_server/lesson_test.cpp all
template <class... Reply, bool... Throws>
    requires(sizeof...(Reply) > 0)
auto all(detail::pending_call<Reply, Throws>... calls) {
    using several = std::tuple<detail::pending_call<Reply, Throws>...>;
    return detail::pending_calls<several>{several{std::move(calls)...}};
}

/// The same for any number of calls of one type: co_await it for a vector of what each of them comes to.
///
/// @snippet 01_gen_server/lesson_test.cpp all_of_them
template <std::ranges::input_range Calls>
    requires detail::is_call<std::ranges::range_value_t<Calls>> && (!std::is_lvalue_reference_v<Calls>)
auto all(Calls&& calls) {
    using several = std::vector<std::ranges::range_value_t<Calls>>;
    several asked;
    for (auto&& call : calls) asked.push_back(std::move(call));
    return detail::pending_calls<several>{std::move(asked)};
}

}  // namespace half
