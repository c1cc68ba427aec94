// Greets whom you name.
// clang-format off: as a lesson shows it
#include <chrono>
#include <cstdio>
#include <string>

//! [greet]
std::string greet(const std::string& name) {
    return "hello, " + name + "!";
}
//! [greet]

int main() {
    const auto begin = std::chrono::steady_clock::now();
    for (auto name : {"Ann", "Bob"}) std::puts(greet(name).c_str());
    const std::chrono::duration<double, std::milli> took = std::chrono::steady_clock::now() - begin;
    std::printf("that took %.1f ms\n", took.count());
}
