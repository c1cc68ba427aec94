// What can be in the diary? "abx" means: first a, then b, then x. The program is in README.md.
#pragma once

#include <set>
#include <string>

// As if Anna wrote both in one go.
inline const std::set<std::string> possible{"abx", "xab"};
