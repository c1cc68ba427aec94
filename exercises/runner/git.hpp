// What git knows of the workbook.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace exercises {

struct manifest;

// The lines that `git words...` prints; nothing when there is no git, no repository, or it fails.
std::optional<std::vector<std::string>> git(const std::filesystem::path& root, std::vector<std::string> words);

// What somebody has changed of the checks, so that whoever reads the verdict knows. Nobody is stopped from that.
std::vector<std::string> edited_checks(const manifest& m);

}  // namespace exercises
