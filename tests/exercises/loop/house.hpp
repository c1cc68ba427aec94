// A small workbook: two exercises that need no chapter, and a build folder in which there is nothing to build. How check
// programs are compiled it has from the real one.
#pragma once

#include "folder.hpp"

#include <exercises/runner/process.hpp>
#include <string>
#include <vector>

class house {
public:
    house();

    const std::filesystem::path& root() const { return folder_.path(); }
    const folder&                files() const { return folder_; }

    // ./workbook, without a terminal.
    exercises::ended workbook(std::vector<std::string> words) const;

    // How it is called, for one who has a terminal.
    std::vector<std::string> call(std::vector<std::string> words) const;

    // The learner saves, as many editors do: beside the file, and then into its place.
    void save(const std::string& file, const std::string& text) const;

    // From now on the compiler never comes to an end; its number is in the file `compiler`.
    void let_the_compiler_hang() const;

    static const std::string greeting;     // the solution of 00_greeting, in file greeting.hpp
    static const std::string sum;          // ... of 00_sum, in sum.hpp
    static const std::string unsound_sum;  // its checks hold, and it reads what is not its own

private:
    folder folder_;
};
