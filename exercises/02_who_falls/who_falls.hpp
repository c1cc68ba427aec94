// Who begins again? The tree is in README.md. Name each station as often as it begins, in the order in which they do.
// Somebody has written down answers, and all four are wrong. Mend them.
#pragma once

#include <string>
#include <vector>

using stations = std::vector<std::string>;

//@todo 1 the oven crashes: who begins again?
inline const stations after_the_oven = {"cook", "oven"};
//@instead
// inline const stations after_the_oven = {"oven"};
//@end

//@todo 2 the gas crashes: who begins again?
inline const stations after_the_gas = {"gas", "cook", "oven", "waiter"};
//@instead
// inline const stations after_the_gas = {"gas", "waiter"};
//@end

//@todo 3 the waiter goes home, which is a normal end: who begins again?
inline const stations after_the_waiter = {};
//@instead
// inline const stations after_the_waiter = {"waiter"};
//@end

//@todo 4 the cook crashes, and soon after that the next cook does: who begins, all in all?
inline const stations after_two_cooks = {"cook", "oven", "cook", "oven", "waiter"};
//@instead
// inline const stations after_two_cooks = {"cook", "cook"};
//@end
