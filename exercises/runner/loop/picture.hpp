// What is to be seen, before it is bytes: lines made of spans. So that what a screen says can be tested without one.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace exercises {

enum class ink { plain, strong, faint, good, bad, caution };

struct span {
    std::string text;
    ink         colour = ink::plain;
    std::string link   = {};  // what a click opens
};

using line    = std::vector<span>;
using picture = std::vector<line>;

// What the terminal can show.
struct abilities {
    bool colour = false;
    bool utf8   = false;
    bool links  = false;
};

// The abilities of this process's output, as the environment and the locale tell. `terminal`: it is one.
abilities abilities_of(bool terminal);

// One line as bytes, at most `width` columns of them (0: all), without a line break.
std::string drawn(const line& of, const abilities& can, std::size_t width = 0);

// The words alone.
std::string words(const line& of);

}  // namespace exercises
