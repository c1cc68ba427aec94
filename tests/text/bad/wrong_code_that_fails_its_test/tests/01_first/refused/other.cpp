// refused: int
//! [w]
int x = 1;
//! [w]
