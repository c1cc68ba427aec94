// Runs one program to its end and keeps what it printed.
#pragma once

#include <chrono>
#include <string>
#include <vector>

namespace bench {

struct finished {
    std::string output;
    std::string failure;  // empty: it ended with exit code 0
    double      seconds      = 0;
    double      others_cores = 0;  // how many cores the rest of the machine used meanwhile
};

// What the program says on stderr goes to ours. After the limit it is killed.
finished run(const std::vector<std::string>& command, std::chrono::seconds limit);

// Waits a moment for the machine to be quiet, at most two seconds.
void wait_for_quiet();

}  // namespace bench
