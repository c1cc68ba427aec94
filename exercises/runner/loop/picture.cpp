#include "picture.hpp"

#include "text.hpp"

#include <algorithm>
#include <array>
#include <clocale>
#include <cstdlib>
#include <langinfo.h>

namespace exercises {
namespace {

std::string_view escape(ink colour) {
    switch (colour) {
    case ink::plain: return "";
    case ink::strong: return "\x1b[1m";
    case ink::faint: return "\x1b[2m";
    case ink::good: return "\x1b[32m";
    case ink::bad: return "\x1b[1;31m";
    case ink::caution: return "\x1b[33m";
    }
    return "";
}

std::string variable(const char* name) {
    const char* value = std::getenv(name);
    return value == nullptr ? "" : value;
}

// There is no way to ask a terminal whether it knows hyperlinks (OSC 8). Those that do say who they are.
bool knows_links() {
    if (const auto forced = variable("FORCE_HYPERLINK"); !forced.empty()) return forced != "0";
    if (const auto term = variable("TERM"); term.empty() || term == "dumb" || term == "linux") return false;
    constexpr std::array<std::string_view, 6> programs = {"iTerm.app", "vscode", "WezTerm",
                                                          "ghostty",   "Hyper",  "Tabby"};
    if (std::ranges::find(programs, variable("TERM_PROGRAM")) != programs.end()) return true;
    for (const char* name : {"KITTY_WINDOW_ID", "WT_SESSION", "KONSOLE_VERSION", "DOMTERM"})
        if (!variable(name).empty()) return true;
    return std::atoi(variable("VTE_VERSION").c_str()) >= 5000;
}

}  // namespace

abilities abilities_of(bool terminal) {
    (void)std::setlocale(LC_CTYPE, "");
    const std::string_view codes = nl_langinfo(CODESET);
    const auto             term  = variable("TERM");
    return {.colour = terminal && variable("NO_COLOR").empty() && !term.empty() && term != "dumb",
            .utf8   = codes == "UTF-8",
            .links  = terminal && knows_links()};
}

std::string drawn(const line& of, const abilities& can, std::size_t width) {
    std::string bytes;
    std::size_t used = 0;
    for (const auto& [text, colour, link] : of) {
        std::string shown = can.utf8 ? text : in_ascii(text);
        if (width != 0) shown = cut(shown, width - used);
        if (shown.empty()) continue;
        used += columns(shown);
        const bool linked   = can.links && !link.empty();
        const bool coloured = can.colour && colour != ink::plain;
        if (linked) bytes += "\x1b]8;;" + link + "\x1b\\";
        if (coloured) bytes += escape(colour);
        bytes += shown;
        if (coloured) bytes += "\x1b[0m";
        if (linked) bytes += "\x1b]8;;\x1b\\";
    }
    return bytes;
}

std::string words(const line& of) {
    std::string all;
    for (const auto& part : of) all += part.text;
    return all;
}

}  // namespace exercises
