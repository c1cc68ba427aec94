// One marked source is the whole exercise. It is the solution, with its holes marked:
//
//     void handle(order o, half::from<cake> caller) {
//         //@todo 1 keep the caller; the oven answers later
//         waiting.push_back(std::move(caller));
//         //@end
//     }
//
// The starter has `half::todo(1, "keep the caller; ...");` in each hole, which throws. Where a hole cannot be a
// statement, or the starter is wrong on purpose, the mark says as comments what the starter has there:
//
//     //@todo 1 three of these can happen; mend the list
//     "abx", "axb", "xab",
//     //@instead
//     // "xab", "abx", "bax",
//     //@end
//
// A mutant is the solution with one hole as in the starter. A weak answer may be a whole file, or only say what it has in
// some holes; it is the solution in the others:
//
//     //@todo 1
//     caller.reply(cake{});
//     //@end
//
// Lines that only speak to clang-format are left out.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace exercises {

struct manifest;

struct hole {
    int         number = 0;
    int         line   = 0;  // of its mark
    std::string task;
};

class marked_source {
public:
    // `name` is for complaints: a hole without an end, a number twice, an end without a hole.
    marked_source(std::string_view text, std::filesystem::path name);

    const std::vector<hole>& holes() const { return holes_; }

    std::string solution() const;
    std::string starter() const;
    std::string mutant(int number) const;
    std::string weak(std::string_view text, const std::filesystem::path& name) const;

private:
    struct piece {
        int                      hole = 0;  // 0: between the holes
        std::vector<std::string> solved, unsolved;
    };

    template <class LinesOf>
    std::string assemble(LinesOf lines_of) const;

    std::vector<piece> pieces_;
    std::vector<hole>  holes_;
};

// The marked source of an exercise; for a swap, the chapter's file with the functions to empty as its holes.
marked_source source_of(const manifest& m);

// One way to fill the holes, in a folder of its own, as `<exercise/bakery.hpp>`, or as a whole chapter for a swap.
struct variant {
    std::string           name;     // solution, starter, mutant_1, weak_forgets_the_first
    std::filesystem::path include;  // the folder to give to the compiler

    bool solved() const { return name == "solution"; }
};

// Writes the variants of an exercise below `to`, and returns them.
std::vector<variant> cut(const manifest& m, const std::filesystem::path& to);

// A variant that is somebody's: a file, put where a variant's file is, ...
variant write_answer(const manifest& m, std::string name, const std::filesystem::path& file,
                     const std::filesystem::path& to);
// ... or a link to a whole folder, exercises/my/01_bakery say: what is edited there is what will be compiled.
variant link_answer(const manifest& m, std::string name, const std::filesystem::path& from,
                    const std::filesystem::path& to);

// exercises/01_bakery/weak/forgets_the_first.hpp
std::vector<std::filesystem::path> weak_answers(const manifest& m);

}  // namespace exercises
