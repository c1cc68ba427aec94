// What structure_check knows about a tree: its chapters, and lines of text with their place.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace structure {

namespace fs = std::filesystem;

struct chapter {
    int         number;  // 3
    std::string name;    // registry
    std::string folder;  // 03_registry
};

struct line {
    int         number;
    std::string text;
};

// The folders chapters/NN_name, lowest first.
std::vector<chapter> chapters_of(const fs::path& root);

// The number in front of "03_registry", or 0.
int chapter_number(const std::string& folder);

// Regular files below `folder` with one of these endings, in order of name. No folder, no files.
std::vector<fs::path> files_below(const fs::path& folder, const std::vector<std::string>& endings);

std::vector<line> lines_of(const fs::path& file);

// Does some file that is not empty match the path `pattern` below root? A * stands for any part of the file name.
bool exists(const fs::path& root, const std::string& pattern);

}  // namespace structure
