#include <02_supervisor/detail/bonds.hpp>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <vector>

namespace half::detail {

void bonds::exited(pid me, const exit_reason& reason) noexcept {
    for (const auto& [other, state] : links)
        if (state == linked || state == starting) break_link(other, me, reason);
    for (const auto& each : watchers) tell(each, me, reason);
    for (const auto& [number, other] : watched) withdraw({me, number}, other);
}

namespace {

// "linked to <0.1.1>, <0.2.1>": the first few of them.
void list(std::vector<std::string>& into, const char* what, std::vector<pid> whom) {
    constexpr std::size_t shown = 5;
    if (whom.empty()) return;
    const auto listed = std::min(shown, whom.size());
    std::ranges::partial_sort(whom, whom.begin() + static_cast<std::ptrdiff_t>(listed));
    auto text =
        fmt::format("{} {}", what, fmt::join(whom.begin(), whom.begin() + static_cast<std::ptrdiff_t>(listed), ", "));
    if (whom.size() > shown) text += fmt::format(" and {} more", whom.size() - shown);
    into.push_back(std::move(text));
}

}  // namespace

std::string bonds::describe() const {
    std::vector<pid> linked_to, watched_by, watching;
    for (const auto& [other, state] : links)
        if (state == linked || state == starting) linked_to.push_back(other);
    for (const auto& each : watchers) watched_by.push_back(each.who);
    for (const auto& [number, other] : watched) watching.push_back(other);
    std::vector<std::string> parts;
    list(parts, "linked to", std::move(linked_to));
    list(parts, "monitored by", std::move(watched_by));
    list(parts, "watches", std::move(watching));
    return fmt::format("{}", fmt::join(parts, "; "));
}

}  // namespace half::detail
