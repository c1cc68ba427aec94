// An inn. What a guest owes is chalked on the slate at the bar, and a little later a boy carries it down to the book.
#pragma once

#include <01_gen_server/gen_server.hpp>

#include <algorithm>
#include <chrono>
#include <map>
#include <string>
#include <vector>

// clang-format off
struct tab {
    std::string guest;
    int         coins;  // all in all
};

// Given: the book in the cellar. A walk takes a second, however many tabs the boy carries, and without light it was in vain.
struct book {
    struct write { std::vector<tab> tabs; using reply = bool; };             // false: it was dark
    struct read  { using reply = std::vector<std::vector<tab>>; };           // what was written, walk by walk
    struct lamp  { bool on; };

    std::vector<std::vector<tab>> walks = {};
    bool                          light = true;

    half::task<bool> handle(write w) {
        co_await half::sleep(std::chrono::seconds{1});
        if (light) walks.push_back(std::move(w.tabs));
        co_return light;
    }
    auto handle(read)   { return walks; }
    void handle(lamp l) { light = l.on; }
};

struct slate {
    struct note    { std::string guest; int coins; };               // from now on the guest owes this
    struct at_risk { using reply = std::size_t; };                  // how many guests' tabs are not in the book

    struct beat    {};
    struct written { bool well; };                                  // from the boy, when he is back; else it was dark

    // Given: he walks while the slate goes on working.
    struct boy {
        half::ref<book>  cellar;
        half::ref<slate> bar;
        std::vector<tab> tabs;

        half::task<> init(half::self<boy> self) {
            const bool well = co_await cellar.call(book::write{tabs});
            bar.cast(written{well});
            self.stop();
        }
    };

    half::ref<book> cellar;
    std::size_t     batch = 3;  // tabs: more he cannot carry

    std::map<std::string, int> owed    = {};  // by guest, as it was noted last
    std::vector<std::string>   waiting = {};  // the guests whose tab is not in the book; who has waited longest is first
    std::vector<tab>           carried = {};  // what the boy has with him; nothing, while he is here

    void        init(half::self<slate> self)         { self.send_every(std::chrono::seconds{5}, beat{}); }
    void        handle(beat, half::self<slate> self) { send_the_boy(self); }
    std::size_t handle(at_risk)                      { return waiting.size(); }

    void handle(note n, half::self<slate> self) {
        //@todo 1 chalk it up: who waits already keeps the place; when a batch waits, send the boy
        owed[n.guest] = n.coins;
        if (std::ranges::find(waiting, n.guest) == waiting.end()) waiting.push_back(n.guest);
        if (waiting.size() >= batch) send_the_boy(self);
        //@end
    }

    void send_the_boy(half::self<slate> self) {
        //@todo 2 give him the tabs of those who have waited longest, a batch at most; not if he is down there, or for nothing
        if (!carried.empty() || waiting.empty()) return;
        for (std::size_t i = 0; i < std::min(batch, waiting.size()); ++i)
            carried.push_back({waiting[i], owed[waiting[i]]});
        self.spawn(boy{cellar, self, carried});
        //@end
    }

    void handle(written w, half::self<slate> self) {
        //@todo 3 who is in the book waits no more, if the tab is still the same; when a batch waits, send the boy again
        for (const tab& t : carried)
            if (w.well && owed[t.guest] == t.coins) std::erase(waiting, t.guest);
        carried.clear();
        if (w.well && waiting.size() >= batch) send_the_boy(self);
        //@end
    }
};
