// One try at an exercise, from the file to the verdict. What the learner's screen shows and what CI proves is this.
#pragma once

#include <exercises/runner/cut.hpp>
#include <exercises/runner/kit.hpp>
#include <exercises/runner/manifest.hpp>
#include <exercises/runner/verdict.hpp>
#include <optional>

namespace exercises {

struct compiled {
    bool                  well = false;
    std::filesystem::path program;
    std::string           output;  // of the compiler, with the learner's own paths in it
};

// Below `work` everything is written that is made on the way: objects, the program, reports.
compiled compile(const manifest& m, const kit& with, const variant& what, const std::filesystem::path& work,
                 const control& how = {});

// What one check may take: a chapter's own tests are longer than ours.
std::chrono::seconds patience(const manifest& m);

// Runs every check of the manifest on its own. After one that took too long, or was stopped, the others are not run.
verdict run_checks(const manifest& m, const std::filesystem::path& program, const std::filesystem::path& work,
                   std::chrono::seconds limit, const control& how = {});

// What is wrong with a file before a compiler has seen it: it is empty, it has a main(), it defines what the checks use.
std::optional<std::string> refused_at_sight(std::string_view text);

// All of it: a look at the file, compile, run.
verdict attempt(const manifest& m, const kit& with, const variant& what, const std::filesystem::path& work,
                const control& how = {});

}  // namespace exercises
