// Wrong.
//! [w]
int x = "";
//! [w]
