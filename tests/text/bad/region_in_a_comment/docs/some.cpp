// Some code.
/* not yet
//! [a]
int x;
//! [a]
*/
