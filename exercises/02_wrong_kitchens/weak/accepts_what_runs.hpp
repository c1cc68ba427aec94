//@todo 1
    return half::alive(kitchen) && sim.run(half::find_child<station>(kitchen, "pot"));
//@end
