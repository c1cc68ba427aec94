#include "hints.hpp"

#include <cctype>
#include <charconv>
#include <exercises/runner/files.hpp>

namespace exercises {
namespace {

// "3. words" without its number; nothing for another line.
std::string_view item_of(std::string_view line) {
    const auto digits = line.find_first_not_of("0123456789");
    if (digits == 0 || digits == line.npos || line.substr(digits, 2) != ". ") return {};
    return trimmed(line.substr(digits + 2));
}

int hole_of(std::string_view heading) {
    heading  = trimmed(heading);
    int hole = 0;
    std::from_chars(heading.data(), heading.data() + heading.size(), hole);
    return hole;
}

}  // namespace

hints hints_of(std::string_view markdown) {
    hints                     found;
    std::vector<std::string>* of = nullptr;
    for (const auto& line : lines_of(markdown)) {
        if (line.starts_with("##")) {
            const int hole = hole_of(std::string_view{line}.substr(2));
            of             = hole > 0 ? &found[hole] : nullptr;
        } else if (of == nullptr) {
            continue;
        } else if (const auto item = item_of(line); !item.empty()) {
            of->emplace_back(item);
        } else if (!of->empty() && line.starts_with(' ') && !trimmed(line).empty()) {
            of->back() += " " + std::string{trimmed(line)};
        }
    }
    return found;
}

}  // namespace exercises
