#include <02_supervisor/detail/patience.hpp>

#include <fmt/format.h>

#include <stdexcept>

namespace half::detail {

namespace {

std::string in_words(duration time) {
    using namespace std::chrono;
    if (time % 1s == 0s) return fmt::format("{} s", duration_cast<seconds>(time).count());
    if (time % 1ms == 0ms) return fmt::format("{} ms", duration_cast<milliseconds>(time).count());
    return fmt::format("{} ns", time.count());
}

}  // namespace

patience::patience(intensity limit) : limit_{limit} {
    if (limit.restarts < 0 || limit.within <= duration::zero())
        throw std::invalid_argument{"at_most makes no sense: it says how many restarts are borne (none: 0), and within "
                                    "which time (more than none)"};
}

std::string patience::in_words() const {
    auto times = fmt::format("{} {}", so_far(), so_far() == 1 ? "time" : "times");
    return limit_.within == forever ? times : times + " within " + half::detail::in_words(limit_.within);
}

}  // namespace half::detail
