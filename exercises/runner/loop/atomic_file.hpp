// Files, read and written whole.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

namespace exercises {

std::optional<std::string> content_of(const std::filesystem::path& file);

// Who reads the file at that moment sees the old content or the new one, even when the power fails in between.
// Makes the folders it needs. Throws std::system_error.
void write_whole(const std::filesystem::path& file, std::string_view content);

}  // namespace exercises
