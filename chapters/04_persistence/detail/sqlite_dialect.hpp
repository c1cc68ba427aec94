// The same SQL, in SQLite's words.
#pragma once

#include <string>
#include <string_view>

namespace half::detail {

// Two words differ. `bigserial primary key`, a key that numbers its rows itself and gives no number twice, is
// `integer primary key autoincrement`, and costs half as much again to write. `bigint primary key` is `integer primary key`:
// with SQLite's own bigint the key would be an index beside the rows, and each row would be looked for twice.
std::string in_sqlite(std::string_view sql);

}  // namespace half::detail
