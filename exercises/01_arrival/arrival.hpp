// What can be in the diary? "abx" means: first a, then b, then x. The program is in README.md.
#pragma once

#include <set>
#include <string>

// A friend says that these three can happen. One of them cannot, and one that can is missing. Mend the line.
inline const std::set<std::string> possible{
    //@todo 1 one of these cannot happen, and one that can is missing
    "abx", "axb", "xab",
    //@instead
    // "abx", "xab", "bax",
    //@end
};
