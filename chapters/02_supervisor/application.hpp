// A whole program: a tree that is started in order, stopped in order, and ends with an exit code.
//
//     int main() { return half::run({.root = restaurant()}); }
//
// Children start in their order; when one does not, those before it are stopped again and the program says why. SIGTERM
// and SIGINT are messages to the root, which stops: the last child first, each in its own time. A second signal is not
// so patient. The thread that called run() waits for them, so that a handler that spins cannot make the program deaf.
//
//     0    it was asked to stop, and everything ended; or the root ended because its work was done
//     1    it did not start, or the root gave up: the reason is on stderr
//     2    it was asked to stop and did not, within `stop_within`: what was left was killed
//     128 + signal    a second signal came: what was left was killed
//
// With 0 and 1 run() returns, unless a handler never came back. Then, and with the others, the program ends on the spot
// (std::_Exit): no destructor of a static object may run under a handler that is still at work.
#pragma once

#include <02_supervisor/supervisor.hpp>

#include <functional>

namespace half {

/// A program that is a tree.
///
/// @snippet 02_supervisor/lesson_test.cpp application
struct application {
    half::supervisor root;          ///< What runs.
    runtime_options  runtime = {};  ///< What it runs on.

    /// What is left then is killed. Who runs containers gives them 10 s or 30 s, and then no exit code is left to read.
    duration stop_within = std::chrono::seconds{8};

    /// Called once all of it runs, on the thread that called run(). It may print where to look, and should return soon.
    /// When it throws, the tree is stopped and the exit code is 1.
    std::function<void(half::runtime&, ref<half::supervisor>)> started = {};
};

/// Runs it to its end and returns the exit code. Blocks; call it from main(), one at a time.
int run(application program);

}  // namespace half
