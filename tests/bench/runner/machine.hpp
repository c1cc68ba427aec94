// The machine that measured, for the documents.
#pragma once

#include <string>
#include <vector>

namespace bench {

std::vector<std::string> describe_machine();  // CPU and cores, memory, kernel, compiler
std::string              today();

}  // namespace bench
