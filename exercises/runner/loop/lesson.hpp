// The lesson that an exercise belongs to.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

namespace exercises {

// The section of a Markdown text whose heading a link ends with (`#answering-later`), up to the next heading of the same
// or a higher level; without the comments that only our tools read. An empty anchor: the whole text.
std::optional<std::string> section(std::string_view markdown, std::string_view anchor);

// A heading as it stands in a link: "No pointers, names" is no-pointers-names.
std::string anchor_of(std::string_view heading);

}  // namespace exercises
