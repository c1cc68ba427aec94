//@todo 1
    purse.cast(put{1});
    return sim.call(purse, total{}) == 0;
//@end
