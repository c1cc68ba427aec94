#include "text.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

namespace exercises {
namespace {

constexpr char32_t broken = 0xFFFD;

// Takes one character off the front.
char32_t next(std::string_view& text) {
    const auto byte   = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
    const auto first  = byte(0);
    const auto length = first < 0x80   ? 1U
                        : first < 0xC2 ? 0U
                        : first < 0xE0 ? 2U
                        : first < 0xF0 ? 3U
                        : first < 0xF5 ? 4U
                                       : 0U;
    char32_t   found  = length < 2 ? first : first & (0x7FU >> length);
    bool       good   = length != 0 && length <= text.size();
    for (std::size_t i = 1; good && i < length; ++i) {
        good  = (byte(i) & 0xC0U) == 0x80;
        found = found << 6U | (byte(i) & 0x3FU);
    }
    constexpr std::array<char32_t, 5> least = {0, 0, 0x80, 0x800, 0x10000};
    good = good && found >= least[length] && found <= 0x10FFFF && !(found >= 0xD800 && found <= 0xDFFF);
    text.remove_prefix(good ? length : 1);
    return good ? found : broken;
}

void append(std::string& text, char32_t c) {
    const auto tail = [&](unsigned shift) { text += static_cast<char>(0x80U | (c >> shift & 0x3FU)); };
    if (c < 0x80) text += static_cast<char>(c);
    else if (c < 0x800) text += static_cast<char>(0xC0U | c >> 6U), tail(0);
    else if (c < 0x10000) text += static_cast<char>(0xE0U | c >> 12U), tail(6), tail(0);
    else text += static_cast<char>(0xF0U | c >> 18U), tail(12), tail(6), tail(0);
}

using range = std::pair<char32_t, char32_t>;

template <std::size_t N>
bool among(char32_t c, const std::array<range, N>& ranges) {
    return std::ranges::any_of(ranges, [&](const range& r) { return c >= r.first && c <= r.second; });
}

std::size_t columns_of(char32_t c) {
    static constexpr std::array<range, 5> none = {
        {{0x300, 0x36F}, {0x1AB0, 0x1AFF}, {0x200B, 0x200F}, {0x20D0, 0x20FF}, {0xFE00, 0xFE0F}}};
    static constexpr std::array<range, 11> two = {{{0x1100, 0x115F},
                                                   {0x2E80, 0x303E},
                                                   {0x3041, 0xA4CF},
                                                   {0xAC00, 0xD7A3},
                                                   {0xF900, 0xFAFF},
                                                   {0xFE30, 0xFE6F},
                                                   {0xFF00, 0xFF60},
                                                   {0xFFE0, 0xFFE6},
                                                   {0x1F300, 0x1F64F},
                                                   {0x1F900, 0x1F9FF},
                                                   {0x20000, 0x3FFFD}}};
    return among(c, none) ? 0 : among(c, two) ? 2 : 1;
}

bool controls(char32_t c) {
    static constexpr std::array<range, 5> those = {
        {{0, 0x1F}, {0x7F, 0x9F}, {0x2028, 0x202E}, {0x2066, 0x2069}, {0xFEFF, 0xFEFF}}};
    return among(c, those);
}

// An escape sequence of a terminal, from behind its ESC: that a program prints in colour is no reason to print "[31m".
void skip_escape(std::string_view& text) {
    if (text.empty()) return;
    const char kind = text.front();
    text.remove_prefix(1);
    if (kind == '[') {
        const auto end = std::ranges::find_if(text, [](char c) { return c >= '@' && c <= '~'; });
        text.remove_prefix(std::min<std::size_t>(text.size(), static_cast<std::size_t>(end - text.begin()) + 1));
    } else if (kind == ']') {
        const auto end = text.find_first_of("\a\x1b");
        text.remove_prefix(end == text.npos ? text.size() : std::min(text.size(), end + (text[end] == '\a' ? 1 : 2)));
    }
}

}  // namespace

std::size_t columns(std::string_view text) {
    std::size_t sum = 0;
    while (!text.empty()) sum += columns_of(next(text));
    return sum;
}

std::string printable(std::string_view line) {
    std::string clean;
    std::size_t column = 0;
    while (!line.empty()) {
        const char32_t c = next(line);
        if (c == '\t') {
            const auto blanks = 4 - column % 4;
            clean.append(blanks, ' ');
            column += blanks;
        } else if (c == 0x1B) {
            skip_escape(line);
        } else if (!controls(c)) {
            append(clean, c);
            column += columns_of(c);
        }
    }
    return clean;
}

std::string valid(std::string_view text) {
    std::string good;
    while (!text.empty()) append(good, next(text));
    return good;
}

std::string in_ascii(std::string_view text) {
    std::string plain;
    while (!text.empty()) {
        const char32_t c = next(text);
        if (c < 0x80) plain += static_cast<char>(c);
        else if (c == 0x2018 || c == 0x2019) plain += '\'';
        else if (c == 0x201C || c == 0x201D) plain += '"';
        else if (c == 0x2013 || c == 0x2014 || c == 0x2212) plain += '-';
        else if (c == 0x2192) plain += "->";
        else if (c == 0x2026) plain += "...";
        else plain.append(columns_of(c), '?');
    }
    return plain;
}

std::string cut(std::string_view text, std::size_t width, std::string_view more) {
    if (columns(text) <= width) return std::string{text};
    if (columns(more) > width) more = "";
    const auto  room = width - columns(more);
    std::string kept;
    std::size_t used = 0;
    while (!text.empty()) {
        const char32_t c = next(text);
        if (used + columns_of(c) > room) break;
        used += columns_of(c);
        append(kept, c);
    }
    return kept + std::string{more};
}

std::vector<std::string> wrap(std::string_view line, std::size_t width) {
    width                           = std::max<std::size_t>(width, 4);
    const auto               word   = std::min(line.find_first_not_of(' '), line.size());
    const auto               indent = std::string(std::min(word, width / 2), ' ');
    std::string              left   = indent + std::string{line.substr(word)};
    std::vector<std::string> found;
    while (columns(left) > width) {
        const std::string piece = cut(left, width, "");
        auto end = left.size() > piece.size() && left[piece.size()] == ' ' ? piece.size() : piece.rfind(' ');
        if (end == piece.npos || end < indent.size() + 1) end = std::max(piece.size(), indent.size() + 1);
        found.push_back(left.substr(0, end));
        const auto rest = left.find_first_not_of(' ', end);
        left            = rest == left.npos ? "" : indent + left.substr(rest);
        if (left.empty()) return found;
    }
    found.push_back(left);
    return found;
}

std::string joined(const std::vector<std::string>& parts, std::string_view between) {
    std::string all;
    for (const auto& part : parts) {
        if (&part != parts.data()) all += between;
        all += part;
    }
    return all;
}

std::vector<std::string> words_of(std::string_view line) {
    std::vector<std::string> words;
    for (;;) {
        line = trimmed(line);
        if (line.empty()) return words;
        const auto end = std::min(line.find_first_of(" \t"), line.size());
        words.emplace_back(line.substr(0, end));
        line.remove_prefix(end);
    }
}

std::string seconds(double time) {
    const auto tenths = static_cast<long>(std::lround(time * 10));
    if (tenths >= 100) return std::to_string((tenths + 5) / 10) + " s";
    return std::to_string(tenths / 10) + "." + std::to_string(tenths % 10) + " s";
}

std::string counted(std::size_t count, std::string_view what) {
    return std::to_string(count) + " " + std::string{what} + (count == 1 ? "" : "s");
}

}  // namespace exercises
