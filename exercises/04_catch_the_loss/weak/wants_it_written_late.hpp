//@todo 1
    slate.cast(note{"Ann", 1});
    sim.advance(3s);
    if (sim.call(slate, at_risk{}) != 1) return false;
    sim.advance(7s);
    return sim.call(cellar, book::read{"Ann"}) == 1;
//@end
