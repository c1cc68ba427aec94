#include <02_supervisor/detail/patience.hpp>

#include <fmt/chrono.h>

namespace half::detail {

namespace {

std::string in_words(duration time) {
    using namespace std::chrono;
    if (time % 1s == 0s) return fmt::format("{} s", duration_cast<seconds>(time).count());
    if (time % 1ms == 0ms) return fmt::format("{} ms", duration_cast<milliseconds>(time).count());
    return fmt::format("{} ns", time.count());
}

}  // namespace

std::string patience::in_words() const {
    return fmt::format("{} {} within {}", so_far(), so_far() == 1 ? "time" : "times",
                       half::detail::in_words(limit_.within));
}

}  // namespace half::detail
