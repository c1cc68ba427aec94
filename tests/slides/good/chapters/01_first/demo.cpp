#include <iostream>
#include <string>

//! [greet]
std::string greet(const std::string& name) {
    return "hello, " + name;
}
//! [greet]

int main() { std::cout << greet("world") << '\n'; }
