// refused: no matching function for call to 'greet'
#include <string>

std::string greet(const std::string& name);

//! [wrong]
std::string said = greet();
//! [wrong]
