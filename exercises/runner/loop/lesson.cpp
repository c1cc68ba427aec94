#include "lesson.hpp"

#include "text.hpp"

#include <algorithm>
#include <cctype>

namespace exercises {
namespace {

// 2 for "## Death", 0 for what is no heading.
std::size_t level_of(std::string_view line) {
    const auto marks = std::min(line.find_first_not_of('#'), line.size());
    return marks >= 1 && marks <= 6 && marks < line.size() && line[marks] == ' ' ? marks : 0;
}

}  // namespace

std::string anchor_of(std::string_view heading) {
    heading = trimmed(heading);
    if (const auto id = heading.rfind("{#"); id != heading.npos && heading.ends_with('}'))
        return std::string{heading.substr(id + 2, heading.size() - id - 3)};
    std::string anchor;
    for (const char c : heading) {
        const auto byte = static_cast<unsigned char>(c);
        if (std::isalnum(byte) != 0 || c == '_' || c == '-' || byte >= 0x80)
            anchor += static_cast<char>(std::tolower(byte));
        else if (c == ' ') anchor += '-';
    }
    return anchor;
}

std::optional<std::string> section(std::string_view markdown, std::string_view anchor) {
    std::string text;
    std::size_t level = anchor.empty() ? 7 : 0;  // of the heading we stand below
    bool        code  = false;
    bool        aside = false;
    for (const auto& line : lines_of(markdown)) {
        const bool fence = trimmed(line).starts_with("```");
        if (!code && !fence && !anchor.empty()) {
            const auto here = level_of(line);
            if (level != 0 && here != 0 && here <= level) break;
            if (level == 0 && here != 0 && anchor_of(line.substr(here)) == anchor) level = here;
        }
        if (fence) code = !code;
        if (!code && line.starts_with("<!--")) aside = true;
        if (level != 0 && !aside) text += line + "\n";
        if (aside && line.find("-->") != line.npos) aside = false;
    }
    if (level == 0) return std::nullopt;
    return text;
}

}  // namespace exercises
