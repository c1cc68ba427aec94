//@todo 4
inline const stations after_two_cooks = {"cook", "oven", "cook", "oven"};
//@end
