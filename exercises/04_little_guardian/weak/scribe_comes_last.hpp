//@todo 5
        .strategy = half::one_for_one,
        .at_most  = {.restarts = 10, .within = std::chrono::hours{1}},
        .children = {
            {.id = "Ann",    .start = juggler{.name = "Ann"}},
            {.id = "Bob",    .start = juggler{.name = "Bob"}},
            {.id = "scribe", .start = half::named(scribes, "scribe", scribe{})},
        },
//@end
