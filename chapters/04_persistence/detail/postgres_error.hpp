// What PostgreSQL's errors mean here.
#pragma once

#include <04_persistence/store_error.hpp>

#include <string>
#include <string_view>

namespace half::detail {

// By the five characters of the SQLSTATE, which are the same in all languages.
store_error::kind kind_of_state(std::string_view sqlstate);
// The server says good-bye, or is not the one to write to any more: another connection may do better.
bool ends_the_connection(std::string_view sqlstate);
// What was prepared is not there any more, or its table has changed since.
bool is_stale(std::string_view sqlstate, std::string_view message);

// Why a connection could not be opened. That comes without SQLSTATE: it is told by its words, and who speaks another
// language than English is `unavailable`, with hope.
store_error could_not_open(std::string_view message);

// The server's words in one line: without "ERROR:", and without the picture of the statement.
std::string one_line(std::string_view message);

}  // namespace half::detail
