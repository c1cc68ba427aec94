// hints.md of an exercise: three hints for each hole, each says more than the one before.
//
//     ## 1
//
//     1. Who waits for the cake, once `handle` has returned?
//     2. `half::from` may be kept, like any other value.
//     3. `waiting.emplace_back(std::move(o.name), std::move(customer))`, and then see whether it is the only one.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace exercises {

using hints = std::map<int, std::vector<std::string>>;  // hole -> its hints; each is one paragraph

hints hints_of(std::string_view markdown);

}  // namespace exercises
