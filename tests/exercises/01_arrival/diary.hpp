// Two people write into one diary.
#pragma once

#include <01_gen_server/gen_server.hpp>

#include <string>

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
