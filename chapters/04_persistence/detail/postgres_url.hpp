// postgres://user:password@host:port/name?parameters, as libpq reads it, and what may be shown of it.
#pragma once

#include <string>
#include <string_view>

namespace half::detail {

struct postgres_url {
    // Throws std::invalid_argument, which does not repeat the URL: a password that is not written as it should be may
    // be anywhere in it.
    explicit postgres_url(std::string_view url);

    // For libpq. The parameter counts when the URL does not set it itself.
    void by_default(std::string_view parameter, std::string_view value);

    std::string full;   // with the password
    std::string shown;  // without
};

}  // namespace half::detail
