#include <02_supervisor/detail/drawing.hpp>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

namespace half {
namespace {

using namespace detail;

struct line {
    std::string name, address, rest;
};

void add_lines(std::vector<line>& lines, const tree_node& node, const std::string& branch, const std::string& indent) {
    auto        words = remarks(node);
    const auto& c     = node.child;
    if (!node.strategy.empty()) words.insert(words.begin(), node.strategy);
    words.insert(words.begin(), printable(c.server));
    std::erase(words, "");
    lines.push_back(
        {branch + printable(c.id), c.pid ? to_string(c.pid) : "-", fmt::format("{}", fmt::join(words, ", "))});

    for (std::size_t i = 0; i < node.children.size(); ++i) {
        const bool last = i + 1 == node.children.size() && !node.more;
        add_lines(lines, node.children[i], indent + (last ? "└─ " : "├─ "), indent + (last ? "   " : "│  "));
    }
    if (node.more) lines.push_back({indent + "└─ … " + with_commas(node.more) + " more", "", ""});
}

std::string padded(const std::string& text, std::size_t width) {
    return text + std::string(width - std::min(width, columns(text)), ' ');
}

}  // namespace

std::string to_text(const tree_node& root) {
    std::vector<line> lines;
    add_lines(lines, root, "", "");
    std::size_t names = 0, addresses = 0;
    for (const auto& l : lines) {
        if (!l.address.empty()) names = std::max(names, columns(l.name));
        addresses = std::max(addresses, columns(l.address));
    }

    std::string text;
    for (const auto& l : lines) {
        if (l.address.empty()) text += l.name;
        else text += padded(l.name, names) + "  " + padded(l.address, addresses) + "  " + l.rest;
        text += '\n';
    }
    return text;
}

}  // namespace half
