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
        book[k.who] = k.catches;
    }
    std::optional<int> handle(find f) {
        const auto found = book.find(f.who);
        if (found == book.end()) return std::nullopt;
        return found->second;
    }
};

inline half::registry<scribe> scribes;  // the one who is at work has the name "scribe"

struct juggler {
    struct toss    {};
    struct trip    {};
    struct catches { using reply = int; };

    std::string name;
    int         caught = 0;

    half::ref<scribe> writer = {};

    half::task<> init() {
        writer     = scribes.find("scribe");
        auto known = co_await writer.call(scribe::find{name});
        caught     = known.value_or(0);
    }

    void handle(toss) {
        ++caught;
        writer.cast(scribe::keep{name, caught});
    }
    void handle(trip)    { throw std::runtime_error{name + " trips"}; }
    int  handle(catches) { return caught; }
};

// Ann and Bob juggle. Who falls, falls alone.
inline half::supervisor circus() {
    return {
        .strategy = half::one_for_one,
        .at_most  = {.restarts = 10, .within = std::chrono::hours{1}},
        .children = {
            {.id = "scribe", .start = half::named(scribes, "scribe", scribe{})},
            {.id = "Ann",    .start = juggler{.name = "Ann"}},
            {.id = "Bob",    .start = juggler{.name = "Bob"}},
        },
    };
}
