// What is still to write. A starter has one of these in each hole, and whoever runs into it is told which.
#pragma once

#include <stdexcept>
#include <string>

namespace half {

struct not_written : std::logic_error {
    not_written(int hole, const std::string& task)
        : std::logic_error{"TODO " + std::to_string(hole) + " is not written yet: " + task} {}
};

// Told at once, because what is thrown in a process or out of a noexcept function may go far before anybody sees it.
inline void (*todo_met)(int hole, const char* task) = nullptr;

[[noreturn]] inline void todo(int hole, const char* task) {
    if (todo_met) todo_met(hole, task);
    throw not_written{hole, task};
}

}  // namespace half
