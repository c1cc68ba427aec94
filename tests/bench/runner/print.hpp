// The table in three shapes: for a terminal, for a program, for the documents.
#pragma once

#include "table.hpp"

#include <map>

namespace bench {

// What the reader must know to read the numbers.
struct circumstances {
    std::string                 chapter;
    std::string                 date;
    std::vector<std::string>    machine;   // one fact a line
    std::map<peer, std::string> versions;  // what the programs say they are
    std::vector<std::string>    remarks;   // peers that are missing, and why
    int                         repetitions = 3;
    bool                        judged      = true;
};

std::string as_text(const table& t, const circumstances& c);
std::string as_markdown(const table& t, const circumstances& c);
std::string as_json_lines(const table& t, const circumstances& c);

// 12345678 is 12.3M: three figures are as many as such a measurement has.
std::string three_figures(double value);

}  // namespace bench
