// Some code.
#if 0
//! [a]
int x;
//! [a]
#endif
