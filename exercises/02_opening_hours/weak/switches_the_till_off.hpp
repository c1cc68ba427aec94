//@todo 1
        .strategy = half::one_for_all,
        .children = {
            {.id = "drawer",   .start = drawer{}},
            {.id = "till",     .start = till{}},
            {.id = "door",     .start = door{}},
            {.id = "delivery", .start = delivery{}, .restart = half::transient},
        },
//@end
