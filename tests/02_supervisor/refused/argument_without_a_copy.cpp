// refused: the argument of a child is kept for its next lives, and each gets a copy: this one cannot be copied
// A dynamic child that begins from something there is only one of.
#include <02_supervisor/dynamic_supervisor.hpp>

#include <memory>

struct pet {
    void handle(int) {}
};

using kennel = half::dynamic_supervisor<pet, std::unique_ptr<int>>;

void open(half::runtime& runtime) {
    runtime.start(kennel{.start = [](const std::unique_ptr<int>&) { return pet{}; }});
}
