#include "screen.hpp"

#include "text.hpp"

#include <algorithm>
#include <optional>
#include <utility>

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
        else open_text(on, "The whole error", whole_error(on));
        break;
    case 'd':
        if (row.done || row.gave_up) return wish::compare;
        on.notices.emplace_back("Ours is shown when yours is done. Before that: ./workbook diff --give-up");
        break;
    default: break;
    }
    return wish::none;
}

// Where a key that moves takes us from `at`, up to `last`. Nothing: it does not move.
std::optional<std::size_t> moved(std::size_t at, const press& key, std::size_t last, std::size_t page) {
    if (key == typed(key::down) || key == typed('j')) return std::min(at + 1, last);
    if (key == typed(key::up) || key == typed('k')) return at == 0 ? 0 : at - 1;
    if (key == typed(key::page_down) || key == typed(' ')) return std::min(at + page, last);
    if (key == typed(key::page_up) || key == typed('b')) return at < page ? 0 : at - page;
    if (key == typed(key::first) || key == typed('g')) return 0;
    if (key == typed(key::last) || key == typed('G')) return last;
    return std::nullopt;
}

}  // namespace

std::size_t screen::done_count() const {
    return static_cast<std::size_t>(std::ranges::count(rows, true, &exercise_row::done));
}

std::size_t screen::row() const {
    const auto found = std::ranges::find(rows, of.slug, &exercise_row::slug);
    return found == rows.end() ? 0 : static_cast<std::size_t>(found - rows.begin());
}

std::size_t text_rows(size of) { return static_cast<std::size_t>(std::max(of.rows - 4, 1)); }

picture screen::text_at(int width) const {
    picture broken;
    for (const auto& each : text) {
        const auto all = words(each);
        if (columns(all) <= static_cast<std::size_t>(width)) broken.push_back(each);
        else
            for (auto& part : wrap(all, static_cast<std::size_t>(width)))
                broken.push_back({{part, each.front().colour}});
    }
    return broken;
}

void open_text(screen& on, std::string title, picture text) {
    on.open   = page::text;
    on.title  = std::move(title);
    on.text   = std::move(text);
    on.scroll = 0;
}

wish pressed(screen& on, const press& key, size of) {
    if (key == typed('q') || key == typed(key::interrupt)) return wish::quit;
    if (on.open == page::text) {
        const auto room = text_rows(of);
        const auto all  = on.text_at(of.columns).size();
        if (const auto to = moved(on.scroll, key, all > room ? all - room : 0, room)) on.scroll = *to;
        else leave_page(on);
        return wish::none;
    }
    if (key == typed('t')) return wish::task;
    if (key == typed('w')) return wish::lesson;
    if (key == typed('?')) return open_text(on, "Keys", help_page()), wish::none;
    if (on.climbing()) return wish::none;

    const char asked = std::exchange(on.asked, '\0');
    on.notices.clear();
    if (on.open == page::exercise) return pressed_in_exercise(on, key.letter, asked);
    if (key == typed(key::enter)) return leave_page(on), wish::open_row;
    const auto to = moved(on.cursor, key, on.rows.size() - 1, text_rows(of));
    if (to) on.cursor = *to;
    else leave_page(on);
    return wish::none;
}

}  // namespace exercises
