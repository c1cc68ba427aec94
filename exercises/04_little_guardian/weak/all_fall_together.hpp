//@todo 5
        .strategy = half::one_for_all,
        .at_most  = {.restarts = 10, .within = std::chrono::hours{1}},
        .children = {
            {.id = "scribe", .start = half::named(scribes, "scribe", scribe{})},
            {.id = "Ann",    .start = juggler{.name = "Ann"}},
            {.id = "Bob",    .start = juggler{.name = "Bob"}},
        },
//@end
