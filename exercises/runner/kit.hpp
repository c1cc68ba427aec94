// How the check programs of a chapter are compiled and linked: CMake writes it into the build folder, and a learner's
// save is then one call of the compiler, without CMake or Ninja in between. One word a line, and what it says:
//
//     compiler   /usr/bin/clang++-19
//     launcher   /usr/bin/ccache                        may be missing
//     flags      build/dev/exercises/01.flags           a response file
//     flag       -fsanitize=address                     more of them, as many as there are
//     pch        build/dev/exercises/01.pch             what every check program includes, compiled once
//     header     tests/exercises/exercise/story.hpp     which that is
//     root       -I.../build/dev/roots/01               the flag that a swap replaces by the learner's chapter
//     link       -fuse-ld=lld                           as many as there are
//     library    build/dev/chapters/01_gen_server/libch01.a
//     chapter    the one of these that a swap compiles anew
#pragma once

#include <exercises/runner/process.hpp>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace exercises {

struct kit {
    std::string              compiler, launcher, flags, pch, header, root, chapter;
    std::vector<std::string> more_flags, link, libraries;
};

// `build` is a build folder, build/dev say, and `name` a chapter, or 01_sanitized. Throws a complaint when there is none.
kit read_kit(const std::filesystem::path& build, std::string_view name);

struct compilation {
    std::filesystem::path              program;
    std::vector<std::filesystem::path> sources;
    std::filesystem::path              include;             // of the variant
    bool                               unfinished = false;  // a starter or a mutant: unused parameters are no fault
    std::filesystem::path              chapter    = {};     // of a swap: its folder, to be compiled as well
};

// Well when the program is there; its output is what the compiler said.
ended compile(const kit& with, const compilation& what, const control& how = {});

}  // namespace exercises
