// told: line 6: the checks have a main\(\) already
#pragma once

inline int doubled(int n) { return n; }
inline int halved(int n) { return n; }

int main() { return 0; }
