// The till begins again, and the drawer before it does not.
//@todo 1
        .strategy = half::rest_for_one,
        .children = {
            {.id = "drawer",   .start = drawer{}},
            {.id = "till",     .start = till{}, .shutdown = 30s},
            {.id = "door",     .start = door{}},
            {.id = "delivery", .start = delivery{}, .restart = half::transient},
        },
//@end
