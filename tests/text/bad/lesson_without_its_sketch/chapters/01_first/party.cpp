// The naive first attempt: one name for all guests.
#include <cstdio>
#include <string>

std::string whom;  // set it before you greet

std::string greet() { return "hello, " + whom + "!"; }

int main() {
    //! [evening]
    whom = "Ann";
    whom = "Bob";  // he was quicker than the greeting
    std::puts(greet().c_str());
    //! [evening]
}
