// Jugglers, who forget everything when they trip, and a scribe, who remembers for them.
#pragma once

#include <02_supervisor/supervisor.hpp>
#include <03_registry/registry.hpp>

#include <chrono>
#include <map>
#include <optional>
#include <string>

// clang-format off
struct scribe {
    struct keep { std::string who; int catches; };                         // a cast: from now on this is the number
    struct find { std::string who; using reply = std::optional<int>; };    // a call: the number, if there is one

    std::map<std::string, int> book;

    void handle(keep k) {
        //@todo 1 write it down
        book[k.who] = k.catches;
        //@end
    }
    std::optional<int> handle(find f) {
        //@todo 2 answer what was written down last, or nothing
        const auto found = book.find(f.who);
        if (found == book.end()) return std::nullopt;
        return found->second;
        //@end
    }
};

inline half::registry<scribe> scribes;  // the one who is at work has the name "scribe"

struct juggler {
    struct toss    {};
    struct trip    {};
    struct catches { using reply = int; };

    std::string name;
    int         caught = 0;

    half::task<> init() {
        //@todo 3 go on where the last life was
        auto known = co_await scribes.find("scribe").call(scribe::find{name});
        caught     = known.value_or(0);
        //@end
    }

    void handle(toss) {
        ++caught;
        //@todo 4 have it written down
        scribes.find("scribe").cast(scribe::keep{name, caught});
        //@end
    }
    void handle(trip)    { throw std::runtime_error{name + " trips"}; }
    int  handle(catches) { return caught; }
};

// Ann and Bob juggle. Who falls, falls alone.
inline half::supervisor circus() {
    return {
        //@todo 5 the strategy, and the children "scribe", "Ann" and "Bob", in an order that works
        .strategy = half::one_for_one,
        .at_most  = {.restarts = 10, .within = std::chrono::hours{1}},
        .children = {
            {.id = "scribe", .start = half::named(scribes, "scribe", scribe{})},
            {.id = "Ann",    .start = juggler{.name = "Ann"}},
            {.id = "Bob",    .start = juggler{.name = "Bob"}},
        },
        //@instead
        // .strategy = half::one_for_one,
        // .at_most  = {.restarts = 10, .within = std::chrono::hours{1}},
        // .children = {},
        //@end
    };
}
