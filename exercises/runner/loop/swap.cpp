#include "swap.hpp"

#include "atomic_file.hpp"
#include "text.hpp"

#include <algorithm>
#include <exercises/runner/files.hpp>
#include <exercises/runner/process.hpp>

namespace exercises {
namespace fs = std::filesystem;

std::set<std::string> swapped(const fs::path& build) {
    constexpr std::string_view name = "HALF_SWAP:";
    std::set<std::string>      found;
    for (const auto& line : lines_of(content_of(build / "CMakeCache.txt").value_or(""))) {
        if (!line.starts_with(name)) continue;
        auto value = line.substr(line.find('=') + 1);
        std::ranges::replace(value, ';', ' ');
        for (auto& each : words_of(value)) found.insert(each);
    }
    return found;
}

int swap_chapter(const workshop& in, const std::vector<manifest>& all, const std::string& number, bool on,
                 const std::function<void(const std::string&)>& say) {
    const auto build   = in.root / "build/swap";
    const auto chapter = number.size() == 1 ? "0" + number : number.substr(0, 2);
    const auto swap =
        std::ranges::find_if(all, [&](const manifest& m) { return m.sort == kind::swap && m.chapter() == chapter; });
    if (swap == all.end()) return say("Chapter " + number + " has no part that can be swapped."), 1;
    if (on && !fs::exists(swap->mine() / swap->file))
        return say("You have no chapter " + chapter + " of your own yet: ./workbook goto " + swap->slug
                   + " begins it."),
               1;

    auto those = swapped(build);
    if (on) those.insert(chapter);
    else if (those.erase(chapter) == 0) return say("Chapter " + chapter + " is the workbook's own already."), 0;
    if (those.empty()) {
        fs::remove_all(build);
        return say("Chapter " + chapter + " is the workbook's own again, and build/swap is gone."), 0;
    }
    say("Configure (swap)");
    const auto done = run({"cmake", "-S", in.root.string(), "--preset", "swap",
                           "-DHALF_SWAP=" + joined({those.begin(), those.end()}, ";")},
                          std::chrono::minutes{5});
    if (!done.well()) return say(done.output), 1;
    say(on ? "Chapter " + chapter + " is yours now, in build/swap: " + fs::relative(swap->mine(), in.root).string()
                 + "\n"
                   "  ./workbook test "
                 + chapter
                 + " --preset swap    its tests, on yours\n"
                   "  ./workbook run --preset swap        the server, on yours"
           : "Chapter " + chapter + " is the workbook's own again.");
    return 0;
}

}  // namespace exercises
