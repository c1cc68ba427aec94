#pragma once

inline int doubled(int n) { return n + 2; }
inline int halved(int n) { return n - 2; }
