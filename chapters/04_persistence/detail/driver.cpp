#include <04_persistence/detail/driver.hpp>
#include <04_persistence/detail/utf8.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cctype>

namespace half::detail {

void does_not_fit(std::string_view why) { throw store_failure{{store_error::refused, std::string{why}, {}}}; }

void does_not_fit(const cursor& from, int at, std::string_view why) {
    throw store_failure{{store_error::mismatch, fmt::format("column {}: {}", from.name(at), why), {}}};
}

void check_text(std::string_view text) {
    if (!is_utf8(text)) does_not_fit("the text is not UTF-8; for any bytes there is half::bytes");
    if (text.contains('\0')) does_not_fit("the text has a NUL character in it");
}

bool only_reads(std::string_view sql) {
    constexpr std::string_view select = "select";
    sql.remove_prefix(std::min(sql.find_first_not_of(" \t\r\n"), sql.size()));
    return sql.size() > select.size()
           && std::ranges::equal(sql.substr(0, select.size()), select, {},
                                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
}

}  // namespace half::detail
