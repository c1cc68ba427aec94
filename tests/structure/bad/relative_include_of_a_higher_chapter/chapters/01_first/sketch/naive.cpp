  #  include "../../02_second/second.hpp"
int main() {}
