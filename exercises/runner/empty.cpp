#include <algorithm>
#include <cctype>
#include <exercises/runner/complaint.hpp>
#include <exercises/runner/empty.hpp>

namespace exercises {

namespace {

bool is_letter(char c) { return std::isalnum(static_cast<unsigned char>(c)) || c == '_'; }

// The place after what stands at `at`: a comment, a text, or one letter.
std::size_t after(std::string_view text, std::size_t at) {
    const auto past = [&](std::string_view what, std::size_t from) {
        const auto end = text.find(what, from);
        return end == text.npos ? text.size() : end + what.size();
    };
    if (text.substr(at, 2) == "//") return std::min(text.find('\n', at), text.size());
    if (text.substr(at, 2) == "/*") return past("*/", at + 2);
    if (text[at] == '\'' && at > 0 && std::isdigit(static_cast<unsigned char>(text[at - 1]))) return at + 1;  // 65'535
    if (text[at] == '"' || text[at] == '\'') {
        for (auto i = at + 1; i < text.size(); ++i) {
            if (text[i] == '\\') ++i;
            else if (text[i] == text[at]) return i + 1;
        }
        return text.size();
    }
    return at + 1;
}

std::size_t closing(std::string_view text, std::size_t open) {
    const char opens = text[open], closes = opens == '(' ? ')' : '}';
    int        depth = 0;
    for (auto i = open; i < text.size(); i = after(text, i)) {
        if (text[i] == opens) ++depth;
        if (text[i] == closes && --depth == 0) return i;
    }
    return text.npos;
}

struct body {
    std::size_t open = 0, close = 0;
};

// `name(...) words {` is a definition; `name(...)` and anything else is a use.
std::vector<body> definitions(std::string_view text, std::string_view name) {
    std::vector<body> found;
    for (std::size_t i = 0; i < text.size(); i = after(text, i)) {
        if (text.substr(i, name.size()) != name || (i > 0 && is_letter(text[i - 1]))) continue;
        if (i + name.size() >= text.size() || text[i + name.size()] != '(') continue;
        auto at = closing(text, i + name.size());
        if (at == text.npos) continue;
        for (++at; at < text.size() && (is_letter(text[at]) || std::isspace(static_cast<unsigned char>(text[at])));)
            ++at;
        if (at < text.size() && text[at] == '{')
            if (const auto end = closing(text, at); end != text.npos) found.push_back({at, end});
    }
    return found;
}

std::string indent_at(std::string_view text, std::size_t at) {
    const auto line  = text.rfind('\n', at) + 1;
    const auto first = text.find_first_not_of(' ', line);
    return std::string(first - line, ' ');
}

}  // namespace

std::string mark_functions(std::string_view source, const std::vector<manifest::emptied>& functions,
                           const std::filesystem::path& list) {
    std::string text{source};
    struct place {
        body        where;
        std::string task;
    };
    std::vector<place> places;
    for (const auto& each : functions) {
        const auto found = definitions(text, each.function);
        if (found.size() != 1)
            throw complaint{list, 1,
                            found.empty() ? "there is no function " + each.function + " to empty"
                                          : "there are two functions " + each.function,
                            "name functions that the file defines once"};
        places.push_back({found.front(), each.task});
    }
    std::ranges::sort(places, {}, [](const place& p) { return p.where.open; });
    for (auto n = places.size(); n-- > 0;) {  // from the back, so that what is in front stays where it is
        const auto& [where, task] = places[n];
        const auto indent         = indent_at(text, where.open);
        auto       inside         = text.substr(where.open + 1, where.close - where.open - 1);
        inside.erase(0, inside.find_first_not_of(inside.starts_with('\n') ? "\n" : " "));
        inside.erase(inside.find_last_not_of(" \n") + 1);
        if (text.find('\n', where.open) > where.close) inside.insert(0, indent + "    ");
        text.replace(where.open + 1, where.close - where.open - 1,
                     "\n" + indent + "    //@todo " + std::to_string(n + 1) + " " + task + "\n" + inside + "\n" + indent
                         + "    //@end\n" + indent);
    }
    return text;
}

}  // namespace exercises
