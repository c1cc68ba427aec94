#include <04_persistence/detail/postgres_url.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>

namespace half::detail {

namespace {

// What libpq would take for a part of another kind is refused: its messages would show a half of the password.
[[noreturn]] void refuse(const char* why) {
    throw std::invalid_argument{
        fmt::format("{}. A URL of a PostgreSQL server is postgres://user:password@host:port/name; "
                    "in the password, @ / : ? # % are written %40 %2F %3A %3F %23 %25",
                    why)};
}

std::string_view cut(std::string_view& text, std::size_t n) {
    const auto head = text.substr(0, n);
    text.remove_prefix(head.size());
    return head;
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool in_a_host(char c) {
    return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || std::string_view{"._-%[]:,"}.contains(c);
}

// host, host:port, [::1]:port, or several of them with commas.
void check_hosts(std::string_view hosts) {
    if (!std::ranges::all_of(hosts, in_a_host)) refuse("The host has a character that no host has");
    while (!hosts.empty()) {
        auto       one  = cut(hosts, hosts.find(','));
        const auto port = one.rfind(':');
        if (port != one.npos && !one.ends_with(']') && !std::ranges::all_of(one.substr(port + 1), is_digit))
            refuse("The port is no number");
        if (!hosts.empty()) hosts.remove_prefix(1);
    }
}

// A name with a percent sign in it may be any name.
bool may_be_secret(std::string_view parameter) {
    const auto name = parameter.substr(0, parameter.find('='));
    return name.ends_with("password") || name.contains('%');
}

}  // namespace

postgres_url::postgres_url(std::string_view url) : full{url} {
    auto rest = url;
    if (!rest.starts_with("postgres://") && !rest.starts_with("postgresql://")) refuse("This is none");
    shown += cut(rest, rest.find("//") + 2);

    // As libpq looks for it: an @ before any slash.
    if (const auto at = rest.find_first_of("@/"); at != rest.npos && rest[at] == '@') {
        const auto user = cut(rest, at);
        if (user.contains('?')) refuse("There is a ? before the host");
        shown += user.substr(0, user.find(':'));
        shown += cut(rest, 1);
    }
    const auto hosts = cut(rest, rest.find_first_of("/?"));
    const auto name  = cut(rest, rest.find('?'));
    check_hosts(hosts);
    if (name.find_first_of("@:") != name.npos) refuse("The name of the database has an @ or a : in it");
    shown += hosts;
    shown += name;

    for (char before = '?'; !rest.empty();) {
        rest.remove_prefix(1);
        const auto parameter = cut(rest, rest.find('&'));
        if (may_be_secret(parameter)) continue;
        shown += before;
        shown += parameter;
        before = '&';
    }
}

void postgres_url::by_default(std::string_view parameter, std::string_view value) {
    if (full.contains(fmt::format("?{}=", parameter)) || full.contains(fmt::format("&{}=", parameter))) return;
    full += fmt::format("{}{}={}", full.contains('?') ? '&' : '?', parameter, value);
}

}  // namespace half::detail
