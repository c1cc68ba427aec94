// How many restarts a supervisor bears. It keeps the times of those that still count, oldest first: in a storm each
// restart costs the same as the first.
#pragma once

#include <02_supervisor/supervisor.hpp>

#include <cstdint>
#include <string>
#include <vector>

namespace half::detail {

class patience {
public:
    explicit patience(intensity limit);  // throws std::invalid_argument: it makes no sense

    // One more child has to be started again: is it borne?
    bool bears_one_more(std::uint64_t now_ns) {
        const auto within = static_cast<std::uint64_t>(limit_.within.count());
        while (first_ < times_.size() && now_ns - times_[first_] > within) ++first_;
        if (2 * first_ > times_.size()) {
            times_.erase(times_.begin(), times_.begin() + static_cast<std::ptrdiff_t>(first_));
            first_ = 0;
        }
        times_.push_back(now_ns);
        return so_far() <= static_cast<std::size_t>(limit_.restarts);
    }

    std::size_t so_far() const { return times_.size() - first_; }  // that count, with the last one

    // Whether the last one should be reported: of a storm a few are enough.
    bool worth_a_report() const { return so_far() <= 10 || (so_far() & (so_far() - 1)) == 0; }

    std::string in_words() const;  // "4 times within 5 s"

private:
    intensity                  limit_;
    std::vector<std::uint64_t> times_;
    std::size_t                first_ = 0;
};

}  // namespace half::detail
