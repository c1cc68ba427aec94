// Some code.
//! [a]
#if 0
int x;
int y;
#endif
//! [a]
