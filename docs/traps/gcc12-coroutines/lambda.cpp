// A lambda that captures, handed to what is awaited. g++ 12 destroys the capture twice.
#include "task.hpp"

template <class F>
task<int> blocking(F f) {
    co_await hop();
    co_return f();
}

task<int> work() {
    tracked text{1};
    co_await blocking([text] { return text.id; });
    co_return 0;
}

int main() { return verdict(work); }
