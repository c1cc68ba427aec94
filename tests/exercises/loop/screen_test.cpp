#include <gtest/gtest.h>

#include <exercises/runner/loop/screen.hpp>
#include <exercises/runner/loop/text.hpp>

using namespace exercises;

namespace {

constexpr size usual = {.columns = 80, .rows = 24};

screen fresh() {
    screen one;
    one.of.slug    = "01_bakery";
    one.of.title   = "A bakery";
    one.of.minutes = 15;
    one.of.teaches = "a caller may wait";
    one.of.read    = "chapters/01_gen_server/README.md#answering-later";
    one.of.file    = "bakery.hpp";
    one.of.checks  = {"Bakery.A", "Bakery.B"};
    one.rows       = {{"01_bakery", "A bakery", 15}, {"01_other", "Another", 10}};
    return one;
}

void built(screen& on) {
    on.now.at(rung::house).is = standing::good;
    on.now.at(rung::compile)  = {standing::good, 1.4};
}

screen failing() {
    auto one = fresh();
    built(one);
    one.now.at(rung::checks) = {standing::bad, 0.1};
    one.now.checks.checks    = {{.name = "Bakery.A", .how = check_verdict::kind::passed},
                                {.name  = "Bakery.B",
                                 .how   = check_verdict::kind::failed,
                                 .where = "tests/exercises/01_bakery/checks.cpp:33",
                                 .text  = {"anna waits for a cake, and nobody answers"},
                                 .story = {"0 s  Anna asks bakery: order", "10 min pass"}}};
    one.now.result           = outcome::not_passing;
    return one;
}

screen done() {
    auto one = fresh();
    built(one);
    one.now.at(rung::checks)     = {standing::good, 0.1};
    one.now.at(rung::sanitizers) = {standing::good, 2.0};
    one.now.checks.checks        = {{.name = "Bakery.A", .how = check_verdict::kind::passed},
                                    {.name = "Bakery.B", .how = check_verdict::kind::passed}};
    one.now.result               = outcome::done;
    one.rows[0].done             = true;
    return one;
}

std::string text(const picture& of) {
    std::string all;
    for (const auto& each : of) all += words(each) + "\n";
    return all;
}
std::string text(const screen& of, size to = usual) { return text(draw(of, {.utf8 = true}, to)); }

bool shows(const screen& of, const std::string& what) {
    const auto all = text(of);
    if (all.find(what) != all.npos) return true;
    ADD_FAILURE() << "no \"" << what << "\" in\n" << all;
    return false;
}

wish hit(screen& on, char letter) { return pressed(on, typed(letter), usual); }

}  // namespace

TEST(Screen, ShowsWhatItIsAbout) {
    const auto one = fresh();
    shows(one, "01_bakery  A bakery");
    shows(one, "build, 15 min");
    shows(one, "0 of 2 done");
    shows(one, "a caller may wait");
    shows(one, "exercises/my/01_bakery/bakery.hpp");
}

TEST(Screen, SaysHowFarTheBuildIs) {
    auto one                   = fresh();
    one.now.at(rung::house).is = standing::running;
    one.now.house              = {3, 40};
    shows(one, "the chapter's library first, once: 3 of 40");
}

TEST(Screen, TellsTheStoryOfTheFirstCheckThatFails) {
    const auto one = failing();
    shows(one, "1 of 2");
    shows(one, "ok       Bakery.A");
    shows(one, "FAIL     Bakery.B");
    shows(one, "anna waits for a cake, and nobody answers");
    shows(one, "Anna asks bakery: order");
    shows(one, "tests/exercises/01_bakery/checks.cpp:33");
}

TEST(Screen, SaysWhichTodoACheckHasMet) {
    auto  one   = failing();
    auto& check = one.now.checks.checks[1];
    check       = {.name  = "Bakery.B",
                   .how   = check_verdict::kind::unwritten,
                   .text  = {"TODO 2 is not written yet: answer"},
                   .story = {"noise"},
                   .hole  = 2};
    shows(one, "todo 2   Bakery.B");
    shows(one, "TODO 2 is not written yet: answer");
    EXPECT_EQ(text(one).find("noise"), std::string::npos);
}

TEST(Screen, SaysThatACheckWentOnForEver) {
    auto one                 = failing();
    one.now.checks.checks[1] = {.name = "Bakery.B",
                                .how  = check_verdict::kind::timed_out,
                                .text = {"it did not come to an end: is there a loop?"}};
    shows(one, "too long Bakery.B");
    shows(one, "it did not come to an end");
}

TEST(Screen, ShowsOneCompileErrorAndFoldsTheRest) {
    auto one                   = fresh();
    one.now.at(rung::house).is = standing::good;
    one.now.at(rung::compile)  = {standing::bad, 1.0};
    one.now.build              = {.first  = compile_error{.where   = {"exercises/my/01_bakery/bakery.hpp", 24, 9},
                                                          .raised  = {"exercises/my/01_bakery/bakery.hpp", 24, 9},
                                                          .message = "use of undeclared identifier 'waitin'",
                                                          .excerpt = {"   24 |     waitin.pop_front();"},
                                                          .notes   = 7},
                                  .errors = 3,
                                  .all    = "everything\nelse"};
    one.look_at                = one.now.build.first->where;
    one.now.result             = outcome::not_compiling;
    shows(one, "exercises/my/01_bakery/bakery.hpp:24");
    shows(one, "use of undeclared identifier 'waitin'");
    shows(one, "7 notes and 2 more errors folded away: e");
    EXPECT_EQ(hit(one, 'e'), wish::none);
    shows(one, "everything");
    hit(one, 'e');
    shows(one, "your file");
}

TEST(Screen, KnowsThatHeldChecksMayBeUnsound) {
    auto one                     = done();
    one.rows[0].done             = false;
    one.now.at(rung::sanitizers) = {standing::bad, 2.0};
    one.now.result               = outcome::unsound;
    one.now.sanitized.checks     = {
        {.name = "Bakery.A",
             .how  = check_verdict::kind::broke,
             .text = {"the program ended with code 1",
                      "it printed:", "    ==1==ERROR: AddressSanitizer: heap-use-after-free on address 0x1 at pc",
                      "        #1 0x2 in bakery::handle() exercises/my/01_bakery/bakery.hpp:41:9"}}};
    shows(one, "The checks hold, but look:");
    shows(one, "AddressSanitizer: heap-use-after-free");
    shows(one, "exercises/my/01_bakery/bakery.hpp:41");
    EXPECT_EQ(text(one).find("Done."), std::string::npos);
}

TEST(Screen, SaysWhatComesAfterSuccess) {
    auto one = done();
    shows(one, "Done.");
    shows(one, "n goes on");
    shows(one, "1 of 2 done");
    one.rows[1].done = true;
    shows(one, "all of them");
}

TEST(Screen, HearsNothingButQWhileSomethingIsBuilt) {
    auto one = fresh();
    for (const char letter : std::string{"nhlexdr "}) EXPECT_EQ(hit(one, letter), wish::none) << letter;
    EXPECT_EQ(one.open, page::exercise);
    EXPECT_EQ(one.asked, 0);
    EXPECT_EQ(hit(one, 'q'), wish::quit);
    EXPECT_EQ(pressed(one, typed(key::interrupt), usual), wish::quit);
}

TEST(Screen, TextsCanBeReadWhileSomethingIsBuilt) {
    auto one = fresh();
    EXPECT_EQ(hit(one, 't'), wish::task);
    EXPECT_EQ(hit(one, 'w'), wish::lesson);
    EXPECT_EQ(hit(one, '?'), wish::none);
    EXPECT_EQ(one.open, page::text);
    EXPECT_EQ(hit(one, 'q'), wish::quit);
}

TEST(Screen, LeavesADoneExerciseAtOnceAndAnotherOnTheSecondKey) {
    auto ready = done();
    EXPECT_EQ(hit(ready, 'n'), wish::next);
    auto one = failing();
    EXPECT_EQ(hit(one, 'n'), wish::none);
    shows(one, "n again");
    EXPECT_EQ(hit(one, 'h'), wish::hint);  // another key in between: asked anew
    EXPECT_EQ(hit(one, 'n'), wish::none);
    EXPECT_EQ(hit(one, 'n'), wish::next);
}

TEST(Screen, StartsAgainOnTheSecondKeyOnly) {
    auto one = failing();
    EXPECT_EQ(hit(one, 'x'), wish::none);
    EXPECT_EQ(hit(one, 'n'), wish::none);
    EXPECT_EQ(hit(one, 'x'), wish::none);
    EXPECT_EQ(hit(one, 'x'), wish::start_again);
}

TEST(Screen, ComparesOnlyWhatIsDoneOrGivenUp) {
    auto one = failing();
    EXPECT_EQ(hit(one, 'd'), wish::none);
    shows(one, "--give-up");
    one.rows[0].gave_up = true;
    EXPECT_EQ(hit(one, 'd'), wish::compare);
    auto ready = done();
    EXPECT_EQ(hit(ready, 'd'), wish::compare);
}

TEST(Screen, HasAListToChooseFrom) {
    auto one = failing();
    hit(one, 'l');
    EXPECT_EQ(one.open, page::list);
    shows(one, "▸        01_bakery");
    pressed(one, typed(key::down), usual);
    shows(one, "▸        01_other");
    pressed(one, typed(key::down), usual);
    EXPECT_EQ(one.cursor, 1U);
    EXPECT_EQ(pressed(one, typed(key::enter), usual), wish::open_row);
    EXPECT_EQ(one.open, page::exercise);
}

TEST(Screen, ScrollsAListThatIsLongerThanItself) {
    auto one = failing();
    for (int i = 0; i < 50; ++i) one.rows.push_back({"02_number_" + std::to_string(i), "x", 1});
    hit(one, 'l');
    pressed(one, typed(key::last), usual);
    shows(one, "02_number_49");
    EXPECT_LE(draw(one, {}, usual).size(), 24U);
    pressed(one, typed(key::first), usual);
    shows(one, "01_bakery");
}

TEST(Screen, ScrollsATextAndKnowsItsEnd) {
    auto    one = failing();
    picture lines;
    for (int i = 1; i <= 100; ++i) lines.push_back({{"line " + std::to_string(i)}});
    open_text(one, "Title", lines);
    shows(one, "lines 1 to 20 of 100");
    pressed(one, typed(' '), usual);
    shows(one, "lines 21 to 40 of 100");
    for (int i = 0; i < 10; ++i) pressed(one, typed(key::page_down), usual);
    shows(one, "lines 81 to 100 of 100");
    pressed(one, typed(key::up), usual);
    shows(one, "lines 80 to 99 of 100");
    pressed(one, typed(key::first), usual);
    shows(one, "lines 1 to 20 of 100");
    pressed(one, typed(key::escape), usual);
    EXPECT_EQ(one.open, page::exercise);
}

TEST(Screen, ShowsHints) {
    auto one  = failing();
    one.hints = {{1, 1, 3, "Who waits?"}, {1, 2, 3, "Keep it."}};
    shows(one, "Hint 2 of 3 for TODO 1: Keep it.");
}

// However small the terminal is and whatever is to be said: not a line too many, not a column too wide, and a way out.
TEST(Screen, FitsIntoEveryTerminal) {
    auto story = failing();
    for (int i = 0; i < 60; ++i)
        story.now.checks.checks[1].story.push_back("a rather long line of a story that goes on and on, number "
                                                   + std::to_string(i));
    story.hints   = {{1, 1, 3, std::string(300, 'h')}};
    story.notices = {std::string(200, 'n')};
    auto many     = failing();
    for (int i = 0; i < 40; ++i)
        many.now.checks.checks.push_back(
            {.name = "Bakery.Number" + std::to_string(i), .how = check_verdict::kind::failed});
    auto list = failing();
    hit(list, 'l');
    auto help = failing();
    hit(help, '?');
    for (const auto& one : {fresh(), failing(), done(), story, many, list, help})
        for (const int columns : {8, 20, 40, 79, 80, 132})
            for (const int rows : {2, 5, 10, 24, 60}) {
                const auto shown = draw(one, {}, {.columns = columns, .rows = rows});
                EXPECT_LE(shown.size(), static_cast<std::size_t>(rows)) << columns << "x" << rows;
                if (columns < 40 || rows < 10) continue;
                EXPECT_NE(text(shown).find("q quit"), std::string::npos) << columns << "x" << rows << "\n"
                                                                         << text(shown);
                for (const auto& each : shown)
                    EXPECT_LE(exercises::columns(drawn(each, {}, static_cast<std::size_t>(columns))),
                              static_cast<std::size_t>(columns));
            }
    shows(story, "lines before: e");
    shows(story, "number 59");  // its end is what counts
    shows(many, "more lines: e");
}

TEST(Screen, IsAsciiWhereNothingElseIsKnown) {
    auto one = done();
    one.hints.clear();
    for (const auto& each : draw(one, {}, usual))
        for (const char c : drawn(each, {})) EXPECT_TRUE(c >= ' ' && c < '\x7f') << words(each);
}

TEST(Sanitizers, AreReadInOneSentence) {
    const auto said = sanitizer_said({"x", "==9==ERROR: AddressSanitizer: heap-buffer-overflow on address 0x60 at pc",
                                      "    #0 0x1 in std::vector /usr/include/c++/12/x.h:3:1",
                                      "    #1 0x2 in f() exercises/my/01_bakery/bakery.hpp:17:5 (checks+0x2)",
                                      "    #2 0x3 in g() exercises/my/01_bakery/bakery.hpp:99:5"},
                                     "exercises/my/01_bakery/");
    ASSERT_TRUE(said);
    EXPECT_EQ(said->sentence, "AddressSanitizer: heap-buffer-overflow");
    EXPECT_EQ(said->where.line, 17);
    const auto undefined = sanitizer_said(
        {"/home/x/exercises/my/01_bakery/bakery.hpp:20:7: runtime error: signed integer overflow: 1 + 2"},
        "exercises/my/01_bakery/");
    ASSERT_TRUE(undefined);
    EXPECT_EQ(undefined->where, (place{"exercises/my/01_bakery/bakery.hpp", 20, 0}));
    EXPECT_NE(undefined->sentence.find("signed integer overflow"), std::string::npos);
    EXPECT_TRUE(sanitizer_said({"==9==ERROR: LeakSanitizer: detected memory leaks"}, "x"));
    EXPECT_FALSE(sanitizer_said({"the program ended with code 3"}, "x"));
}
