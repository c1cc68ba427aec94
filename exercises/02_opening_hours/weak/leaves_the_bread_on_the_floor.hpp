//@todo 1
        .strategy = half::one_for_all,
        .children = {
            {.id = "drawer",   .start = drawer{}},
            {.id = "till",     .start = till{}, .shutdown = 30s},
            {.id = "door",     .start = door{}},
            {.id = "delivery", .start = delivery{}, .restart = half::temporary},
        },
//@end
