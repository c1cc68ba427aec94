// What the three pictures of a tree have in common: what they say of a process, in text that is safe to print.
#pragma once

#include <02_supervisor/tree.hpp>

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace half::detail {

// Valid UTF-8 without control characters: an id is the user's text, and must not write to somebody's terminal.
std::string printable(std::string_view text);

// How many columns of a terminal it takes.
std::size_t columns(std::string_view text);

// At most so many columns, the last one an ellipsis where something is missing.
std::string shortened(std::string text, std::size_t at_most);

std::string with_commas(std::size_t number);  // 9,980

// The words for what is not as usual: "stopped", "12 in the mail", "3 restarts (crash: boom)".
std::vector<std::string> remarks(const tree_node& node, std::size_t of_a_reason = 60);

}  // namespace half::detail
