// Text as a terminal shows it: how wide it is, where it may be broken, and what in it is safe to print.
#pragma once

#include <cstddef>
#include <exercises/runner/files.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace exercises {

// The columns that this UTF-8 takes.
std::size_t columns(std::string_view text);

// What comes from a learner's program or a compiler may hold anything. Here control characters are gone (also those that
// turn text around), a tab is blanks up to the next multiple of 4, and what is not UTF-8 is U+FFFD. No line breaks.
std::string printable(std::string_view line);

// What is not UTF-8 is U+FFFD, and nothing else is changed.
std::string valid(std::string_view text);

// For a terminal without UTF-8: each character beyond ASCII is what stands for it, or a question mark.
std::string in_ascii(std::string_view text);

// The beginning that fits into `width` columns; `more` is its end when something is missing.
std::string cut(std::string_view text, std::size_t width, std::string_view more = "...");

// Broken at blanks, words longer than a line in the middle. What follows the first line is indented like it.
std::vector<std::string> wrap(std::string_view line, std::size_t width);

std::string joined(const std::vector<std::string>& parts, std::string_view between);

// Words between blanks.
std::vector<std::string> words_of(std::string_view line);

// "1.4 s", "0.2 s", "12 s"
std::string seconds(double time);

// "1 hint", "3 hints"
std::string counted(std::size_t count, std::string_view what);

}  // namespace exercises
