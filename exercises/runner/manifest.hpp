// exercise.txt says what an exercise is: one fact a line, a word and what it says.
//
//     title    A bakery with one oven
//     kind     build
//     place    3                                          the third of its chapter
//     minutes  15
//     teaches  a caller may wait while others are served
//     read     chapters/01_gen_server/README.md#a-server
//     file     bakery.hpp                                 what the learner edits
//     checks   Bakery.TheCakeComesWhenItIsBaked           as many as there are
//
// A swap has no source of its own, because the chapter is the solution. It says which functions of the chapter are
// emptied, and which of the chapter's own tests are its checks:
//
//     file     detail/mail_stack.hpp
//     empty    push    put the envelope on the stack
//     tests    tests/01_gen_server/mailbox_test.cpp
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace exercises {

enum class kind { fix, build, predict, break_it, swap };

std::string_view name_of(kind k);

struct manifest {
    std::filesystem::path root;  // of the workbook
    std::string           slug;  // 01_bakery

    std::string title;
    kind        sort    = kind::build;
    int         place   = 0;
    int         minutes = 0;
    std::string teaches;
    std::string read;
    std::string file;

    std::vector<std::string> checks;  // Suite.Name, all of them

    struct emptied {
        std::string function;
        std::string task;
    };
    std::vector<emptied>     empty;  // of a swap
    std::vector<std::string> tests;  // of a swap; else checks.cpp

    std::string           chapter() const { return slug.substr(0, 2); }
    std::filesystem::path folder() const { return root / "exercises" / slug; }
    std::filesystem::path text() const { return folder() / "exercise.txt"; }
    std::filesystem::path mine() const { return root / "exercises/my" / slug; }  // the learner's copy
    std::filesystem::path source() const;                                        // the marked one, or the chapter's
    std::filesystem::path chapter_folder() const;                                // chapters/01_gen_server

    std::vector<std::filesystem::path> check_sources() const;
};

// Throws a complaint that says which line is wrong and how to write it.
manifest read_manifest(const std::filesystem::path& root, std::string_view slug);

// All exercises, in the order in which a learner meets them.
std::vector<manifest> all_exercises(const std::filesystem::path& root);

}  // namespace exercises
