// The same SQL, in SQLite's words.
#pragma once

#include <string>
#include <string_view>

namespace half::detail {

// The type of a key that numbers its rows itself is `bigserial primary key` here. On SQLite it never gives a number twice.
std::string in_sqlite(std::string_view sql);

}  // namespace half::detail
