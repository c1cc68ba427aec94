// Some code.
//! [a]

//! [a]
int x;
