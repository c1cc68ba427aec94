#include "desk.hpp"

#include "text.hpp"

#include <algorithm>
#include <exercises/runner/complaint.hpp>
#include <exercises/runner/files.hpp>

namespace exercises {
namespace fs = std::filesystem;
namespace {

hints hints_for(const manifest& m) {
    const auto file = m.folder() / "hints.md";
    return fs::exists(file) ? hints_of(read_file(file)) : hints{};
}

// What is still unwritten, as the learner's file says itself.
bool unwritten_in(const std::string& text, int hole) {
    return text.find("half::todo(" + std::to_string(hole) + ",") != text.npos;
}

// Holes in the order in which a hint is most likely to help: the one that a check ran into; when a check fails without, what
// is written already; when nothing was checked yet, what is not.
std::vector<int> by_need(const manifest& m, const hints& all, const climb* last) {
    const auto        file    = m.mine() / m.file;
    const std::string text    = fs::exists(file) ? read_file(file) : "";
    const auto*       trouble = last != nullptr ? last->trouble() : nullptr;
    const bool        wrong   = trouble != nullptr && trouble->hole == 0;
    std::vector<int>  order;
    for (const auto& each : all) order.push_back(each.first);
    std::ranges::sort(order, {}, [&](int hole) {
        const int rank = trouble != nullptr && trouble->hole == hole ? 0 : unwritten_in(text, hole) != wrong ? 1 : 2;
        return std::pair{rank, hole};
    });
    return order;
}

}  // namespace

desk::desk(const fs::path& root)
    : root_{fs::absolute(root).lexically_normal()},
      all_{all_exercises(root_)},
      notes_{root_ / "exercises/my/.progress"} {
    if (all_.empty()) throw complaint{"exercises", 1, "there are no exercises yet", "see README.md for what there is"};
}

const manifest& desk::current() {
    const auto state = known();
    if (const auto at = std::ranges::find(all_, state.current, &manifest::slug); at != all_.end()) return *at;
    for (const auto& m : all_)
        if (!state.done(m.slug)) return m;
    return all_.back();
}

const manifest* desk::after(const manifest& m) {
    const auto state = known();
    const auto at    = static_cast<std::size_t>(std::ranges::find(all_, m.slug, &manifest::slug) - all_.begin());
    for (std::size_t i = 1; i < all_.size(); ++i)
        if (const auto& other = all_[(at + i) % all_.size()]; !state.done(other.slug)) return &other;
    return nullptr;
}

std::expected<const manifest*, std::string> desk::find(std::string_view name) {
    while (name.ends_with('/')) name.remove_suffix(1);
    if (const auto slash = name.rfind('/'); slash != name.npos) name.remove_prefix(slash + 1);
    std::vector<const manifest*> like;
    for (const auto& m : all_) {
        if (m.slug == name) return &m;
        if (m.slug.find(name) != m.slug.npos) like.push_back(&m);
    }
    const auto number = name.size() == 1 ? "0" + std::string{name} : std::string{name};
    if (number.size() == 2 && std::ranges::all_of(number, [](char c) { return c >= '0' && c <= '9'; })) {
        std::erase_if(like, [&](const manifest* m) { return m->chapter() != number; });
        for (const auto& m : all_)
            if (m.chapter() == number && std::ranges::find(like, &m) == like.end()) like.push_back(&m);
        const auto state = known();
        for (const auto* m : like)
            if (!state.done(m->slug)) return m;
        if (!like.empty()) return like.front();
    }
    if (like.size() == 1) return like.front();
    std::vector<std::string> names;
    for (const auto* m : like) names.push_back(m->slug);
    if (names.empty())
        for (const auto& m : all_) names.push_back(m.slug);
    return std::unexpected{(like.empty() ? "There is no exercise " + std::string{name} + ". They are: " : "Which one? ")
                           + joined(names, " ")};
}

std::vector<exercise_row> desk::rows() {
    std::vector<exercise_row> found;
    const auto                state = known();
    for (const auto& m : all_) found.push_back({m.slug, m.title, m.minutes, state.done(m.slug), state.gave_up(m.slug)});
    return found;
}

std::optional<shown_hint> desk::next_hint(const manifest& m, const climb* last) {
    const auto                all = hints_for(m);
    std::optional<shown_hint> found;
    notes_.change([&](progress& state) {
        for (const int hole : by_need(m, all, last)) {
            auto&       shown = state.of[m.slug].hints[hole];
            const auto& texts = all.at(hole);
            if (static_cast<std::size_t>(shown) >= texts.size()) continue;
            found = {hole, static_cast<std::size_t>(shown) + 1, texts.size(), texts[static_cast<std::size_t>(shown)]};
            ++shown;
            return;
        }
    });
    return found;
}

std::vector<shown_hint> desk::shown_hints(const manifest& m, int hole) {
    std::vector<shown_hint> found;
    const auto              all   = hints_for(m);
    const auto              state = known();
    const auto              at    = state.of.find(m.slug);
    if (at == state.of.end()) return found;
    for (const auto& [of, count] : at->second.hints) {
        const auto texts = all.find(of);
        if ((hole != 0 && of != hole) || texts == all.end()) continue;
        for (std::size_t i = 0; i < texts->second.size() && i < static_cast<std::size_t>(count); ++i)
            found.push_back({of, i + 1, texts->second.size(), texts->second[i]});
    }
    return found;
}

void desk::now_at(const manifest& m) {
    notes_.change([&](progress& state) { state.current = m.slug; });
}

void desk::done(const manifest& m) {
    notes_.change([&](progress& state) { state.of[m.slug].done = true; });
}

void desk::gave_up(const manifest& m) {
    notes_.change([&](progress& state) { state.of[m.slug].gave_up = true; });
}

}  // namespace exercises
