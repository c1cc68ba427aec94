// Where a statement's own words are, and where they are not.
#pragma once

#include <algorithm>
#include <string_view>

namespace half::detail {

// Where a quoted text, a quoted name or a comment that begins at `at` ends; `at` when none does; npos when it does not end.
constexpr std::size_t end_of_quoted(std::string_view sql, std::size_t at) {
    const auto after = [&](std::string_view what, std::size_t from) {
        const std::size_t found = sql.find(what, from);
        return found == std::string_view::npos ? found : found + what.size();
    };
    if (sql[at] == '\'' || sql[at] == '"') return after(sql.substr(at, 1), at + 1);
    if (sql.substr(at).starts_with("/*")) return after("*/", at + 2);
    if (sql.substr(at).starts_with("--")) return std::min(sql.find('\n', at), sql.size());
    return at;
}

}  // namespace half::detail
