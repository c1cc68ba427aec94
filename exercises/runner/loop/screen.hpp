// The learner's screen, without a terminal: what it knows, what a key does to it, and the lines that it shows.
#pragma once

#include "climb.hpp"
#include "keys.hpp"
#include "picture.hpp"
#include "terminal.hpp"

#include <cstddef>
#include <string>
#include <vector>

namespace exercises {

struct shown_hint {
    int         hole;
    std::size_t number;  // the first, the second, ...
    std::size_t of;
    std::string text;
};

struct exercise_row {
    std::string slug;
    std::string title;
    int         minutes = 0;
    bool        done    = false;
    bool        gave_up = false;
};

enum class page { exercise, list, text };

// What a key asks of the loop.
enum class wish { none, next, hint, start_again, open_row, compare, task, lesson, quit };

struct screen {
    // What it is about.
    manifest                  of;
    std::string               root;  // for links
    std::vector<exercise_row> rows;
    climb                     now;
    place                     look_at;
    std::vector<shown_hint>   hints;
    std::vector<std::string>  notices;  // what else is to be said, until the next key

    // How it is looked at.
    page        open   = page::exercise;
    std::size_t cursor = 0;   // in the list
    std::size_t scroll = 0;   // of a text
    char        asked  = 0;   // the key that must be pressed again, to be sure
    std::string title  = {};  // of a text: the task, the whole error, ...
    picture     text   = {};

    bool        climbing() const { return now.result == outcome::climbing; }
    bool        is_done() const { return now.result == outcome::done; }
    std::size_t done_count() const;
    std::size_t row() const;  // which of the rows is open
    picture     text_at(int width) const;
};

// How many lines of a text are shown.
std::size_t text_rows(size of);

void open_text(screen& on, std::string title, picture text);

// While something is built, only what ends it is heard, and what shows a text.
wish pressed(screen& on, const press& key, size of);

// As many lines as the terminal has rows, or fewer. None is wider than it.
picture draw(const screen& what, const abilities& can, size to);

// Texts: the keys; and everything the tools have said, or the whole story of the check that does not hold.
picture help_page();
picture whole_error(const screen& what);

}  // namespace exercises
