#include "screen.hpp"

#include "text.hpp"

#include <algorithm>

namespace exercises {
namespace {

void leave_page(screen& on) {
    on.open   = page::exercise;
    on.scroll = 0;
}

// Some keys take away what is seen: they want to be pressed twice.
bool sure(screen& on, char letter, char asked, const std::string& otherwise) {
    if (asked == letter) return true;
    on.asked = letter;
    on.notices.push_back(otherwise);
    return false;
}

wish pressed_in_exercise(screen& on, char letter, char asked) {
    const auto& row = on.rows.at(on.row());
    switch (letter) {
    case 'n':
        if (on.is_done() || sure(on, 'n', asked, "This one is not done yet. n again leaves it for later."))
            return wish::next;
        break;
    case 'x':
        if (sure(on, 'x', asked, "x again begins anew; your file as it is will be kept beside it."))
            return wish::start_again;
        break;
    case 'h': return wish::hint;
    case 'l':
        on.open   = page::list;
        on.cursor = on.row();
        break;
    case 'e':
        if (on.is_done()) on.notices.emplace_back("There is nothing to show: all is well.");
        else on.open = page::error;
        break;
    case 'd':
        if (row.done || row.gave_up) return wish::compare;
        on.notices.emplace_back("Ours is shown when yours is done. Before that: ./workbook diff --give-up");
        break;
    case '?': on.open = page::help; break;
    default: break;
    }
    return wish::none;
}

// Where a key that moves takes us from `at`, among `count`.
std::size_t moved(std::size_t at, const press& key, std::size_t count, std::size_t page) {
    const auto last = count == 0 ? 0 : count - 1;
    if (key == typed(key::down) || key == typed('j')) return std::min(at + 1, last);
    if (key == typed(key::up) || key == typed('k')) return at == 0 ? 0 : at - 1;
    if (key == typed(key::page_down) || key == typed(' ')) return std::min(at + page, last);
    if (key == typed(key::page_up) || key == typed('b')) return at < page ? 0 : at - page;
    if (key == typed(key::first) || key == typed('g')) return 0;
    if (key == typed(key::last) || key == typed('G')) return last;
    return at;
}

}  // namespace

std::size_t screen::done_count() const {
    return static_cast<std::size_t>(std::ranges::count(rows, true, &exercise_row::done));
}

std::size_t screen::row() const {
    const auto found = std::ranges::find(rows, of.slug, &exercise_row::slug);
    return found == rows.end() ? 0 : static_cast<std::size_t>(found - rows.begin());
}

wish pressed(screen& on, const press& key, size of) {
    if (key == typed('q') || key == typed(key::interrupt)) return wish::quit;
    if (on.climbing()) return wish::none;
    const char asked = std::exchange(on.asked, '\0');
    on.notices.clear();
    const auto a_page = static_cast<std::size_t>(std::max(of.rows - 4, 1));
    switch (on.open) {
    case page::exercise: return pressed_in_exercise(on, key.letter, asked);
    case page::list:
        if (key == typed(key::enter)) return leave_page(on), wish::open_row;
        if (key == typed('l') || key == typed(key::escape)) leave_page(on);
        else on.cursor = moved(on.cursor, key, on.rows.size(), a_page);
        break;
    case page::error:
    case page::help:
    case page::comparison:
        if (key == typed(key::escape) || key == typed(key::enter) || key == typed('e') || key == typed('?')
            || key == typed('d'))
            leave_page(on);
        else on.scroll = moved(on.scroll, key, 100000, a_page);  // drawing knows the end
        break;
    }
    return wish::none;
}

}  // namespace exercises
