// A message made where it is sent: co_await server.call(say{text}). g++ 12 destroys it twice.
#include "task.hpp"

struct say {
    tracked text;  // stands for a std::string: whatever the message owns
};

task<int> call(say) { co_return co_await hop(); }

task<int> talk() {
    co_await call(say{.text = tracked{1}});
    co_return 0;
}

int main() { return verdict(talk); }
