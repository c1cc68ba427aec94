// Some code.
//! [a]
int x;
