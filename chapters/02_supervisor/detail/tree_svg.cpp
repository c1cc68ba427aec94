// The picture grows to the right, one column for each level. Each leaf has a row of its own, and a supervisor stands
// beside the middle of its children: so a wide tree makes a long picture, and each name in it can still be read.
#include <02_supervisor/detail/drawing.hpp>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

namespace half {
namespace {

using namespace detail;

constexpr int         margin = 16, between_columns = 56, card_height = 46, between_rows = 12, padding = 14;
constexpr int         narrowest = 150;
constexpr std::size_t of_a_name = 32, of_a_note = 40;  // columns of text

// Nobody knows the reader's font: these are a little more than what is usual, for 14 px bold and 12 px.
int name_width(std::string_view text) { return static_cast<int>(columns(text) * 86 / 10); }
int note_width(std::string_view text) { return static_cast<int>(columns(text) * 69 / 10); }
int pid_width(std::string_view text) { return static_cast<int>(columns(text) * 73 / 10); }

std::string escaped(std::string_view text) {
    std::string out;
    for (char c : printable(text)) {
        switch (c) {
        case '&': out += "&amp;"; break;
        case '<': out += "&lt;"; break;
        case '>': out += "&gt;"; break;
        case '"': out += "&quot;"; break;
        default: out += c;
        }
    }
    return out;
}

struct card {
    const tree_node*  node = nullptr;  // null: those that are not shown
    std::size_t       level;
    std::string       name, address, note, tip;
    std::string       look;          // a class of the style sheet
    int               y        = 0;  // of its middle
    std::vector<card> children = {};
};

std::string look_of(const tree_node& node) {
    if (node.gone) return "gone";
    if (node.busy) return "busy";
    switch (node.child.now) {
    case child_info::status::running: return "running";
    case child_info::status::restarting: return "busy";
    case child_info::status::stopped: return "stopped";
    }
    return "";
}

// What matters most stands first: the end may be cut off.
std::vector<std::string> notes_of(const tree_node& node, std::size_t of_a_reason) {
    auto notes = remarks(node, of_a_reason);
    notes.insert(notes.begin(), node.strategy);
    notes.push_back(printable(node.child.server));
    std::erase(notes, "");
    return notes;
}

class picture {
public:
    explicit picture(const tree_node& root) : root_{lay_out(root, 0)} {
        x_.push_back(margin);
        for (int width : widths_) x_.push_back(x_.back() + width + between_columns);
    }

    std::string draw() {
        std::string edges, cards;
        draw(root_, edges, cards);
        const int width = x_.back() - between_columns + margin, height = next_y_ - between_rows + margin;
        return fmt::format(R"(<svg xmlns="http://www.w3.org/2000/svg" class="half-tree" role="img" )"
                           R"(viewBox="0 0 {0} {1}" width="{0}" height="{1}">)"
                           "\n<title>The supervision tree of {2}</title>\n<desc>{3}</desc>\n<style>{4}</style>\n"
                           "<g class=\"edges\">\n{5}</g>\n{6}</svg>\n",
                           width, height, escaped(root_.node->child.id), told_.empty() ? "Nobody is there." : told_,
                           style, edges, cards);
    }

private:
    card lay_out(const tree_node& node, std::size_t level) {
        const auto& c = node.child;
        card        made{&node,
                  level,
                  shortened(printable(c.id), of_a_name),
                  c.pid ? to_string(c.pid) : "",
                         {},
                         {},
                  look_of(node) + (c.supervisor ? " supervisor" : ""),
                  0};

        made.note = shortened(fmt::format("{}", fmt::join(notes_of(node, 0), " · ")), of_a_note);
        made.tip  = fmt::format("{} {}\n{}", printable(c.id), made.address, fmt::join(notes_of(node, 60), "\n"));
        make_room(made);
        tell(node);

        for (const auto& each : node.children) made.children.push_back(lay_out(each, level + 1));
        if (node.more) {
            made.children.push_back({nullptr, level + 1, with_commas(node.more) + " more", {}, {}, {}, "more", 0});
            make_room(made.children.back());
            made.children.back().y = next_row();
        }
        made.y = made.children.empty() ? next_row() : (made.children.front().y + made.children.back().y) / 2;
        return made;
    }

    int next_row() {
        const int middle = next_y_ + card_height / 2;
        next_y_ += card_height + between_rows;
        return middle;
    }

    void make_room(const card& c) {
        if (widths_.size() <= c.level) widths_.resize(c.level + 1, narrowest);
        const int first  = name_width(c.name) + (c.address.empty() ? 0 : 16 + pid_width(c.address));
        widths_[c.level] = std::max(widths_[c.level], 2 * padding + 14 + std::max(first, note_width(c.note)));
    }

    // The same for those who do not see it: a sentence for each supervisor.
    void tell(const tree_node& node) {
        if (!told_.empty() && !node.child.supervisor) return;
        std::vector<std::string> names;
        for (const auto& each : node.children) {
            auto words = remarks(each);
            words.insert(words.begin(), printable(each.child.id));
            names.push_back(fmt::format("{}", fmt::join(words, " ")));
        }
        if (node.more) names.push_back(with_commas(node.more) + " more");
        told_ += escaped(fmt::format("{}{} ({}){}{}.", told_.empty() ? "" : " ", printable(node.child.id),
                                     fmt::join(notes_of(node, 60), ", "), names.empty() ? "" : ": ",
                                     fmt::join(names, ", ")));
    }

    void draw(const card& c, std::string& edges, std::string& cards) const {
        const int x = x_[c.level], width = widths_[c.level], top = c.y - card_height / 2;
        cards += fmt::format("<g class=\"{}\">", c.look);
        if (!c.tip.empty()) cards += fmt::format("<title>{}</title>", escaped_lines(c.tip));
        cards += fmt::format(R"(<rect x="{}" y="{}" width="{}" height="{}" rx="9"/>)", x, top, width, card_height);
        if (!c.node) {
            cards += fmt::format(R"(<text class="note" x="{}" y="{}">{}</text></g>)"
                                 "\n",
                                 x + padding, c.y + 4, escaped(c.name));
            return;
        }
        cards += fmt::format(R"(<circle cx="{}" cy="{}" r="4"/>)", x + padding + 3, top + 16);
        cards +=
            fmt::format(R"(<text class="name" x="{}" y="{}">{}</text>)", x + padding + 14, top + 20, escaped(c.name));
        cards += fmt::format(R"(<text class="pid" x="{}" y="{}">{}</text>)", x + width - padding, top + 20,
                             escaped(c.address));
        cards += fmt::format(R"(<text class="note" x="{}" y="{}">{}</text></g>)"
                             "\n",
                             x + padding + 14, top + 37, escaped(c.note));
        const int from = x + width, to = x_[c.level + 1];
        for (const auto& each : c.children) {
            const int middle = from + between_columns / 2;
            edges += fmt::format("<path d=\"M{} {}C{} {} {} {} {} {}\"/>\n", from, c.y, middle, c.y, middle, each.y, to,
                                 each.y);
            draw(each, edges, cards);
        }
    }

    // Lines within a tooltip are real lines.
    static std::string escaped_lines(std::string_view text) {
        std::string out;
        for (auto end = text.find('\n'); end != text.npos; end = text.find('\n')) {
            out += escaped(text.substr(0, end)) + '\n';
            text.remove_prefix(end + 1);
        }
        return out + escaped(text);
    }

    // As a file it is its own root and takes its colours from the reader's system; inside a page it takes the page's.
    // The rest is that colour, thinned, and four that can be seen on light and on dark.
    static constexpr std::string_view style = R"(
.half-tree:root { color-scheme: light dark; color: #1f2933 }
@media (prefers-color-scheme: dark) { .half-tree:root { color: #e4e7eb } }
.half-tree text { fill: currentColor; font: 12px system-ui, "DejaVu Sans", sans-serif }
.half-tree .name { font-size: 14px; font-weight: 600 }
.half-tree .note { fill-opacity: .8 }
.half-tree .pid { fill-opacity: .8; font-family: ui-monospace, "DejaVu Sans Mono", monospace; text-anchor: end }
.half-tree rect { fill: currentColor; fill-opacity: .04; stroke: currentColor; stroke-opacity: .35 }
.half-tree .supervisor rect { fill: #3b82f6; fill-opacity: .1; stroke: #3b82f6; stroke-opacity: 1; stroke-width: 1.5 }
.half-tree .more rect { fill: none; stroke-dasharray: 2 4 }
.half-tree .edges path { fill: none; stroke: currentColor; stroke-opacity: .35; stroke-width: 1.5 }
.half-tree .running circle { fill: #16a34a }
.half-tree .busy circle { fill: #d97706 }
.half-tree .busy rect { fill: #d97706; fill-opacity: .1; stroke: #d97706; stroke-opacity: 1 }
.half-tree .gone circle { fill: #dc2626 }
.half-tree .gone rect { fill: #dc2626; fill-opacity: .1; stroke: #dc2626; stroke-opacity: 1; stroke-dasharray: 5 4 }
.half-tree .stopped circle { fill: none; stroke: currentColor; stroke-width: 1.5 }
.half-tree .stopped rect { fill: none; stroke-dasharray: 5 4 }
.half-tree .stopped .name { fill-opacity: .8 }
)";

    std::vector<int> widths_;  // of each column
    int              next_y_ = margin;
    std::string      told_;
    card             root_;
    std::vector<int> x_;  // of each column, and of the one after the last
};

}  // namespace

std::string to_svg(const tree_node& root) { return picture{root}.draw(); }

}  // namespace half
