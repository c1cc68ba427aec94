// Some code.
//! [a]
int x;
//! [a]
int y;
//! [a]
