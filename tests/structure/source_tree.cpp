#include "source_tree.hpp"

#include <algorithm>
#include <cctype>
#include <fstream>

namespace structure {

int chapter_number(const std::string& folder) {
    const auto digit = [&](std::size_t i) { return std::isdigit(static_cast<unsigned char>(folder[i])) != 0; };
    if (folder.size() < 4 || !digit(0) || !digit(1) || folder[2] != '_') return 0;
    return (folder[0] - '0') * 10 + (folder[1] - '0');
}

std::vector<chapter> chapters_of(const fs::path& root) {
    std::vector<chapter> found;
    if (!fs::is_directory(root / "chapters")) return found;
    for (const auto& entry : fs::directory_iterator{root / "chapters"}) {
        const auto folder = entry.path().filename().string();
        if (!entry.is_directory() || chapter_number(folder) == 0) continue;
        found.push_back({chapter_number(folder), folder.substr(3), folder});
    }
    std::ranges::sort(found, {}, &chapter::number);
    return found;
}

std::vector<fs::path> files_below(const fs::path& folder, const std::vector<std::string>& endings) {
    std::vector<fs::path> found;
    if (!fs::is_directory(folder)) return found;
    for (const auto& entry : fs::recursive_directory_iterator{folder}) {
        const auto name   = entry.path().filename().string();
        const bool wanted = std::ranges::any_of(endings, [&](const auto& ending) { return name.ends_with(ending); });
        if (entry.is_regular_file() && wanted) found.push_back(entry.path());
    }
    std::ranges::sort(found);
    return found;
}

std::vector<line> lines_of(const fs::path& file) {
    std::vector<line> lines;
    std::ifstream     in{file};
    for (std::string text; std::getline(in, text);) lines.push_back({static_cast<int>(lines.size()) + 1, text});
    return lines;
}

bool exists(const fs::path& root, const std::string& pattern) {
    const auto star            = pattern.find('*');
    const auto holds_something = [](const fs::path& file) {
        return fs::is_regular_file(file) && fs::file_size(file) > 0;
    };
    if (star == std::string::npos) return holds_something(root / pattern);

    const auto slash  = pattern.rfind('/', star);
    const auto folder = root / pattern.substr(0, slash);
    const auto head   = pattern.substr(slash + 1, star - slash - 1);
    const auto tail   = pattern.substr(star + 1);
    if (!fs::is_directory(folder)) return false;
    return std::ranges::any_of(fs::directory_iterator{folder}, [&](const auto& entry) {
        const auto name = entry.path().filename().string();
        return name.size() >= head.size() + tail.size() && name.starts_with(head) && name.ends_with(tail)
               && holds_something(entry.path());
    });
}

}  // namespace structure
