//@todo 1
    slate.cast(note{"Ann", 1});
    return sim.call(cellar, book::read{"Ann"}) == 1;
//@end
