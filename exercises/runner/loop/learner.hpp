// What a learner can say: ./workbook hands on its words.
#pragma once

#include <string>
#include <vector>

namespace exercises {

// `words` begins with the command: loop, list, next, goto, check, hint, solution, diff, why, reset, start or swap.
// Returns the exit code: 0 well, 1 not done or not possible, 2 misused.
int learner(const std::vector<std::string>& words);

// Whether it is one of these.
bool for_learner(const std::string& command);

}  // namespace exercises
