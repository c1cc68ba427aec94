#include <algorithm>
#include <cstdlib>
#include <exercises/runner/choose.hpp>
#include <exercises/runner/files.hpp>
#include <exercises/runner/process.hpp>
#include <optional>

namespace exercises {

namespace {

constexpr std::chrono::seconds patience{30};

// What every exercise stands on.
constexpr std::string_view tools[] = {"exercises/runner/", "tests/exercises/exercise/", "tests/exercises/report.cpp",
                                      "chapters/cmake/"};

bool touches(std::string_view file, const manifest& m) {
    if (std::ranges::any_of(tools, [&](std::string_view tool) { return file.starts_with(tool); }))
        return !file.starts_with("exercises/runner/loop/");
    for (std::string_view folder : {"chapters/", "exercises/", "tests/exercises/"})
        if (file.starts_with(std::string{folder} + m.chapter() + "_")) return true;
    return false;
}

std::optional<std::vector<std::string>> git(const manifest& m, std::vector<std::string> words) {
    words.insert(words.begin(), {"git", "-C", m.root.string()});
    const auto said = run(words, patience);
    if (!said.well()) return std::nullopt;
    return lines_of(said.output);
}

}  // namespace

choice choose(const manifest& m, const std::vector<manifest>& all, const std::vector<std::string>& changed, long day) {
    for (const auto& file : changed)
        if (touches(file, m)) return {true, file + " has changed"};
    const auto& today = all[static_cast<std::size_t>(day) % all.size()];
    if (today.slug == m.slug) return {true, "nothing of it has changed, but its day has come"};
    return {false, "nothing of it has changed; today it is the turn of " + today.slug};
}

choice choose(const manifest& m) {
    const char* base = std::getenv("HALF_BASE");
    if (base && !*base) return {true, "there is no earlier version to compare with"};
    const auto changed = git(m, {"diff", "--name-only", base ? base : "HEAD", "--"});
    const auto fresh   = git(m, {"ls-files", "--others", "--exclude-standard"});
    const auto when    = git(m, {"log", "-1", "--format=%ct"});
    if (!changed || !fresh || !when || when->empty()) return {true, "git does not know what has changed"};
    auto files = *changed;
    files.insert(files.end(), fresh->begin(), fresh->end());
    constexpr long seconds_a_day = 86'400;
    return choose(m, all_exercises(m.root), files, std::atol(when->front().c_str()) / seconds_a_day);
}

}  // namespace exercises
