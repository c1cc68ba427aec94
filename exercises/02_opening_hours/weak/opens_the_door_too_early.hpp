//@todo 1
        .strategy = half::one_for_all,
        .children = {
            {.id = "door",     .start = door{}},
            {.id = "drawer",   .start = drawer{}},
            {.id = "till",     .start = till{}, .shutdown = 30s},
            {.id = "delivery", .start = delivery{}, .restart = half::transient},
        },
//@end
