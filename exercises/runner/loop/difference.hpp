// The difference of two texts, as diff -u shows it.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace exercises {

struct difference_line {
    char        mark;  // ' ' in both, '-' only in the first, '+' only in the second, '@' what follows stands elsewhere
    std::string text;

    friend bool operator==(const difference_line&, const difference_line&) = default;
};

// Empty when they are equal. `around`: so many lines of what is equal are shown beside what is not.
std::vector<difference_line> difference(std::string_view first, std::string_view second, std::size_t around = 3);

}  // namespace exercises
