#include <algorithm>
#include <cstdlib>
#include <exercises/runner/choose.hpp>
#include <exercises/runner/git.hpp>

namespace exercises {

namespace {

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
    const auto changed = git(m.root, {"diff", "--name-only", base ? base : "HEAD", "--"});
    const auto fresh   = git(m.root, {"ls-files", "--others", "--exclude-standard"});
    const auto when    = git(m.root, {"log", "-1", "--format=%ct"});
    if (!changed || !fresh || !when || when->empty()) return {true, "git does not know what has changed"};
    auto files = *changed;
    files.insert(files.end(), fresh->begin(), fresh->end());
    constexpr long seconds_a_day = 86'400;
    return choose(m, all_exercises(m.root), files, std::atol(when->front().c_str()) / seconds_a_day);
}

}  // namespace exercises
