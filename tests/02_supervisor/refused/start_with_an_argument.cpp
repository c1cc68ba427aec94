// refused: a start function takes nothing: let it capture what it needs
// A start function of a dynamic supervisor's children, for a child of another.
#include <02_supervisor/supervisor.hpp>

#include <string>

struct cook {
    std::string name;
    void        handle(int) {}
};

half::supervisor kitchen() {
    return {.children = {{.id = "cook", .start = [](const std::string& name) { return cook{name}; }}}};
}
