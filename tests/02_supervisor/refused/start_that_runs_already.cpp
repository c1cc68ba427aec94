// refused: this one runs already: a supervisor starts its children itself, so give it the server
// A child's start function that starts the child.
#include <02_supervisor/supervisor.hpp>

struct cook {
    void handle(int) {}
};

half::supervisor kitchen(half::runtime& runtime) {
    return {.children = {{.id = "cook", .start = [&runtime] { return runtime.start(cook{}); }}}};
}
