// refused: no matching function for call to 'greet'
//! [lines]
#include <string>
//! [lines]
std::string greet(const std::string& name);
//! [wrong]
std::string said = greet();
//! [wrong]
