// What the command line asks for.
#pragma once

#include <regex>
#include <stdexcept>
#include <string>
#include <vector>

namespace bench {

struct options {
    std::string chapter;
    bool        json = false, quick = false, help = false;
    int         repetitions = 3;
    std::regex  only{""}, peers{""};  // "" matches everything
    std::string markdown;             // a file to write, or empty
    std::string bars;                 // a file to read, or empty for the chapter's own
    std::string programs;             // the folder of the programs, or empty for the runner's own
};

struct bad_options : std::runtime_error {
    using std::runtime_error::runtime_error;
};

options                  parse_options(const std::vector<std::string>& arguments);
extern const char* const usage;

}  // namespace bench
