// The learner's loop: shows an exercise, watches its files, and after each save says what they do.
#pragma once

#include "board.hpp"
#include "climb.hpp"
#include "desk.hpp"

#include <optional>
#include <string>

namespace exercises {

enum class form { screen, plain, json };

struct loop_settings {
    form                         how  = form::screen;
    bool                         poll = false;
    std::optional<board_address> board;
    std::string                  name;  // on the board
};

// What the class board is told: who, which exercise, how far. Nothing of the code.
std::string board_news(const std::string& name, const manifest& m, const climb& now,
                       const std::vector<exercise_row>& rows);

// Until q, or a signal, or the end of what there is to read. Returns the exit code.
int run_loop(const workshop& in, desk& at, const loop_settings& with);

}  // namespace exercises
