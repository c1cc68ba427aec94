//@todo 1
        .children = {
            {.id = "drawer",   .start = drawer{}},
            {.id = "till",     .start = till{}, .shutdown = 30s},
            {.id = "door",     .start = door{}},
            {.id = "delivery", .start = delivery{}, .restart = half::transient},
        },
//@end
