// Whole files, and their lines.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace exercises {

std::string read_file(const std::filesystem::path& file);                   // throws a complaint when it cannot
void write_file(const std::filesystem::path& file, std::string_view text);  // makes the folder; keeps a like file

std::vector<std::string> lines_of(std::string_view text);
std::string_view         trimmed(std::string_view text);
std::string              replaced(std::string text, std::string_view from, std::string_view to);  // everywhere

// The files of a folder, sorted; none when there is no such folder.
std::vector<std::filesystem::path> files_in(const std::filesystem::path& folder);

}  // namespace exercises
