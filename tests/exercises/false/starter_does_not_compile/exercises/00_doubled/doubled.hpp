#pragma once

#include <algorithm>

inline int doubled(int n) {
    //@todo 1 twice as much
    return n * 2;
    //@instead
    // #define FIRST_IS_OPEN
    // return n + 1;
    //@end
}

inline int halved(int n) {
    //@todo 2 half as much
    return n / 2;
    //@instead
    // #ifdef FIRST_IS_OPEN
    // #error both are open
    // #endif
    // return n;
    //@end
}
