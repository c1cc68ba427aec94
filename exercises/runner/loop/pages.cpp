#include "pages.hpp"

#include "difference.hpp"
#include "lesson.hpp"
#include "my_files.hpp"
#include "text.hpp"

#include <exercises/runner/files.hpp>

namespace exercises {
namespace fs = std::filesystem;

picture task(const manifest& m) {
    const auto file = m.folder() / "README.md";
    if (!fs::exists(file)) return {{{m.title + ". It is about this: " + m.teaches + "."}}};
    return readable(read_file(file));
}

picture lesson(const manifest& m) {
    const auto hash = std::min(m.read.find('#'), m.read.size());
    const auto file = m.root / m.read.substr(0, hash);
    const auto text =
        fs::exists(file) ? section(read_file(file), m.read.substr(std::min(hash + 1, m.read.size()))) : std::nullopt;
    if (!text) return {{{m.read + " is not there."}}};
    return readable(*text);
}

picture comparison(const manifest& m) {
    picture all;
    for (const auto& [mark, text] : difference(mine(m), ours(m))) {
        const auto colour = mark == '-' ? ink::bad : mark == '+' ? ink::good : mark == '@' ? ink::faint : ink::plain;
        all.push_back({{(mark == '@' ? "" : std::string{mark} + " ") + printable(text), colour}});
    }
    if (all.empty()) all.push_back({{"They are equal, word for word."}});
    return all;
}

picture solution(const manifest& m) {
    picture all;
    for (const auto& each : lines_of(ours(m))) all.push_back({{each}});
    return all;
}

}  // namespace exercises
