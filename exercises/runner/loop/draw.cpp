#include "screen.hpp"
#include "text.hpp"

#include <algorithm>
#include <array>
#include <unistd.h>

namespace exercises {
namespace fs = std::filesystem;
namespace {

constexpr std::size_t label_width = 12;

// What goes when the screen is too small, in this order: what the learner knows from before; checks that hold; a story,
// from its beginning, for its end says what went wrong; other details, from their end.
enum class worth { all, known, passed, story, detail };

// Lines, as they fall below each other.
class sheet {
public:
    explicit sheet(std::size_t width) : width_{width} {}

    void add(line one, worth is = worth::all) { lines_.push_back({std::move(one), is, ++groups_}); }
    void gap() {
        if (!lines_.empty() && !lines_.back().content.empty()) add({});
    }

    void wrapped(std::size_t indent, std::string_view text, ink colour = ink::plain, worth is = worth::all) {
        indent = std::min(indent, width_ / 4);
        ++groups_;
        for (auto& part : wrap(text, width_ - indent))
            lines_.push_back({{{std::string(indent, ' ') + part, colour}}, is, groups_});
    }

    // "your file   bakery.hpp": side by side, or below each other when there is no room.
    void labelled(std::string_view label, std::string_view text, const std::string& link, ink colour, worth is) {
        auto front = "  " + std::string{label};
        front.resize(std::max(front.size() + 1, label_width + 2), ' ');
        if (front.size() + columns(text) <= width_)
            return add({{front, ink::faint}, {std::string{text}, colour, link}}, is);
        add({{front, ink::faint}}, is);
        for (auto& part : wrap(text, width_ - std::min<std::size_t>(4, width_ / 4)))
            add({{"    " + part, colour, link}}, is);
    }

    std::size_t width() const { return width_; }

    picture fit(std::size_t rows) {
        drop(worth::known, rows, false, "", "", "");
        for (auto i = lines_.size(); lines_.size() > rows && i-- > 0;)
            if (lines_[i].content.empty()) lines_.erase(lines_.begin() + static_cast<long>(i));
        drop(worth::passed, rows, false, "    ok       ", "other", "");
        drop(worth::story, rows, true, "        ", "line", " before: e");
        drop(worth::detail, rows, false, "        ", "more line", ": e");
        if (lines_.size() > rows) lines_.resize(rows);
        picture all;
        for (auto& each : lines_) all.push_back(std::move(each.content));
        return all;
    }

private:
    struct entry {
        line  content;
        worth is;
        int   group;  // lines of one sentence
    };

    // As many as must; a line in their place says how many they were.
    void drop(worth those, std::size_t rows, bool from_the_beginning, const std::string& front, std::string_view name,
              std::string_view back) {
        std::size_t gone  = 0;
        std::size_t where = 0;
        while (lines_.size() + (gone == 0 || name.empty() ? 0 : 1) > rows) {
            const auto is    = [&](const entry& e) { return e.is == those; };
            const auto first = std::ranges::find_if(lines_, is);
            if (first == lines_.end()) break;
            const auto last  = std::find_if(lines_.rbegin(), lines_.rend(), is).base() - 1;
            const auto at    = from_the_beginning ? first : last;
            const int  group = at->group;
            const auto begin = std::ranges::find(lines_, group, &entry::group);
            const auto end   = std::find_if(begin, lines_.end(), [&](const entry& e) { return e.group != group; });
            where            = static_cast<std::size_t>(begin - lines_.begin());
            gone += static_cast<std::size_t>(end - begin);
            lines_.erase(begin, end);
        }
        if (gone != 0 && !name.empty())
            lines_.insert(lines_.begin() + static_cast<long>(where),
                          {{{front + counted(gone, name) + std::string{back}, ink::faint}}, worth::all, 0});
    }

    std::size_t        width_;
    std::vector<entry> lines_;
    int                groups_ = 0;
};

std::string link_to(const screen& what, const std::string& file) {
    std::array<char, 256> host = {};
    gethostname(host.data(), host.size() - 1);
    return "file://" + std::string{host.data()} + what.root + "/" + file.substr(0, file.find_first_of(":#"));
}

std::string_view task_of(kind sort) {
    switch (sort) {
    case kind::fix: return "Something in your file is wrong. Mend it.";
    case kind::build: return "Write what is missing in your file.";
    case kind::predict: return "Write into your file what will happen.";
    case kind::break_it: return "Write a test into your file that catches the bugs.";
    case kind::swap: return "Write this part of the chapter yourself; the chapter's own tests are the checks.";
    }
    return "";
}

std::string bar(std::size_t done, std::size_t total, std::size_t width, bool utf8) {
    if (total == 0 || width < 4) return {};
    const auto  filled = done * width / total;
    std::string text;
    for (std::size_t i = 0; i < width; ++i) text += i < filled ? (utf8 ? "█" : "#") : (utf8 ? "░" : ".");
    return text;
}

void draw_head(sheet& on, const screen& what, const abilities& can) {
    const auto  name  = what.of.slug + "  " + what.of.title;
    const auto  right = std::string{name_of(what.of.sort)} + ", " + std::to_string(what.of.minutes) + " min";
    std::string space = columns(name) + right.size() + 2 <= on.width()
                            ? std::string(on.width() - columns(name) - right.size(), ' ')
                            : "";
    line        head  = {{what.of.slug, ink::strong}, {"  " + what.of.title}};
    if (!space.empty()) head.push_back({space + right, ink::faint});
    on.add(std::move(head));
    const auto count = std::to_string(what.done_count()) + " of " + std::to_string(what.rows.size()) + " done";
    const auto room  = on.width() > count.size() + 2 ? on.width() - count.size() - 2 : 0;
    on.add({{bar(what.done_count(), what.rows.size(), std::min<std::size_t>(room, 40), can.utf8) + "  ", ink::good},
            {count}});
}

void draw_task(sheet& on, const screen& what) {
    on.wrapped(2, std::string{task_of(what.of.sort)} + " It is about this: " + what.of.teaches + ".", ink::plain,
               worth::known);
    const auto task = "exercises/" + what.of.slug + "/README.md";
    if (fs::exists(what.of.root / task)) on.labelled("task", task, link_to(what, task), ink::faint, worth::known);
    on.labelled("lesson", what.of.read, link_to(what, what.of.read), ink::faint, worth::known);
    const auto at = what.look_at.file.empty() ? my_prefix(what.of) + what.of.file : shown(what.look_at);
    on.labelled("your file", at, link_to(what, at), ink::strong, worth::all);
}

struct word {
    std::string text;
    ink         colour;
};

word word_of(standing is, bool utf8) {
    switch (is) {
    case standing::waiting: return {utf8 ? "·" : "-", ink::faint};
    case standing::running: return {utf8 ? "…" : "...", ink::caution};
    case standing::good: return {"ok", ink::good};
    case standing::bad: return {"FAIL", ink::bad};
    }
    return {};
}

void draw_rung(sheet& on, std::string_view name, const step& of, std::string_view says, const abilities& can) {
    const auto [text, colour] = word_of(of.is, can.utf8);
    std::string front         = "  " + std::string{name};
    front.resize(label_width + 2, ' ');
    const auto pad  = std::string(6 - std::min<std::size_t>(columns(text), 5), ' ');
    auto       rest = std::string{says};
    if (of.is == standing::good || of.is == standing::bad) rest += (rest.empty() ? "" : "   ") + seconds(of.took);
    on.add({{front}, {text, colour}, {pad}, {rest, ink::faint}});
}

void draw_compile_error(sheet& on, const screen& what) {
    const auto& build = what.now.build;
    if (!build.first) {
        for (const auto& each : lines_of(build.all)) on.add({{"    " + each}}, worth::detail);
        return;
    }
    const auto& first = *build.first;
    on.gap();
    on.wrapped(4, first.message, ink::strong);
    if (first.raised.file != first.where.file || first.where.line == 0) {
        const auto at = shown(first.raised);
        on.add({{"    found in "}, {at, ink::plain, link_to(what, at)}});
    }
    for (const auto& each : first.excerpt) on.add({{each}}, worth::detail);
    std::vector<std::string> folded;
    if (first.notes > 0) folded.push_back(counted(first.notes, "note"));
    if (build.errors > 1) folded.push_back(counted(build.errors - 1, "more error"));
    if (!folded.empty()) on.wrapped(4, joined(folded, " and ") + " folded away: e", ink::faint);
}

ink colour_of(const check_verdict& check) {
    using enum check_verdict::kind;
    switch (check.how) {
    case passed: return ink::good;
    case unwritten: return ink::caution;
    case not_run: return ink::faint;
    default: return ink::bad;
    }
}

void draw_check(sheet& on, const check_verdict& check, worth is) {
    auto text = word_for(check);
    text.resize(std::max<std::size_t>(text.size() + 1, 9), ' ');
    on.add({{"    "}, {text, colour_of(check)}, {check.name}}, is);
}

void draw_trouble(sheet& on, const screen& what, const check_verdict& check) {
    constexpr std::size_t indent = 6;
    if (const auto said = sanitizer_said(check.text, my_prefix(what.of))) {
        on.wrapped(indent, said->sentence, ink::strong);
        if (said->where.line != 0) on.wrapped(indent, shown(said->where));
        on.wrapped(indent, "e shows its report", ink::faint);
        return;
    }
    for (const auto& each : check.text) {
        const bool first = &each == check.text.data();
        on.wrapped(indent, printable(each), first ? ink::strong : ink::plain, first ? worth::all : worth::detail);
    }
    if (check.hole != 0) return;
    if (!check.story.empty()) on.wrapped(indent, "what happened", ink::faint);
    for (const auto& each : check.story) on.wrapped(indent + 2, printable(each), ink::plain, worth::story);
    if (!check.where.empty())
        on.add({{"      the check: " + check.where, ink::faint, link_to(what, check.where)}}, worth::known);
}

// Those that do not hold first, when there are so many that they would not be seen.
void draw_checks(sheet& on, const screen& what, const verdict& of) {
    constexpr std::size_t many    = 8;
    const auto*           trouble = what.now.trouble();
    std::size_t           bad     = 0;
    for (const auto& check : of.checks) {
        const bool passed = check.how == check_verdict::kind::passed;
        bad += passed ? 0 : 1;
        draw_check(on, check, passed ? worth::passed : bad > many ? worth::detail : worth::all);
        if (&check == trouble) draw_trouble(on, what, check);
    }
}

void draw_ladder(sheet& on, const screen& what, const abilities& can) {
    const auto& now     = what.now;
    auto        compile = now.at(rung::compile);
    std::string says;
    if (now.at(rung::house).is == standing::running) {
        compile.is = standing::running;
        if (now.house.total > 0)
            says = "the chapter's library first, once: " + std::to_string(now.house.done) + " of "
                   + std::to_string(now.house.total);
    }
    if (!now.house_fault.empty()) compile.is = standing::bad;
    draw_rung(on, "compile", compile, says, can);
    if (!now.house_fault.empty()) {
        on.wrapped(
            4, "The workbook itself does not build; that is not your fault. The first lines of what the tools said:",
            ink::strong);
        for (const auto& each : lines_of(now.house_fault)) on.add({{"    " + printable(each)}}, worth::detail);
        return;
    }
    if (!now.refusal.empty()) on.wrapped(4, now.refusal, ink::strong);
    if (now.result == outcome::not_compiling) draw_compile_error(on, what);

    const bool ran = !now.checks.checks.empty();
    draw_rung(on, "checks", now.at(rung::checks),
              ran ? std::to_string(now.checks.passed()) + " of " + std::to_string(now.checks.checks.size()) : "", can);
    if (ran) draw_checks(on, what, now.checks);
    draw_rung(on, "sanitizers", now.at(rung::sanitizers),
              now.result == outcome::unsound ? "The checks hold, but look:" : "", can);
    if (now.result == outcome::unsound && now.trouble() != nullptr) {
        draw_check(on, *now.trouble(), worth::all);
        draw_trouble(on, what, *now.trouble());
    }
}

void draw_end(sheet& on, const screen& what) {
    if (what.is_done()) {
        on.gap();
        const auto left = what.rows.size() - what.done_count();
        on.add({{"  Done.", ink::good},
                {left == 0 ? "  And with it all of them. Well done!" : "  n goes on; d compares yours with ours."}});
    }
    for (const auto& hint : what.hints) {
        on.gap();
        on.wrapped(2, "Hint " + std::to_string(hint.number) + " of " + std::to_string(hint.of) + " for TODO "
                          + std::to_string(hint.hole) + ": " + hint.text);
    }
    if (!what.notices.empty()) on.gap();
    for (const auto& each : what.notices) on.wrapped(2, printable(each), ink::caution);
}

using menu = std::vector<std::pair<std::string, std::string>>;

// The keys, as many lines of them as it takes.
picture draw_menu(const menu& keys, std::size_t width) {
    picture     lines = {{}};
    std::size_t used  = 0;
    for (const auto& [key, does] : keys) {
        const auto needs = key.size() + does.size() + 4;
        if (used != 0 && used + needs - 1 > width) {
            lines.emplace_back();
            used = 0;
        }
        lines.back().push_back({" " + key, ink::strong});
        lines.back().push_back({" " + does + "  "});
        used += needs;
    }
    return lines;
}

menu keys_of(const screen& what) {
    if (what.climbing()) return {{"t", "task"}, {"?", "help"}, {"q", "quit"}};
    menu keys;
    if (what.is_done()) keys.insert(keys.end(), {{"n", "next"}, {"d", "compare"}});
    else keys.insert(keys.end(), {{"t", "task"}, {"h", "hint"}, {"e", "error"}, {"n", "next"}});
    keys.insert(keys.end(), {{"l", "list"}, {"x", "again"}, {"?", "help"}, {"q", "quit"}});
    return keys;
}

// A body of some height, an empty line, and the keys at the end.
picture with_menu(picture body, const menu& keys, size to) {
    const auto rows   = static_cast<std::size_t>(std::max(to.rows, 2));
    auto       bottom = draw_menu(keys, static_cast<std::size_t>(to.columns));
    if (bottom.size() >= rows) bottom.resize(1);
    if (body.size() + bottom.size() + 1 <= rows) body.emplace_back();
    body.resize(std::min(body.size(), rows - bottom.size()));
    body.insert(body.end(), bottom.begin(), bottom.end());
    return body;
}

picture draw_exercise(const screen& what, const abilities& can, size to) {
    sheet on{static_cast<std::size_t>(to.columns)};
    draw_head(on, what, can);
    on.gap();
    draw_task(on, what);
    on.gap();
    draw_ladder(on, what, can);
    draw_end(on, what);
    const auto bottom = draw_menu(keys_of(what), on.width()).size() + 1;
    const auto rows   = static_cast<std::size_t>(std::max(to.rows, 2));
    return with_menu(on.fit(rows > bottom ? rows - bottom : 1), keys_of(what), to);
}

picture draw_list(const screen& what, const abilities& can, size to) {
    sheet      on{static_cast<std::size_t>(to.columns)};
    const auto count = std::to_string(what.done_count()) + " of " + std::to_string(what.rows.size()) + " done";
    on.add({{"Exercises", ink::strong}, {"   " + count, ink::faint}});
    on.gap();
    const auto  room  = static_cast<std::size_t>(std::max(to.rows - 5, 1));
    const auto  from  = what.cursor < room ? 0 : what.cursor - room + 1;
    std::size_t names = 0;
    for (const auto& row : what.rows) names = std::max(names, row.slug.size());
    for (auto i = from; i < std::min(what.rows.size(), from + room); ++i) {
        const auto& row  = what.rows[i];
        auto        name = row.slug;
        name.resize(names + 2, ' ');
        const bool here = i == what.cursor;
        on.add({{here ? (can.utf8 ? "▸ " : "> ") : "  ", ink::strong},
                {row.done      ? "done   "
                 : row.gave_up ? "seen   "
                               : "       ",
                 row.done ? ink::good : ink::caution},
                {name, here ? ink::strong : ink::plain},
                {row.title},
                {"  " + std::to_string(row.minutes) + " min", ink::faint}});
    }
    return with_menu(on.fit(static_cast<std::size_t>(std::max(to.rows, 3)) - 2),
                     {{"up, down", "choose"}, {"Enter", "open"}, {"l", "back"}, {"q", "quit"}}, to);
}

picture draw_text(const screen& what, size to) {
    const auto all  = what.text_at(to.columns);
    const auto room = text_rows(to);
    const auto from = std::min(what.scroll, all.size() > room ? all.size() - room : 0);
    const auto end  = std::min(from + room, all.size());
    picture    body = {{{what.title, ink::strong}}};
    menu       keys;
    if (all.size() > room) {
        body.back().push_back({"   lines " + std::to_string(from + 1) + " to " + std::to_string(end) + " of "
                                   + std::to_string(all.size()),
                               ink::faint});
        keys.emplace_back("up, down, space", "move");
    }
    body.emplace_back();
    body.insert(body.end(), all.begin() + static_cast<long>(from), all.begin() + static_cast<long>(end));
    keys.insert(keys.end(), {{"Esc", "back"}, {"q", "quit"}});
    return with_menu(std::move(body), keys, to);
}

}  // namespace

picture help_page() {
    picture all = {{{"Edit your file with the editor that you like, and save it: a few seconds later you see here "
                     "whether it compiles, which checks hold, and whether the sanitizers are content."}},
                   {}};
    for (const auto& [key, does] :
         menu{{"t", "the task, in full"},
              {"w", "why: what the lesson says about it"},
              {"h", "a hint, and each time one that says more"},
              {"e", "the whole error, or the whole story of the first check that does not hold"},
              {"n", "the next exercise; when this one is not done, press it twice"},
              {"d", "when it is done: the difference between yours and ours"},
              {"l", "the list of all exercises, and Enter opens another one"},
              {"x", "start again; press it twice. Your file is kept beside it, with a number"},
              {"q", "quit, also while something is built. ./workbook comes back to where you were"}})
        all.push_back({{"  " + key, ink::strong}, {"   " + does}});
    all.emplace_back();
    all.push_back({{"The same, and more, without this screen: ./workbook help"}});
    return all;
}

picture whole_error(const screen& what) {
    picture    all;
    const auto add = [&](std::string_view text, ink colour = ink::plain) {
        all.push_back({{printable(text), colour}});
    };
    if (!what.now.house_fault.empty()) {
        for (const auto& each : lines_of(what.now.house_fault)) add(each);
    } else if (what.now.result == outcome::not_compiling) {
        for (const auto& each : lines_of(what.now.build.all))
            add(each, each.find("error: ") != each.npos ? ink::strong : ink::plain);
    } else if (const auto* check = what.now.trouble()) {
        add(check->name, ink::strong);
        for (const auto& each : check->text) add("  " + each);
        if (!check->story.empty()) add(""), add("  what happened", ink::faint);
        for (const auto& each : check->story) add("    " + each);
        if (!check->where.empty()) add(""), add("  the check: " + check->where, ink::faint);
    } else {
        add(what.now.refusal.empty() ? "There is no error." : what.now.refusal);
    }
    return all;
}

picture draw(const screen& what, const abilities& can, size to) {
    to.columns = std::max(to.columns, 8);
    switch (what.open) {
    case page::exercise: return draw_exercise(what, can, to);
    case page::list: return draw_list(what, can, to);
    case page::text: return draw_text(what, to);
    }
    return {};
}

}  // namespace exercises
