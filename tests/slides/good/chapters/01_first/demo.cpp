#include <iostream>
#include <string>

//! [greet]
std::string greet(const std::string& name) {
    const std::string greeting = "hello, ";
    return greeting + name;
}
//! [greet]

int main() { std::cout << greet("world") << '\n'; }
