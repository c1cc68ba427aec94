//! [a]
int x;
//! [a]
