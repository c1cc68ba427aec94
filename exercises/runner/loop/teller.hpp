// Tells what happens without a screen: line by line for people who listen or read a log, or one JSON object a line for
// programs.
#pragma once

#include "climb.hpp"
#include "picture.hpp"
#include "screen.hpp"

#include <memory>
#include <string>
#include <vector>

namespace exercises {

class teller {
public:
    virtual ~teller() = default;

    virtual void opened(const manifest& m, const std::vector<exercise_row>& rows)          = 0;
    virtual void climbed(const manifest& m, const climb& now)                              = 0;  // after each change
    virtual void listed(const std::vector<exercise_row>& rows, const std::string& current) = 0;
    virtual void hinted(const manifest& m, const shown_hint& hint)                         = 0;
    virtual void said(const std::string& sentence)                                         = 0;
    virtual void text(const std::string& name, const picture& lines) = 0;  // a page: help, a difference, ...
};

std::unique_ptr<teller> plain_teller(const abilities& can);
std::unique_ptr<teller> json_teller();

// The word for an outcome, in JSON and on the class board: done, not_compiling, ...
std::string_view name_of(outcome o);

}  // namespace exercises
