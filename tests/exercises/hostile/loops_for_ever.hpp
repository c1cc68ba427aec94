// told: it did not come to an end
#pragma once

inline int doubled(int n) {
    for (volatile int i = 0;; i = i + 1) {}
    return n;
}
inline int halved(int n) { return n / 2; }
