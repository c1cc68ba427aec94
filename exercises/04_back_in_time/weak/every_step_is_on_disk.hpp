//@todo 3
inline const int after_a_power_cut = 150;
//@end
