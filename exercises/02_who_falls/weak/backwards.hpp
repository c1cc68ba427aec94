// In the order in which they are stopped.
//@todo 2
inline const stations after_the_gas = {"waiter", "oven", "cook", "gas"};
//@end
