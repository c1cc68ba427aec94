// Done, or not, and why. Every check of the manifest is asked for by its name, in a run of its own, and must be found in
// the report of that run as passed. A program that ends well and reports nothing has passed nothing.
#pragma once

#include <exercises/runner/process.hpp>
#include <exercises/runner/report.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace exercises {

struct check_verdict {
    enum class kind {
        passed,
        failed,     // an expectation did not hold
        unwritten,  // it met a hole that is still empty
        broke,      // the program ended in the middle of it
        timed_out,
        missing,  // there is no such check in the program
        not_run,  // one before it took too long
    };

    std::string              name;
    kind                     how   = kind::not_run;
    std::string              where = {};  // file:line of the check, when it failed
    std::vector<std::string> text  = {};  // what a learner reads
    std::vector<std::string> story = {};  // what was sent, answered and left in the mail
    int                      hole  = 0;
};

struct verdict {
    std::vector<std::string>   refused;  // why there are no checks to speak of: it did not compile, it is empty, ...
    std::vector<check_verdict> checks;   // all of the manifest, in its order

    bool        done() const;
    std::size_t passed() const;
};

// What one run of the program, told to do one check, says of that check. `written` is the report file's text.
check_verdict judge(std::string_view check, std::string_view run, const ended& program, std::string_view written);

// As people read it. `ok`, `FAIL`, `todo 2`, ...
std::string word_for(const check_verdict& check);
std::string to_text(const verdict& v);

}  // namespace exercises
