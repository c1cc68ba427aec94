// A test for slates. On a slate stands what guests owe, until a boy has carried it down to the book. A right slate keeps
// these promises:
//
//   - what was noted last for each guest is in the book at most ten seconds later, as long as there is light down there
//   - so is what is noted while the boy is in the cellar
//   - when it is dark, nothing can be written, and nothing is lost: it is in the book ten seconds after there is light again
//   - at_risk says of how many guests the book does not know the latest yet
//   - save is answered when everything that was noted before is in the book, and within ten seconds if there is light
//
// When the boy walks is for the slate to decide: at each note, or only now and then.
#pragma once

#include <01_gen_server/gen_server.hpp>

#include <chrono>
#include <deque>
#include <map>
#include <string>
#include <vector>

using namespace std::chrono_literals;

// clang-format off
struct note    { std::string guest; int coins; };  // all in all, from now on
struct at_risk { using reply = std::size_t; };
struct save    { using reply = void; static constexpr half::duration patience = 1min; };

// The book in the cellar. It takes a second to write into it. You will want read, busy and lamp.
struct book {
    struct read  { std::string guest; using reply = int; };  // what stands there; 0: nothing
    struct busy  { using reply = bool; };                    // is the boy down there just now?
    struct lamp  { bool on; };                               // off: what is written until it is on again is not there
    struct write { std::map<std::string, int> tabs; using reply = bool; };
    struct done  {};

    struct walk {
        std::map<std::string, int> tabs;
        half::from<bool>           who;
    };

    std::map<std::string, int> lines = {};
    std::deque<walk>           walks = {};
    bool                       light = true;

    int  handle(read r)  { return lines.contains(r.guest) ? lines[r.guest] : 0; }
    bool handle(busy)    { return !walks.empty(); }
    void handle(lamp l)  { light = l.on; }
    void handle(write w, half::from<bool> who, half::self<book> self) {
        walks.push_back({std::move(w.tabs), std::move(who)});
        if (walks.size() == 1) self.send_after(1s, done{});
    }
    void handle(done, half::self<book> self) {
        if (light) for (const auto& [guest, coins] : walks.front().tabs) lines[guest] = coins;
        walks.front().who.reply(light);
        walks.pop_front();
        if (!walks.empty()) self.send_after(1s, done{});
    }
};

// Does this slate keep its promises? It is clean, and the book is empty. Note with slate.cast(note{"Ann", 1}), ask with
// sim.call(slate, at_risk{}), look with sim.call(cellar, book::read{"Ann"}), and let time pass with sim.advance(10s).
template <class Slate>
bool holds(half::runtime& sim, half::ref<Slate> slate, half::ref<book> cellar) {
    //@todo 1 note, look, save, switch the light off and on, and return false as soon as a promise is broken
    const auto note_for  = [&](const char* guest, int coins) { slate.cast(note{guest, coins}); };
    const auto book_says = [&](const char* guest) { return sim.call(cellar, book::read{guest}); };
    const auto risk      = [&] { return sim.call(slate, at_risk{}); };

    note_for("Ann", 1);
    note_for("Ann", 2);
    if (risk() != 1) return false;
    sim.advance(10s);
    if (book_says("Ann") != 2 || risk() != 0) return false;

    note_for("Ann", 3);
    while (!sim.call(cellar, book::busy{})) sim.advance(100ms);
    if (risk() != 1) return false;
    note_for("Ann", 4);
    note_for("Bob", 1);
    sim.call(slate, save{});
    if (book_says("Ann") != 4 || book_says("Bob") != 1) return false;

    cellar.cast(book::lamp{false});
    note_for("Eve", 7);
    sim.advance(10s);
    cellar.cast(book::lamp{true});
    sim.advance(10s);
    return book_says("Eve") == 7 && risk() == 0;
    //@end
}
