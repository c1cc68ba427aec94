// The learner's files in exercises/my/: made from the starter, and never lost.
#pragma once

#include <exercises/runner/manifest.hpp>
#include <filesystem>
#include <vector>

namespace exercises {

// What an exercise begins with, by paths below m.mine(): one file, or for a swap all of the chapter.
struct file_text {
    std::filesystem::path file;
    std::string           text;
};
std::vector<file_text> starter_files(const manifest& m);

// What is there stays as it is. True when something was written.
bool start(const manifest& m);

// The starter again. What the learner had is kept beside it, as bakery.hpp.1, and returned.
std::vector<std::filesystem::path> start_again(const manifest& m);

// The learner's file, and ours.
std::string mine(const manifest& m);
std::string ours(const manifest& m);

}  // namespace exercises
