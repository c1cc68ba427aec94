// The lesson that an exercise belongs to.
#pragma once

#include "picture.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace exercises {

// The section of a Markdown text whose heading a link ends with (`#answering-later`), up to the next heading of the same
// or a higher level; without the comments that only our tools read. An empty anchor: the whole text.
std::optional<std::string> section(std::string_view markdown, std::string_view anchor);

// Markdown for a terminal: paragraphs in one line each, links without their addresses, no comments for our tools.
picture readable(std::string_view markdown);

// A heading as it stands in a link: "No pointers, names" is no-pointers-names.
std::string anchor_of(std::string_view heading);

}  // namespace exercises
