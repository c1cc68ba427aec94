//@todo 2
inline const int with_a_rope = 100;
//@end
//@todo 3
inline const int after_a_power_cut = 100;
//@end
//@todo 4
inline const int after_an_orderly_stop = 100;
//@end
