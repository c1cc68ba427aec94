//@todo 1
    slate.cast(note{"Ann", 1});
    slate.cast(note{"Ann", 2});
    slate.cast(note{"Bob", 3});
    if (sim.call(slate, at_risk{}) != 2) return false;
    sim.call(slate, save{});
    return sim.call(cellar, book::read{"Ann"}) == 2 && sim.call(cellar, book::read{"Bob"}) == 3;
//@end
