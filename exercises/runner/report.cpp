#include <algorithm>
#include <charconv>
#include <exercises/runner/files.hpp>
#include <exercises/runner/report.hpp>

namespace exercises {

const check_report* report::find(std::string_view name) const {
    const auto found = std::ranges::find(checks, name, &check_report::name);
    return found == checks.end() ? nullptr : &*found;
}

namespace {

bool is_of_a_check(std::string_view word, const void* quoted) {
    return word == "todo" || word == "failed" || word == "story" || word == "result" || (word == "|" && quoted);
}

}  // namespace

std::optional<report> read_report(std::string_view text) {
    report                    found;
    std::vector<std::string>* quoted = nullptr;  // where lines that begin with | go
    for (const auto& line : lines_of(text)) {
        const std::string_view all   = line;
        const auto             space = std::min(all.find(' '), all.size());
        const auto             word  = all.substr(0, space);
        const auto             rest  = all.substr(std::min(space + 1, all.size()));
        if (found.run.empty() != (word == "run") || (word == "run" && rest.empty())) return std::nullopt;
        if (word == "run") {
            found.run = rest;
        } else if (word == "check") {
            found.checks.push_back({.name = std::string{rest}});
            quoted = nullptr;
        } else if (word == "end") {
            found.ended = true;
        } else if (found.checks.empty() || !is_of_a_check(word, quoted)) {
            return std::nullopt;
        } else if (auto& check = found.checks.back(); word == "todo") {
            int        n   = 0;
            const auto end = std::from_chars(rest.data(), rest.data() + rest.size(), n).ptr;
            check.todos.push_back({n, std::string{trimmed(rest.substr(static_cast<std::size_t>(end - rest.data())))}});
        } else if (word == "failed") {
            check.failures.push_back({std::string{rest}, {}});
            quoted = &check.failures.back().text;
        } else if (word == "story") {
            quoted = &check.story;
        } else if (word == "|") {
            quoted->emplace_back(rest);
        } else {
            check.result = rest;
        }
    }
    if (found.run.empty()) return std::nullopt;
    return found;
}

}  // namespace exercises
