//@todo 1
    sim.settle();
    return !half::alive(kitchen);
//@end
