// co_await in a condition, in a function without a local variable at its top level: on g++ 12 it never comes back, or
// crashes.
#include "task.hpp"

task<int> ask(tracked) { co_return co_await hop(); }

task<int> decide() {
    if (co_await ask(tracked{1}) == 1) {}
    co_return 0;
}

int main() { return verdict(decide); }
