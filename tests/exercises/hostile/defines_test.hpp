// told: line 3: TEST belongs to the checks
#pragma once

#define TEST(suite, name) void suite##name()

inline int doubled(int n) { return n; }
inline int halved(int n) { return n; }
