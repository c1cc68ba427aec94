// Which exercises CI proves: all of a chapter that has changed, and one of the others, another one each day. Which day it
// is, the commit says, so that the same commit proves the same.
#pragma once

#include <exercises/runner/manifest.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace exercises {

struct choice {
    bool        chosen = false;
    std::string why;
};

// `changed` are files, relative to the root; `day` counts days since 1970.
choice choose(const manifest& m, const std::vector<manifest>& all, const std::vector<std::string>& changed, long day);

// Asks git. The base is $HALF_BASE; when it is not set, the last commit; when it is empty, everything is new.
choice choose(const manifest& m);

}  // namespace exercises
