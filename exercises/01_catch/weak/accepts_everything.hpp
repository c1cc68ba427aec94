//@todo 1
    return sim.call(purse, total{}) == 0;
//@end
