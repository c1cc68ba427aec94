// told: twice 3 is 6, and not 0
#pragma once

inline int doubled(int) {
    // return n * 2;
    return {};
}
inline int halved(int n) { return n / 2; }
