//@todo 1
    auto hears = [&](half::ref<person> who, std::vector<std::string> what) {
        return sim.call(who, typename person::heard{}) == what;
    };
    for (auto who : {ann, bob}) sim.call(who, typename person::join{"cats"});
    (void)eve;

    channel.broadcast("cats", news{"1"});
    channel.broadcast("cats", news{"2"});
    if (!hears(ann, {"1", "2"}) || !hears(bob, {"1", "2"})) return false;

    channel.broadcast_from(ann, "cats", news{"3"});
    if (!hears(ann, {"1", "2"}) || !hears(bob, {"1", "2", "3"})) return false;

    sim.call(ann, typename person::leave{"cats"});
    channel.broadcast("cats", news{"4"});
    return hears(ann, {"1", "2"}) && hears(bob, {"1", "2", "3", "4"});
//@end
