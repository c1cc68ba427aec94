// told: missing   Half.IsHalfAsMuch
#pragma once

inline int doubled(int n) { return n * 2; }
inline int halved(int) { return 0; }
