#include <01_gen_server/gen_server.hpp>

#include <exercise/arrival.hpp>
#include <exercise/expect.hpp>
#include <map>
#include <string>

namespace {

using exercise::expect;

// Two people write into one diary.

// clang-format off
//! [diary]
struct diary {
    struct write { char letter; };

    std::string page;

    void        handle(write w) { page += w.letter; }
    std::string describe() const { return page; }
};

struct anna {
    struct go_on {};

    half::ref<diary> book;

    void init(half::self<anna> self) {
        book.cast(diary::write{'a'});
        self.cast(go_on{});  // a message to herself: others may have their turn first
    }
    void handle(go_on) { book.cast(diary::write{'b'}); }
};

struct ben {
    half::ref<diary> book;

    void init() { book.cast(diary::write{'x'}); }
};
//! [diary]
// clang-format on

constexpr std::uint64_t seeds = 300;

// What happened, and the first seed that showed it.
std::map<std::string, std::uint64_t> what_happens() {
    std::map<std::string, std::uint64_t> pages;
    for (std::uint64_t seed = 1; seed <= seeds; ++seed) {
        half::runtime sim{half::simulated{.seed = seed}};
        const auto    book = sim.start(diary{});
        sim.spawn(anna{book});
        sim.spawn(ben{book});
        sim.settle();
        pages.emplace(sim.info(book)->state, seed);
    }
    return pages;
}

TEST(Arrival, WhatYouNamedCanHappen) {
    expect(!possible.empty(), "you named no order at all");
    const auto happened = what_happens();
    for (const auto& page : possible)
        expect(happened.contains(page),
               "you named \"" + page + "\", and in " + std::to_string(seeds) + " runs it never was in the diary");
}

TEST(Arrival, WhatCanHappenIsNamed) {
    for (const auto& [page, seed] : what_happens())
        expect(possible.contains(page),
               "\"" + page + "\" was in the diary, with seed " + std::to_string(seed) + ", and you did not name it");
}

}  // namespace
