// What is wrong, where, and what to do about it. The workbook complains in one form only:
//
//     exercises/01_bakery/hints.md:12: hole 2 has no third hint
//         to do: write it
#pragma once

#include <filesystem>
#include <stdexcept>
#include <string>
#include <string_view>

namespace exercises {

struct complaint : std::runtime_error {
    complaint(const std::filesystem::path& file, int line, std::string_view what, std::string_view to_do)
        : std::runtime_error{file.string() + ":" + std::to_string(line) + ": " + std::string{what}
                             + "\n    to do: " + std::string{to_do}} {}
};

}  // namespace exercises
