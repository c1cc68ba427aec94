#include <04_persistence/detail/postgres_error.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

namespace half::detail {

store_error::kind kind_of_state(std::string_view sqlstate) {
    struct meaning {
        std::string_view  begin;
        store_error::kind kind;
    };
    // The first that fits: single states before their classes.
    static constexpr meaning all[] = {
        {"53100", store_error::full},         // disk full
        {"57014", store_error::too_late},     // statement_timeout, or cancelled by hand
        {"55P03", store_error::conflict},     // lock not available
        {"428C9", store_error::refused},      // a value for a column that is always generated
        {"25006", store_error::unavailable},  // read only: it has become a standby
        {"P0001", store_error::refused},      // a trigger raised it
        {"21000", store_error::refused},      // more rows than one, where one is wanted
        {"44000", store_error::refused},      // a view's check option
        {"08", store_error::unavailable},     // the connection
        {"22", store_error::refused},         // a value
        {"23", store_error::refused},         // a constraint
        {"40", store_error::conflict},        // serialisation, deadlock
        {"53", store_error::unavailable},     // memory, connections
        {"57P", store_error::unavailable},    // it stops, crashes, starts
    };
    const auto* found = std::ranges::find_if(all, [&](const meaning& m) { return sqlstate.starts_with(m.begin); });
    return found == std::end(all) ? store_error::wrong : found->kind;
}

bool ends_the_connection(std::string_view sqlstate) {
    return sqlstate.starts_with("08") || sqlstate.starts_with("57P") || sqlstate == "25006";
}

bool is_stale(std::string_view sqlstate, std::string_view message) {
    return sqlstate == "26000" || (sqlstate == "0A000" && message.contains("cached plan"));
}

store_error could_not_open(std::string_view message) {
    static constexpr std::array hopeless{
        "password authentication failed",
        "authentication failed for user",
        "no password supplied",
        "no pg_hba.conf entry",
        "permission denied for database",
        "is not permitted to log in",
        "database \"",  // ... does not exist, is not currently accepting connections
        "role \"",      // ... does not exist
        "invalid URI",
        "invalid connection option",
        "invalid port number",
        "invalid integer value",
        "value: \"",  // invalid sslmode value, ...
        "server does not support SSL",
        "certificate",
    };
    const bool none = std::ranges::any_of(hopeless, [&](std::string_view words) { return message.contains(words); });
    return {none ? store_error::wrong : store_error::unavailable, one_line(message), {}};
}

std::string one_line(std::string_view message) {
    std::string all;
    bool        picture = false;  // the line after "LINE 1: select ..." has its caret
    while (!message.empty()) {
        auto line = message.substr(0, message.find('\n'));
        message.remove_prefix(std::min(line.size() + 1, message.size()));
        line.remove_prefix(std::min(line.find_first_not_of(" \t"), line.size()));
        const bool caret = std::exchange(picture, line.starts_with("LINE "));
        if (line.empty() || picture || caret) continue;
        if (!all.empty()) all += "; ";
        const auto from = all.size();
        all += line;
        for (std::string_view severity : {"ERROR:  ", "FATAL:  ", "PANIC:  "})
            if (const auto at = all.find(severity, from); at != all.npos) all.erase(at, severity.size());
    }
    return all;
}

}  // namespace half::detail
