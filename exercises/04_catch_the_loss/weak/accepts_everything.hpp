//@todo 1
    (void)cellar;
    slate.cast(note{"Ann", 1});
    sim.call(slate, save{});
    return true;
//@end
