#include "learner.hpp"

#include "loop.hpp"
#include "my_files.hpp"
#include "pages.hpp"
#include "swap.hpp"
#include "teller.hpp"
#include "terminal.hpp"
#include "text.hpp"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <exercises/runner/complaint.hpp>
#include <iostream>
#include <unistd.h>

namespace exercises {
namespace fs = std::filesystem;
namespace {

struct misuse {
    std::string what;
};

// Said to people, and not part of what a program reads.
void say(const std::string& sentence) { std::cerr << sentence << "\n"; }

struct request {
    std::string              command;
    std::vector<std::string> words = {};  // behind it
    fs::path                 root = ".", build = "build/dev";
    loop_settings            with  = {};
    bool                     plain = false, all = false, give_up = false;
    std::string              chapter = {};
};

std::string nickname(const std::string& asked) {
    const char* user = std::getenv("USER");
    const auto  name = printable(!asked.empty() ? asked : user != nullptr ? user : "somebody");
    return cut(trimmed(name), 32, "");
}

request read_request(const std::vector<std::string>& words) {
    request     found{.command = words.empty() ? "loop" : words.front()};
    std::string name;
    for (std::size_t i = 1; i < words.size(); ++i) {
        const auto& word  = words[i];
        const auto  value = [&]() -> const std::string& {
            if (i + 1 == words.size()) throw misuse{word + " wants something behind it"};
            return words[++i];
        };
        if (word == "--plain") found.plain = true;
        else if (word == "--json") found.with.how = form::json;
        else if (word == "--poll") found.with.poll = true;
        else if (word == "--all") found.all = true;
        else if (word == "--give-up") found.give_up = true;
        else if (word == "--root") found.root = value();
        else if (word == "--build") found.build = value();
        else if (word == "--chapter") found.chapter = value();
        else if (word == "--name") name = value();
        else if (word == "--class") {
            const auto board = parse_board(value());
            if (!board) throw misuse{board.error()};
            found.with.board = *board;
        } else if (word.starts_with("-")) throw misuse{found.command + ": what is " + word + "?"};
        else found.words.push_back(word);
    }
    if (found.plain && found.with.how == form::json) throw misuse{"--plain or --json, one of them"};
    if (found.plain) found.with.how = form::plain;
    found.with.name = nickname(name);
    return found;
}

class counter {
public:
    counter(workshop in, request what) : in_{std::move(in)}, desk_{in_.root}, what_{std::move(what)} {
        can_ = abilities_of(isatty(STDOUT_FILENO) != 0);
        to_  = what_.with.how == form::json ? json_teller() : plain_teller(can_);
    }

    int serve() {
        for (const auto& [name, how] : commands)
            if (name == what_.command) {
                const int code = (this->*how)();
                for (const auto& each : desk_.notes().complaints()) say(each);
                return code;
            }
        throw misuse{"what is " + what_.command + "?"};
    }

    static bool knows(const std::string& command) {
        return std::ranges::any_of(commands, [&](const auto& one) { return one.first == command; });
    }

private:
    int loop() {
        no_words();
        if (what_.with.how == form::screen && (isatty(STDIN_FILENO) == 0 || isatty(STDOUT_FILENO) == 0))
            throw misuse{"this is no terminal: --plain or --json, or ./workbook check"};
        return run_loop(in_, desk_, what_.with);
    }

    int list() {
        no_words();
        to_->listed(desk_.rows(), desk_.current().slug);
        return 0;
    }

    int next() {
        no_words();
        const auto& here = desk_.current();
        const auto* next = desk_.after(here);
        if (next == nullptr)
            return said(desk_.known().done(here.slug) ? "All exercises are done."
                                                      : "There is no other one that is not done.",
                        0);
        return go(*next);
    }

    int go_to() {
        if (what_.words.size() != 1) throw misuse{"goto: which one? ./workbook list shows them"};
        return go(the_one());
    }

    int go(const manifest& m) {
        desk_.now_at(m);
        begin(m);
        to_->opened(m, desk_.rows());
        return 0;
    }

    int check() {
        std::vector<const manifest*> these;
        if (!what_.chapter.empty() || what_.all) {
            no_words();
            const auto chapter = what_.chapter.size() == 1 ? "0" + what_.chapter : what_.chapter;
            for (const auto& m : desk_.all())
                if (what_.all || m.chapter() == chapter) these.push_back(&m);
            if (these.empty()) return said("There are no exercises of chapter " + what_.chapter + ".", 1);
        } else {
            these.push_back(&the_one());
        }
        std::optional<board> board;
        if (what_.with.board) board.emplace(*what_.with.board);
        std::size_t done = 0;
        for (const auto* m : these) {
            begin(*m);
            to_->opened(*m, desk_.rows());
            const auto end = climb_ladder(in_, *m, {}, [&](const climb& now) { to_->climbed(*m, now); });
            if (end.result == outcome::done) {
                desk_.done(*m);
                ++done;
            }
            if (board) board->post(board_news(what_.with.name, *m, end, desk_.rows()));
        }
        if (board) {
            board->finish();
            if (const auto complaint = board->complaint()) say(*complaint);
        }
        if (these.size() > 1) to_->said(std::to_string(done) + " of " + std::to_string(these.size()) + " are done.");
        return done == these.size() ? 0 : 1;
    }

    int hint() {
        const auto& m    = the_one();
        const auto  more = desk_.next_hint(m, nullptr);
        if (more) return to_->hinted(m, *more), 0;
        const auto all = desk_.shown_hints(m, 0);
        for (const auto& each : all) to_->hinted(m, each);
        return said(all.empty() ? "There are no hints for " + m.slug + "."
                                : "These were all the hints. ./workbook solution --give-up shows ours.",
                    0);
    }

    int solution() {
        const auto& m = the_one();
        if (!may_see_ours(m)) return 1;
        if (m.sort == kind::swap)
            say("The chapter itself is the solution: " + fs::relative(m.source(), in_.root).string());
        to_->text("solution", exercises::solution(m));
        return 0;
    }

    int diff() {
        const auto& m = the_one();
        if (!may_see_ours(m)) return 1;
        to_->text("difference", comparison(m));
        return 0;
    }

    int reset() {
        const auto& m    = the_one();
        const auto  kept = start_again(m);
        for (const auto& each : kept) to_->said("Yours is kept: " + fs::relative(each, in_.root).string());
        return said(my_prefix(m) + m.file + " is as it was in the beginning.", 0);
    }

    int start_all() {
        no_words();
        std::size_t fresh = 0;
        for (const auto& m : desk_.all()) {
            const bool made = start(m);
            fresh += made ? 1 : 0;
            to_->said((made ? "begun  " : "there  ") + my_prefix(m) + m.file);
        }
        return said(counted(fresh, "exercise") + " begun. ./workbook opens the first.", 0);
    }

    int why() {
        if (what_.words.size() != 1) throw misuse{"why: which check? ./workbook check names them"};
        const auto&                  check = what_.words.front();
        std::vector<const manifest*> found;
        for (const auto& m : desk_.all())
            for (const auto& each : m.checks) {
                if (each != check && each.substr(each.find('.') + 1) != check && m.slug != check) continue;
                if (found.empty() || found.back() != &m) found.push_back(&m);
            }
        if (found.empty()) return said("No exercise has a check " + check + ".", 1);
        for (const auto* m : found) {
            to_->said(m->slug + " is about this: " + m->teaches + ". " + m->read + " says:\n");
            to_->text("lesson", lesson(*m));
        }
        return 0;
    }

    int swap() {
        if (what_.words.size() != 2 || (what_.words[1] != "on" && what_.words[1] != "off"))
            throw misuse{"swap: which chapter, and on or off? ./workbook swap 01 on"};
        return swap_chapter(in_, desk_.all(), what_.words[0], what_.words[1] == "on",
                            [&](const std::string& sentence) { to_->said(sentence); });
    }

    // -- what they have in common --------------------------------------------------------------------------------

    void no_words() const {
        if (!what_.words.empty()) throw misuse{what_.command + ": what is " + what_.words.front() + "?"};
    }

    const manifest& the_one() {
        if (what_.words.size() > 1) throw misuse{what_.command + ": one exercise at a time"};
        if (what_.words.empty()) return desk_.current();
        const auto found = desk_.find(what_.words.front());
        if (!found) throw misuse{found.error()};
        return **found;
    }

    void begin(const manifest& m) {
        if (start(m)) to_->said("Begun: " + my_prefix(m) + m.file);
    }

    bool may_see_ours(const manifest& m) {
        const auto state = desk_.known();
        if (state.done(m.slug)) return true;
        if (what_.give_up) {
            if (!state.gave_up(m.slug)) desk_.gave_up(m);
            return true;
        }
        if (state.gave_up(m.slug)) return true;
        say("Yours is not done yet. ./workbook hint says a little; with --give-up you see ours now, and that is "
            "written down.");
        return false;
    }

    int said(const std::string& sentence, int code) {
        to_->said(sentence);
        return code;
    }

    using handler = int (counter::*)();
    static constexpr std::array<std::pair<std::string_view, handler>, 12> commands{{
        {"loop", &counter::loop},
        {"list", &counter::list},
        {"next", &counter::next},
        {"goto", &counter::go_to},
        {"check", &counter::check},
        {"hint", &counter::hint},
        {"solution", &counter::solution},
        {"diff", &counter::diff},
        {"reset", &counter::reset},
        {"start", &counter::start_all},
        {"why", &counter::why},
        {"swap", &counter::swap},
    }};

    workshop                in_;
    desk                    desk_;
    request                 what_;
    abilities               can_;
    std::unique_ptr<teller> to_;
};

}  // namespace

bool for_learner(const std::string& command) { return counter::knows(command); }

int learner(const std::vector<std::string>& words) {
    // A sanitizer's words are for us to fold: no colours, no end with a core, and no more memory than a laptop has to spare.
    setenv("ASAN_OPTIONS", "color=never:abort_on_error=0:detect_stack_use_after_return=1:hard_rss_limit_mb=2048", 0);
    setenv("UBSAN_OPTIONS", "color=never:print_stacktrace=1", 0);
    try {
        auto what = read_request(words);
        return counter{{.root = fs::canonical(what.root), .build = fs::absolute(what.build)}, std::move(what)}.serve();
    } catch (const misuse& fault) {
        say("workbook: " + fault.what + "\n  ./workbook help says what there is.");
        return 2;
    }
}

}  // namespace exercises
