#include <01_first/first.hpp>
#include <02_second/second.hpp>
int main() {}
