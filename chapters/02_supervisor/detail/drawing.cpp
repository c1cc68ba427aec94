#include <02_supervisor/detail/drawing.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace half::detail {
namespace {

struct code_point {
    char32_t    value  = 0;
    std::size_t length = 1;
    bool        valid  = false;
};

code_point first_of(std::string_view text) {
    const auto head   = static_cast<unsigned char>(text[0]);
    const auto length = head < 0x80 ? 1u : head >> 5 == 6 ? 2u : head >> 4 == 14 ? 3u : head >> 3 == 30 ? 4u : 0u;
    if (length == 0 || length > text.size()) return {};
    char32_t value = length == 1 ? head : head & (0x7Fu >> length);
    for (std::size_t i = 1; i < length; ++i) {
        const auto more = static_cast<unsigned char>(text[i]);
        if (more >> 6 != 2) return {};
        value = value << 6 | (more & 0x3Fu);
    }
    constexpr std::array<char32_t, 5> least{0, 0, 0x80, 0x800, 0x10000};  // by length: longer than needed is not valid
    if (value < least[length] || value > 0x10FFFF || (value >= 0xD800 && value < 0xE000)) return {};
    return {value, length, true};
}

struct range {
    char32_t first, last;
};
template <std::size_t N>
bool in(const std::array<range, N>& ranges, char32_t c) {
    return std::ranges::any_of(ranges, [&](range r) { return c >= r.first && c <= r.last; });
}

// Controls, what turns the direction of text, and what XML does not allow.
constexpr std::array unprintable{range{0, 0x1F},        range{0x7F, 0x9F},     range{0x200E, 0x200F},
                                 range{0x2028, 0x202E}, range{0x2066, 0x2069}, range{0xFFFE, 0xFFFF}};
constexpr std::array no_column{range{0x300, 0x36F}, range{0x200B, 0x200D}, range{0xFE00, 0xFE0F}};
constexpr std::array two_columns{range{0x1100, 0x115F}, range{0x2E80, 0xA4CF},   range{0xAC00, 0xD7A3},
                                 range{0xF900, 0xFAFF}, range{0xFE30, 0xFE6F},   range{0xFF00, 0xFF60},
                                 range{0xFFE0, 0xFFE6}, range{0x1F300, 0x1FAFF}, range{0x20000, 0x3FFFD}};

std::size_t columns_of(char32_t c) { return in(no_column, c) ? 0 : in(two_columns, c) ? 2 : 1; }

}  // namespace

std::string printable(std::string_view text) {
    std::string safe;
    while (!text.empty()) {
        const auto c = first_of(text);
        if (c.valid && !in(unprintable, c.value)) safe += text.substr(0, c.length);
        else safe += "\uFFFD";
        text.remove_prefix(c.length);
    }
    return safe;
}

std::size_t columns(std::string_view text) {
    std::size_t sum = 0;
    for (code_point c; !text.empty(); text.remove_prefix(c.length)) sum += columns_of((c = first_of(text)).value);
    return sum;
}

std::string shortened(std::string text, std::size_t at_most) {
    if (columns(text) <= at_most) return text;
    std::size_t kept = 0, width = 0;
    for (std::string_view rest = text; !rest.empty();) {
        const auto c = first_of(rest);
        width += columns_of(c.value);
        if (width + 1 > at_most) break;
        kept += c.length;
        rest.remove_prefix(c.length);
    }
    return text.substr(0, kept) + "…";
}

std::string with_commas(std::size_t number) {
    auto text = std::to_string(number);
    for (auto at = static_cast<std::ptrdiff_t>(text.size()) - 3; at > 0; at -= 3)
        text.insert(static_cast<std::size_t>(at), ",");
    return text;
}

std::vector<std::string> remarks(const tree_node& node, std::size_t of_a_reason) {
    std::vector<std::string> words;
    const auto&              c = node.child;
    std::string              why;
    // Who has many children keeps no reasons, so that nothing and `normal` look the same.
    if (of_a_reason && c.last_end != exit_reason::normal())
        why = fmt::format(" ({})", shortened(printable(to_string(c.last_end)), of_a_reason));

    if (node.gone) words.emplace_back("gone");
    if (node.busy) words.emplace_back("busy");
    if (c.now == child_info::status::stopped) words.emplace_back("stopped");
    if (c.now == child_info::status::restarting) words.push_back("restarting" + why);
    if (node.mail) words.push_back(with_commas(node.mail) + " in the mail");
    if (c.restarts) {
        words.push_back(with_commas(c.restarts) + (c.restarts == 1 ? " restart" : " restarts"));
        if (c.now == child_info::status::running) words.back() += why;
    }
    return words;
}

}  // namespace half::detail
