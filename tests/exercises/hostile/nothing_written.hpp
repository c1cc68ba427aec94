// told: TODO 1 is not written yet: twice as much
#pragma once

#include <exercise/todo.hpp>

inline int doubled(int) { half::todo(1, "twice as much"); }
inline int halved(int n) { return n / 2; }
