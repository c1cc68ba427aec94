// Messages, answers and times, as a story tells them: order{"bread"}, nothing yet, 10 min.
#pragma once

#include <01_gen_server/gen_server.hpp>

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <type_traits>

namespace exercise {

namespace detail {

struct anything {
    template <class T>
    operator T() const;
};
template <class T, class... Fields>
concept made_of = requires { T{Fields{}...}; };

// Calls `with` with the fields of a struct: four at most, else none.
template <class T>
void each_field(const T& value, auto with) {
    using a = anything;
    if constexpr (!std::is_aggregate_v<T> || std::is_empty_v<T> || made_of<T, a, a, a, a, a>) {
        // there is nothing to tell, or too much
    } else if constexpr (made_of<T, a, a, a, a>) {
        const auto& [w, x, y, z] = value;
        with(w), with(x), with(y), with(z);
    } else if constexpr (made_of<T, a, a, a>) {
        const auto& [x, y, z] = value;
        with(x), with(y), with(z);
    } else if constexpr (made_of<T, a, a>) {
        const auto& [x, y] = value;
        with(x), with(y);
    } else if constexpr (made_of<T, a>) {
        const auto& [x] = value;
        with(x);
    }
}

}  // namespace detail

// bakery::order -> order
template <class T>
std::string name_of() {
    const std::string_view all = half::detail::type_name<T>();
    const auto             at  = all.rfind("::");
    return std::string{at == all.npos ? all : all.substr(at + 2)};
}

inline std::string told(half::duration time) {
    using namespace std::chrono_literals;
    const auto in = [&](half::duration unit, const char* name) { return std::to_string(time / unit) + " " + name; };
    if (time == 0s) return "0 s";
    if (time % 1h == 0s) return in(1h, "h");
    if (time % 1min == 0s) return in(1min, "min");
    if (time % 1s == 0s) return in(1s, "s");
    return in(1ms, "ms");
}

template <class Message>
std::string told(const Message& message) {
    std::string fields;
    detail::each_field(
        message, [&](const auto& field) { fields += (fields.empty() ? "" : ", ") + testing::PrintToString(field); });
    return name_of<Message>() + (fields.empty() ? "" : "{" + fields + "}");
}

template <class Reply>
std::string told(const half::answer<Reply>& answer) {
    if (!answer) return "no answer (" + half::to_string(answer.error()) + ")";
    if constexpr (std::is_void_v<Reply>) return "done";
    else return testing::PrintToString(*answer);
}

}  // namespace exercise
