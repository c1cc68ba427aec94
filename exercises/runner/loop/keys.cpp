#include "keys.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

namespace exercises {
namespace {

constexpr std::array<std::pair<std::string_view, key>, 14> sequences = {{
    {"\x1b[A", key::up},
    {"\x1bOA", key::up},
    {"\x1b[B", key::down},
    {"\x1bOB", key::down},
    {"\x1b[5~", key::page_up},
    {"\x1b[6~", key::page_down},
    {"\x1b[H", key::first},
    {"\x1bOH", key::first},
    {"\x1b[1~", key::first},
    {"\x1b[7~", key::first},
    {"\x1b[F", key::last},
    {"\x1bOF", key::last},
    {"\x1b[4~", key::last},
    {"\x1b[8~", key::last},
}};

// How long the escape sequence at the front is; 0: it is not complete.
std::size_t length_of_escape(std::string_view bytes) {
    if (bytes.size() < 2) return 0;
    if (bytes[1] == 'O') return bytes.size() < 3 ? 0 : 3;
    if (bytes[1] != '[') return 1;  // an escape, and then another key
    const auto end = std::find_if(bytes.begin() + 2, bytes.end(), [](char c) { return c >= '@' && c <= '~'; });
    return end == bytes.end() ? 0 : static_cast<std::size_t>(end - bytes.begin()) + 1;
}

std::optional<press> meaning(std::string_view bytes) {
    if (bytes == "\x1b") return typed(key::escape);
    for (const auto& [sequence, meant] : sequences)
        if (bytes == sequence) return typed(meant);
    if (bytes.size() > 1) return std::nullopt;
    const char c = bytes.front();
    if (c == '\r' || c == '\n') return typed(key::enter);
    if (c == '\x03') return typed(key::interrupt);
    if (c >= ' ' && c < '\x7f') return typed(c);
    return std::nullopt;
}

}  // namespace

std::vector<press> key_reader::read(std::string_view bytes) {
    std::vector<press> found;
    pending_ += bytes;
    while (!pending_.empty()) {
        const auto length = pending_.front() == '\x1b' ? length_of_escape(pending_) : 1;
        if (length == 0) break;
        if (const auto one = meaning(std::string_view{pending_}.substr(0, length))) found.push_back(*one);
        pending_.erase(0, length);
    }
    return found;
}

std::vector<press> key_reader::moment_is_over() {
    const bool alone = pending_ == "\x1b";
    pending_.clear();
    return alone ? std::vector{typed(key::escape)} : std::vector<press>{};
}

}  // namespace exercises
