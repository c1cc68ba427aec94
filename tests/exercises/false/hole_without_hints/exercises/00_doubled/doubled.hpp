#pragma once

#include <algorithm>

inline int doubled(int n) {
    //@todo 1 twice as much
    return n * 2;
    //@end
}

inline int halved(int n) {
    //@todo 2 half as much
    return n / 2;
    //@end
    //@todo 3 nothing
    //@end
}
