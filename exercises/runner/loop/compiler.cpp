#include "compiler.hpp"

#include "text.hpp"

#include <algorithm>
#include <charconv>

namespace exercises {
namespace {

std::optional<int> take_number(std::string_view& text) {
    int number          = 0;
    const auto [end, e] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (e != std::errc{} || end == text.data()) return std::nullopt;
    text.remove_prefix(static_cast<std::size_t>(end - text.data()));
    return number;
}

bool take(std::string_view& text, std::string_view what) {
    if (!text.starts_with(what)) return false;
    text.remove_prefix(what.size());
    return true;
}

// "[3/40] " with NINJA_STATUS as ninja has it by itself.
std::optional<build_steps> take_steps(std::string_view& text) {
    auto       rest = text;
    const auto done = take(rest, "[") ? take_number(rest) : std::nullopt;
    const auto all  = done && take(rest, "/") ? take_number(rest) : std::nullopt;
    if (!all || !take(rest, "] ")) return std::nullopt;
    text = rest;
    return build_steps{*done, *all};
}

enum class level { error, warning, note };

struct diagnostic {
    place       where;
    level       how;
    std::string message;
};

// "file:12:7: error: words"; also "file:12: ..." and "ld.lld: error: words", which name no line or no column.
std::optional<diagnostic> diagnostic_of(std::string_view line) {
    constexpr std::pair<std::string_view, level> levels[] = {{": fatal error: ", level::error},
                                                             {": error: ", level::error},
                                                             {": warning: ", level::warning},
                                                             {": note: ", level::note}};
    for (const auto& [words, how] : levels) {
        const auto at = line.find(words);
        if (at == line.npos || at == 0 || line.front() == ' ') continue;
        diagnostic found      = {.where = {}, .how = how, .message = std::string{line.substr(at + words.size())}};
        auto       front      = line.substr(0, at);
        int        numbers[2] = {0, 0};
        int        count      = 0;
        while (count < 2) {
            const auto colon = front.rfind(':');
            if (colon == front.npos) break;
            auto       tail   = front.substr(colon + 1);
            const auto number = take_number(tail);
            if (!number || !tail.empty()) break;
            numbers[count++] = *number;
            front            = front.substr(0, colon);
        }
        found.where = {std::string{front}, count == 2 ? numbers[1] : numbers[0], count == 2 ? numbers[0] : 0};
        return found;
    }
    return std::nullopt;
}

// The lines of the tools alone: no steps, no command that failed.
std::vector<std::string> without_ninja(std::string_view printed) {
    std::vector<std::string> kept;
    bool                     command = false;
    for (const auto& line : lines_of(printed)) {
        std::string_view rest = line;
        if (take_steps(rest)) continue;
        if (std::exchange(command, false)) continue;
        if (line.starts_with("FAILED: ")) {
            command = true;
            continue;
        }
        if (line.starts_with("ninja: build stopped") || line.starts_with("ninja: Entering")) continue;
        kept.push_back(printable(line));
    }
    return kept;
}

// ">>> referenced by bakery.hpp:30 (/path/bakery.hpp:30)"
void find_reference(std::string_view line, compile_error& error, std::string_view mine) {
    if (error.where.line != 0 || !line.starts_with(">>> ")) return;
    auto at          = line.rfind('(');
    at               = at == line.npos ? line.rfind(' ') : at;
    auto       words = line.substr(at + 1);
    const auto colon = words.rfind(':');
    if (colon == words.npos) return;
    auto       rest   = words.substr(colon + 1);
    const auto number = take_number(rest);
    if (number && words.starts_with(mine)) error.where = {std::string{words.substr(0, colon)}, *number, 0};
}

}  // namespace

std::string shown(const place& at) { return at.line == 0 ? at.file : at.file + ":" + std::to_string(at.line); }

failed_build fold(std::string_view printed, std::string_view mine) {
    failed_build   found;
    compile_error* current = nullptr;  // the first error, while its notes come
    bool           excerpt = false;
    const auto     lines   = without_ninja(printed);
    for (const auto& line : lines) {
        if (const auto said = diagnostic_of(line)) {
            const bool closes = line.starts_with("clang") && said->message.starts_with("linker command failed");
            excerpt           = false;
            if (said->how == level::error && !closes) {
                ++found.errors;
                current = nullptr;
                if (!found.first) {
                    found.first = compile_error{.where = said->where, .raised = said->where, .message = said->message};
                    current     = &*found.first;
                    excerpt     = true;
                }
            } else if (said->how == level::note && current != nullptr) {
                ++current->notes;
                const bool there = current->where.file.starts_with(mine);
                if (!there && said->where.file.starts_with(mine)) {  // "in instantiation of ... requested here"
                    current->where = said->where;
                    excerpt        = true;
                    current->excerpt.clear();
                }
            } else {
                current = nullptr;
            }
        } else if (current != nullptr) {
            find_reference(line, *current, mine);
            if (excerpt && line.starts_with(' ') && line.find('|') != line.npos && current->excerpt.size() < 6)
                current->excerpt.push_back(line);
        }
    }
    found.all = joined(lines, "\n");
    return found;
}

std::optional<build_steps> steps_of(std::string_view printed) {
    while (!printed.empty()) {
        const auto end = printed.find_last_not_of('\n');
        if (end == printed.npos) return std::nullopt;
        printed         = printed.substr(0, end + 1);
        const auto from = printed.rfind('\n');
        auto       line = from == printed.npos ? printed : printed.substr(from + 1);
        if (const auto steps = take_steps(line)) return steps;
        printed = from == printed.npos ? std::string_view{} : printed.substr(0, from);
    }
    return std::nullopt;
}

}  // namespace exercises
