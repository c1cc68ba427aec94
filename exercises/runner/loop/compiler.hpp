// What a failed build says, folded: a learner needs the first error, where it is in their file, and nothing else.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace exercises {

struct place {
    std::string file;
    int         line   = 0;
    int         column = 0;

    friend bool operator==(const place&, const place&) = default;
};

// file:line, or the file alone.
std::string shown(const place& at);

struct compile_error {
    place                    where   = {};  // in the learner's file if anything points there
    place                    raised  = {};  // where the compiler stood; another file than the learner's, perhaps
    std::string              message = {};
    std::vector<std::string> excerpt = {};  // the line of code, and the marks below it
    std::size_t              notes   = 0;   // folded away
};

struct failed_build {
    std::optional<compile_error> first;  // none: it was not the compiler that failed
    std::size_t                  errors = 0;
    std::string                  all;  // what the tools said, without the build's own lines
};

// `mine`: how the paths of the learner's files begin.
failed_build fold(std::string_view printed, std::string_view mine);

// How far ninja is, from the last line that tells: "[3/40] ".
struct build_steps {
    int done  = 0;
    int total = 0;
};
std::optional<build_steps> steps_of(std::string_view printed);

}  // namespace exercises
