// The cure in one line, for those who are bound to g++ 12: name it before you await it. Right everywhere.
#include "task.hpp"

struct say {
    tracked text;
};

task<int> call(say) { co_return co_await hop(); }

task<int> talk() {
    say       message{.text = tracked{1}};
    const int answer = co_await call(std::move(message));
    if (answer == 1) co_return 0;
    co_return 1;
}

int main() { return verdict(talk); }
