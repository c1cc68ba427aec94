#include <algorithm>
#include <exercises/runner/complaint.hpp>
#include <exercises/runner/files.hpp>
#include <fstream>
#include <sstream>

namespace exercises {

namespace fs = std::filesystem;

std::string read_file(const fs::path& file) {
    std::ifstream in{file, std::ios::binary};
    if (!in || fs::is_directory(file)) throw complaint{file, 1, "this file cannot be read", "see that it is there"};
    std::ostringstream text;
    text << in.rdbuf();
    return std::move(text).str();
}

void write_file(const fs::path& file, std::string_view text) {
    if (fs::is_regular_file(file) && read_file(file) == text) return;
    fs::create_directories(file.parent_path());
    std::ofstream out{file, std::ios::binary | std::ios::trunc};
    out << text;
    if (!out.flush())
        throw complaint{file, 1, "this file cannot be written", "is the disk full, or the folder not yours?"};
}

std::vector<std::string> lines_of(std::string_view text) {
    std::vector<std::string> lines;
    while (!text.empty()) {
        const auto end  = text.find('\n');
        auto       line = text.substr(0, end);
        if (line.ends_with('\r')) line.remove_suffix(1);
        lines.emplace_back(line);
        text.remove_prefix(end == text.npos ? text.size() : end + 1);
    }
    return lines;
}

std::string_view trimmed(std::string_view text) {
    const auto first = text.find_first_not_of(" \t\r\n");
    if (first == text.npos) return {};
    return text.substr(first, text.find_last_not_of(" \t\r\n") - first + 1);
}

std::string replaced(std::string text, std::string_view from, std::string_view to) {
    for (std::size_t at = 0; (at = text.find(from, at)) != text.npos; at += to.size())
        text.replace(at, from.size(), to);
    return text;
}

std::vector<fs::path> files_in(const fs::path& folder) {
    std::vector<fs::path> found;
    if (fs::is_directory(folder))
        for (const auto& entry : fs::directory_iterator{folder}) found.push_back(entry.path());
    std::ranges::sort(found);
    return found;
}

}  // namespace exercises
