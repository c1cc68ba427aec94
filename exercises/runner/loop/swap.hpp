// ./workbook swap 01 on: a build folder of its own, build/swap, in which a chapter is the learner's.
#pragma once

#include "climb.hpp"

#include <functional>
#include <set>
#include <string>
#include <vector>

namespace exercises {

// Which chapters are the learner's there now.
std::set<std::string> swapped(const std::filesystem::path& build);

// Returns the exit code. Throws a complaint when there is nothing to swap.
int swap_chapter(const workshop& in, const std::vector<manifest>& all, const std::string& number, bool on,
                 const std::function<void(const std::string&)>& say);

}  // namespace exercises
