// Marks the bodies of named functions as holes, so that a chapter's own file can be a starter without marks in it.
#pragma once

#include <exercises/runner/manifest.hpp>

namespace exercises {

// `list` is the file that named the functions, for complaints: no such function, or two of that name.
std::string mark_functions(std::string_view text, const std::vector<manifest::emptied>& functions,
                           const std::filesystem::path& list);

}  // namespace exercises
