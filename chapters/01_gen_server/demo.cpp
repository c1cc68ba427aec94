// Three servers: a counter, a bank that cannot lose money, and a kitchen with one slow dish.
//
//     ./workbook demo 01
#include <01_gen_server/gen_server.hpp>

#include <fmt/format.h>

#include <map>
#include <string>

using namespace std::chrono_literals;

// 1. A counter ----------------------------------------------------------------------------------------------------

// A server is a plain struct. Once it is started it has a mailbox and handles one message at a time, and nobody else can
// touch its members.

// clang-format off
//! [counter]
struct counter {
    // What it understands.
    struct get { using reply = int; };  // a call: somebody waits
    struct add { int by; };             // a cast: sent, forgotten

    // What it remembers.
    int count = 0;

    // What it does.
    int  handle(get)   { return count; }
    void handle(add m) { count += m.by; }
};
//! [counter]
// clang-format on

void count_to_42(half::runtime& runtime) {
    //! [use]
    auto server = runtime.start(counter{.count = 41});  // its address
    server.cast(counter::add{.by = 1});                 // nobody waits
    int n = runtime.call(server, counter::get{});       // waits: 42
    //! [use]
    fmt::print("the counter says {}\n", n);
}

// 2. A bank -------------------------------------------------------------------------------------------------------

// clang-format off
//! [bank]
struct bank {
    struct transfer { std::string from, to; int amount; using reply = bool; };
    struct total    { using reply = int; };

    std::map<std::string, int> accounts;

    //! [transfer]
    bool handle(transfer t) {
        if (t.amount <= 0 || accounts[t.from] < t.amount) return false;
        accounts[t.from] -= t.amount;  // nobody can look here,
        accounts[t.to]   += t.amount;  // between these two lines
        return true;
    }
    //! [transfer]

    int handle(total) {
        int sum = 0;
        for (auto& [name, money] : accounts) sum += money;
        return sum;
    }
};
//! [bank]

//! [clerk]
// Moves money, one coin at a time, as fast as the bank answers.
struct clerk {
    struct moved { using reply = int; };

    half::ref<bank> at;
    std::string     from, to;
    int             coins = 0;

    // Runs first, before any message. It is a task, because it waits.
    half::task<> init() {
        for (int i = 0; i < 1000; ++i) {
            bool ok = co_await at.call(bank::transfer{from, to, 1});
            if (ok) ++coins;
        }
    }

    int handle(moved) { return coins; }
};
//! [clerk]
// clang-format on

void three_clerks_at_once(half::runtime& runtime) {
    //! [clerks]
    auto vault = runtime.start(bank{.accounts = {{"ann", 100}, {"bob", 100}, {"eve", 100}}});

    // spawn, not start: start would wait until init() is done, and that is all the work.
    auto a = runtime.spawn(clerk{vault, "ann", "bob"});
    auto b = runtime.spawn(clerk{vault, "bob", "eve"});
    auto c = runtime.spawn(clerk{vault, "eve", "ann"});

    bool wrong = false;
    for (int i = 0; i < 1000; ++i) wrong |= runtime.call(vault, bank::total{}) != 300;
    //! [clerks]

    int moved = 0;
    for (auto each : {a, b, c}) moved += runtime.call(each, clerk::moved{});  // answered when its init() is done
    fmt::print("three clerks moved {} coins; a thousand looks at the total: {}\n", moved > 0 ? "many" : "no",
               wrong ? "it was wrong once" : "always 300");
}

// 3. One slow message ---------------------------------------------------------------------------------------------

// clang-format off
//! [kitchen]
struct kitchen {
    struct soup  { using reply = std::string; };
    struct bread { using reply = std::string; };

    half::task<std::string> handle(soup) {
        co_await half::sleep(3s);  // no thread is blocked, but whoever is in line waits until the soup is done
        co_return "soup";
    }

    std::string handle(bread) { return "bread"; }
};
//! [kitchen]
// clang-format on

//! [guest]
struct guest {
    half::ref<kitchen> stove;
    bool               hungry = false;

    // A handler that wants its own process takes it; here for the clock.
    half::task<> init(half::self<guest> self) {
        std::string dish;
        if (hungry) dish = co_await stove.call(kitchen::soup{});
        else dish = co_await stove.call(kitchen::bread{});
        fmt::print("{} arrives after {} s\n", dish, self.now().time_since_epoch() / 1s);
    }
};
//! [guest]

void the_one_slow_message() {
    //! [simulated]
    half::runtime sim{half::simulated{.seed = 2}};  // one thread, our own clock; the seed says who runs next
    auto          stove = sim.start(kitchen{});

    sim.spawn(guest{stove, true});
    sim.settle();  // run until nobody has anything left to do: the soup is on the stove
    sim.spawn(guest{stove, false});
    sim.settle();  // the bread was ordered, and waits in the mail

    fmt::print("in the mail: {}\n", half::backlog(stove).length);
    sim.advance(3s);  // both dishes arrive at second three, and we did not wait for it
    //! [simulated]
}

int main() {
    half::runtime runtime;
    count_to_42(runtime);
    three_clerks_at_once(runtime);
    the_one_slow_message();
}
