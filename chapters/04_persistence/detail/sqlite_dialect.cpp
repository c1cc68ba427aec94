#include <04_persistence/detail/sql_text.hpp>
#include <04_persistence/detail/sqlite_dialect.hpp>

#include <algorithm>
#include <cctype>

namespace half::detail {

namespace {

bool in_a_name(char c) { return std::isalnum(static_cast<unsigned char>(c)) || c == '_'; }

// How many characters of the text these words are, in any case and with any spaces between them; 0: it begins otherwise.
std::size_t begins_with(std::string_view text, std::initializer_list<std::string_view> words) {
    std::size_t at = 0;
    for (auto word : words) {
        if (at > 0) {
            const std::size_t next = std::min(text.find_first_not_of(" \t\r\n", at), text.size());
            if (next == at) return 0;
            at = next;
        }
        const auto same = [](unsigned char a, char b) { return std::tolower(a) == b; };
        if (!std::ranges::equal(text.substr(at, word.size()), word, same)) return 0;
        at += word.size();
    }
    return at < text.size() && in_a_name(text[at]) ? 0 : at;
}

}  // namespace

std::string in_sqlite(std::string_view sql) {
    std::string text;
    for (std::size_t at = 0; at < sql.size();) {
        std::size_t end = std::min(end_of_quoted(sql, at), sql.size());
        if (end == at && (at == 0 || !in_a_name(sql[at - 1]))) {
            const auto replace = [&](std::size_t length, std::string_view by) {
                if (length > 0) text += by, at += length;
                return length > 0;
            };
            const auto rest = sql.substr(at);
            if (replace(begins_with(rest, {"bigserial", "primary", "key"}), "integer primary key autoincrement")
                || replace(begins_with(rest, {"bigint", "primary", "key"}), "integer primary key"))
                continue;
        }
        end = std::max(end, at + 1);
        text += sql.substr(at, end - at);
        at = end;
    }
    return text;
}

}  // namespace half::detail
