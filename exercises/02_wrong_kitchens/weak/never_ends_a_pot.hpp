//@todo 1
    const auto find  = [&](const char* id) { return sim.run(half::find_child<station>(kitchen, id)); };
    const auto crash = [&](const char* id) {
        find(id).cast(station::crash{});
        sim.settle();
        return half::alive(kitchen);
    };

    std::string order;
    for (const auto& child : sim.call(kitchen, half::supervisor::which_children{})) order += child.id + " ";
    if (order != "gas stove pot ") return false;

    const auto gas = find("gas"), stove = find("stove"), pot = find("pot");
    if (!crash("stove") || find("gas") != gas) return false;

    const auto next_stove = find("stove"), next_pot = find("pot");
    if (!half::alive(next_stove) || next_stove == stove || next_pot == pot) return false;
    if (!crash("pot") || find("stove") != next_stove || !half::alive(find("pot"))) return false;

    sim.advance(11s);

    for (int i = 1; i <= 3; ++i)
        if (!crash("stove") || !half::alive(find("stove"))) return false;
    return !crash("stove");
//@end
