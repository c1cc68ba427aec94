#include <02_supervisor/detail/drawing.hpp>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace half {
namespace {

using namespace detail;

std::string quoted(std::string_view text) {
    std::string out;
    for (char c : printable(text)) {
        if (c == '"' || c == '\\') out += '\\';
        out += c;
    }
    return out;
}

class dot {
public:
    std::size_t add(const tree_node& node) {
        const auto  me    = next_++;
        const auto& c     = node.child;
        auto        lines = remarks(node);
        if (!node.strategy.empty()) lines.insert(lines.begin(), node.strategy);
        std::string label = quoted(c.id) + "\\n" + (c.pid ? to_string(c.pid) + " " : "") + quoted(c.server);
        for (const auto& each : lines) label += "\\n" + quoted(each);
        text += fmt::format("  n{} [label=\"{}\"{}{}];\n", me, label,
                            c.supervisor ? ", color=\"#2563eb\", penwidth=1.8" : "",
                            c.pid && !node.gone ? "" : ", style=\"rounded,dashed\"");
        for (const auto& each : node.children) join(me, add(each));
        if (node.more) {
            text += fmt::format("  n{} [label=\"{} more\", shape=plain];\n", next_, with_commas(node.more));
            join(me, next_++);
        }
        return me;
    }

    std::string text;

private:
    void join(std::size_t from, std::size_t to) { text += fmt::format("  n{} -> n{};\n", from, to); }

    std::size_t next_ = 0;
};

}  // namespace

std::string to_dot(const tree_node& root) {
    dot all;
    all.add(root);
    return "digraph tree {\n"
           "  rankdir=LR;\n"
           "  node [shape=box, style=rounded, fontname=\"sans-serif\", fontsize=11, color=\"#7b8794\"];\n"
           "  edge [dir=none, color=\"#7b8794\"];\n"
           + all.text + "}\n";
}

}  // namespace half
