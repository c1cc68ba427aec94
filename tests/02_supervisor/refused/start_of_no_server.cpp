// refused: a start function returns a server, and a server is a struct
// A start function whose answer is no server.
#include <02_supervisor/supervisor.hpp>

half::supervisor kitchen() {
    return {.children = {{.id = "cook", .start = [] { return 5; }}}};
}
