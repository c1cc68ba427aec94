//@todo 1
    purse.cast(put{5});
    purse.cast(put{5});
    if (sim.call(purse, total{}) != 10) return false;
    if (sim.call(purse, take{20}) || sim.call(purse, total{}) != 10) return false;
    return sim.call(purse, take{4}) && sim.call(purse, total{}) == 6;
//@end
