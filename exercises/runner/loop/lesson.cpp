#include "lesson.hpp"

#include "text.hpp"

#include <algorithm>
#include <cctype>
#include <string>

namespace exercises {
namespace {

// 2 for "## Death", 0 for what is no heading.
std::size_t level_of(std::string_view line) {
    const auto marks = std::min(line.find_first_not_of('#'), line.size());
    return marks >= 1 && marks <= 6 && marks < line.size() && line[marks] == ' ' ? marks : 0;
}

// Lists and tables have lines of their own.
bool begins_anew(std::string_view text) {
    const auto digits = text.find_first_not_of("0123456789");
    return text.starts_with("- ") || text.starts_with("* ") || text.starts_with('|')
           || (digits != 0 && digits != text.npos && text.substr(digits, 2) == ". ");
}

// "[a server](../README.md#a-server)" -> "a server"
std::string without_links(std::string text) {
    for (std::size_t at = 0; (at = text.find("](", at)) != text.npos;) {
        const auto from = text.rfind('[', at);
        const auto to   = text.find(')', at);
        if (from == text.npos || to == text.npos) {
            at += 2;
            continue;
        }
        text.erase(at, to - at + 1);
        text.erase(from, 1);
        at -= 1;
    }
    return text;
}

}  // namespace

std::string anchor_of(std::string_view heading) {
    heading = trimmed(heading);
    if (const auto id = heading.rfind("{#"); id != heading.npos && heading.ends_with('}'))
        return std::string{heading.substr(id + 2, heading.size() - id - 3)};
    std::string anchor;
    for (std::size_t at = 0; at < heading.size(); ++at) {
        const auto byte = static_cast<unsigned char>(heading[at]);
        if (byte == 0xC2) ++at;  // the signs of Latin-1
        else if (std::isalnum(byte) != 0 || byte == '_' || byte == '-' || byte >= 0x80)
            anchor += static_cast<char>(std::tolower(byte));
        else if (byte == ' ') anchor += '-';
    }
    return anchor;
}

std::optional<std::string> section(std::string_view markdown, std::string_view anchor) {
    std::string text;
    std::size_t level = anchor.empty() ? 7 : 0;  // of the heading we stand below
    bool        code  = false;
    for (const auto& line : lines_of(markdown)) {
        const bool fence = trimmed(line).starts_with("```");
        if (!code && !fence && !anchor.empty()) {
            const auto here = level_of(line);
            if (level != 0 && here != 0 && here <= level) break;
            if (level == 0 && here != 0 && anchor_of(line.substr(here)) == anchor) level = here;
        }
        if (fence) code = !code;
        if (level != 0) text += line + "\n";
    }
    if (level == 0) return std::nullopt;
    return text;
}

picture readable(std::string_view markdown) {
    picture    all;
    bool       code      = false;
    bool       aside     = false;
    bool       paragraph = false;  // the line above may be gone on with
    const auto add       = [&](std::string_view text, ink colour) { all.push_back({{std::string{text}, colour}}); };
    for (const auto& line : lines_of(markdown)) {
        const auto text = trimmed(line);
        if (text.starts_with("```")) {
            code      = !code;
            paragraph = false;
        } else if (code) {
            add("    " + printable(line), ink::faint);
        } else if (aside || text.starts_with("<!--")) {
            aside = text.find("-->") == text.npos;
        } else if (text.empty()) {
            if (!all.empty() && !all.back().empty()) all.emplace_back();
            paragraph = false;
        } else if (const auto level = level_of(line); level != 0) {
            add(trimmed(text.substr(level)), ink::strong);
        } else if (paragraph && !begins_anew(text)) {
            all.back().front().text += " " + without_links(printable(text));
        } else {
            add(without_links(printable(line)), ink::plain);
            paragraph = !text.starts_with('|');
        }
    }
    return all;
}

}  // namespace exercises
