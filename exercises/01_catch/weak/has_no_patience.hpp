//@todo 1
    const auto has   = [&](int coins) { return sim.call(purse, total{}) == coins; };
    const auto gives = [&](int coins) {
        return sim.try_call(purse, take{coins}, std::chrono::milliseconds{10}).value_or(false);
    };

    if (!has(0) || gives(1)) return false;
    purse.cast(put{5});
    purse.cast(put{5});
    if (!has(10)) return false;
    if (gives(11) || !has(10)) return false;
    if (gives(0) || gives(-1) || !has(10)) return false;
    if (!gives(4) || !has(6)) return false;
    return gives(6) && has(0);
//@end
