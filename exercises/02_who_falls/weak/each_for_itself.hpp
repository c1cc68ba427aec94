// As if every strategy were one_for_one.
//@todo 1
inline const stations after_the_oven = {"oven"};
//@end
//@todo 2
inline const stations after_the_gas = {"gas"};
//@end
//@todo 4
inline const stations after_two_cooks = {"cook", "cook"};
//@end
