//@todo 1
inline const int without_a_rope = 150;
//@end
//@todo 2
inline const int with_a_rope = 150;
//@end
