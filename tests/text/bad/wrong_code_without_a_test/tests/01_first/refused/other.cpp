// refused: int
//! [w]
int x = "";
//! [w]
