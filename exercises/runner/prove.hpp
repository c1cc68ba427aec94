// What CI proves of an exercise before a learner meets it. A check is worth nothing as long as nobody has seen it fail.
//
//     the starter          compiles, and passes no check
//     the solution         passes all of them
//     each weak answer     compiles, and is refused; there are two at least
//     each mutant          (the solution with one hole unwritten) compiles, and is refused
//     each check           is failed by a weak answer or a mutant
//     exercise.txt         names the checks that there are, no more and no less
//     hints.md             has three hints for each hole
#pragma once

#include <exercises/runner/attempt.hpp>
#include <exercises/runner/complaint.hpp>
#include <string>
#include <vector>

namespace exercises {

struct proof {
    struct column {
        variant what;
        verdict said;
    };

    std::vector<column>    matrix;
    std::vector<complaint> complaints;
};

// Under a sanitizer there is nothing to learn from wrong answers: then only the solution is tried.
proof prove(const manifest& m, const kit& with, const std::filesystem::path& build, bool only_solution = false);

// What can be seen without a compiler. Throws what cannot even be read.
std::vector<complaint> faults_in_writing(const manifest& m);

// check x variant
std::string to_text(const manifest& m, const std::vector<proof::column>& matrix);

}  // namespace exercises
