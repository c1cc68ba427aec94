// Runs a program, reads what it says, and ends it, with all that it started, when it takes too long or is no longer
// wanted.
#pragma once

#include <chrono>
#include <functional>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace exercises {

struct ended {
    enum class kind { exited, signalled, timed_out, stopped };

    kind        how    = kind::exited;
    int         code   = 0;   // the exit code, or the signal
    std::string output = {};  // both streams; the first megabyte

    bool well() const { return how == kind::exited && code == 0; }
};

using environment = std::vector<std::pair<std::string, std::string>>;  // on top of ours; an empty value takes it away

// For who does not only wait for the end.
struct control {
    std::stop_token                       stop   = {};     // ends it before its time
    std::function<void(std::string_view)> heard  = {};     // is told what the program prints, as it comes
    std::size_t                           memory = 0;      // bytes of address space that it may take; 0: all there is
    bool                                  yields = false;  // to whatever else wants to run
};

// A program that cannot be started ends with 127 and says why, as in a shell.
ended run(const std::vector<std::string>& command, std::chrono::milliseconds limit, const environment& more = {},
          const control& with = {});

}  // namespace exercises
