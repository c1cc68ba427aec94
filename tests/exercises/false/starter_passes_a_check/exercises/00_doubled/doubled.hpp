#pragma once

#include <algorithm>

inline int doubled(int n) {
    //@todo 1 twice as much
    return n * 2;
    //@instead
    // return 0 * n;
    //@end
}

inline int halved(int n) {
    //@todo 2 half as much
    return n / 2;
    //@end
}
