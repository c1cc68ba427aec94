// As if every strategy were one_for_all, and every child permanent.
//@todo 1
inline const stations after_the_oven = {"gas", "cook", "oven", "waiter"};
//@end
//@todo 3
inline const stations after_the_waiter = {"gas", "cook", "oven", "waiter"};
//@end
