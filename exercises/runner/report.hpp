// What a check program writes while it runs, line by line, into the file that $HALF_REPORT names. The verdict believes
// this file and nothing else: no exit code, nothing that was printed.
//
//     run 8812                            the number that $HALF_REPORT_RUN gave: this report is of this run
//     check Bakery.TheCakeComesWhenItIsBaked
//     todo 2 answer the first customer    an unwritten hole was met
//     failed tests/exercises/01_bakery/checks.cpp:33
//     | anna waits for a cake, and nobody answers
//     story
//     | 0:00  anna asks bakery: order{"bread"}
//     result failed                       or passed, or skipped
//     end                                 it got as far as it should
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace exercises {

struct failure {
    std::string              where;  // file:line
    std::vector<std::string> text;
};

struct unwritten {
    int         hole = 0;
    std::string task;
};

struct check_report {
    std::string              name;
    std::string              result   = {};  // empty: it was begun, and did not come to its end
    std::vector<failure>     failures = {};
    std::vector<unwritten>   todos    = {};
    std::vector<std::string> story    = {};
};

struct report {
    std::string               run;
    std::vector<check_report> checks;
    bool                      ended = false;

    const check_report* find(std::string_view name) const;
};

// Nothing when the text is no report.
std::optional<report> read_report(std::string_view text);

}  // namespace exercises
