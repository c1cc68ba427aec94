// told: the program broke: Segmentation fault
#pragma once

inline int doubled(int n) {
    volatile int* nobody = nullptr;
    return n + *nobody;
}
inline int halved(int n) { return n / 2; }
