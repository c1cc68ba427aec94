// A process that does what a test tells it to, and writes down what it hears.
#pragma once

#include <01_gen_server/gen_server.hpp>
#include <02_supervisor/link.hpp>
#include <02_supervisor/monitor.hpp>

#include <fmt/ranges.h>
#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <vector>

namespace bonds_test {

using namespace std::chrono_literals;
using half::exit_reason;
using lines = std::vector<std::string>;

// So many that what is not linear takes for ever. (Under a sanitizer everything takes ten times as long.)
#ifdef HALF_PLAIN_HEAP
inline constexpr int crowd = 20'000;
#else
inline constexpr int crowd = 100'000;
#endif

template <bool Traps>
struct basic_actor {
    using me = half::self<basic_actor>;
    struct act {
        std::function<void(me)> what;
    };
    struct wait {
        std::function<half::task<>(me)> what;
    };
    struct note {
        std::string text;
    };

    lines*                  log   = nullptr;
    std::function<void(me)> begin = {};  // in init()

    void init(me self) {
        if (begin) begin(self);
    }
    void         handle(act m, me self) { m.what(self); }
    half::task<> handle(wait m, me self) { co_await m.what(self); }
    void         handle(note n) { write(n.text); }
    void         handle(half::down d) { write(fmt::format("down: {}", d.reason)); }
    void         handle(half::exit_signal s)
        requires Traps
    {
        write(fmt::format("exit: {}", s.reason));
    }
    void write(std::string line) {
        if (log) log->push_back(std::move(line));
    }
};

using actor   = basic_actor<false>;
using trapper = basic_actor<true>;

// Half a runtime: what is told to a process happens at once.
struct world : testing::Test {
    std::vector<half::report> reports;
    half::runtime sim{half::simulated{.on_report = [this](const half::report& r) { reports.push_back(r); }}};
    lines         log;

    half::ref<actor>   plain() { return sim.start(actor{&log}); }
    half::ref<trapper> trapping() { return sim.start(trapper{&log}); }

    template <bool Traps>
    void tell(half::ref<basic_actor<Traps>> who, std::function<void(half::self<basic_actor<Traps>>)> what) {
        who.cast(typename basic_actor<Traps>::act{std::move(what)});
        sim.settle();
    }
    template <bool Traps>
    void busy(half::ref<basic_actor<Traps>> who, half::duration time) {
        who.cast(typename basic_actor<Traps>::wait{[time](auto) -> half::task<> { co_await half::sleep(time); }});
        sim.settle();
    }
    template <bool Traps>
    void link(half::ref<basic_actor<Traps>> who, half::pid other) {
        tell<Traps>(who, [other](auto self) { half::link(self, other); });
    }
    template <bool Traps>
    void unlink(half::ref<basic_actor<Traps>> who, half::pid other) {
        tell<Traps>(who, [other](auto self) { half::unlink(self, other); });
    }
    template <bool Traps>
    half::monitor_id monitor(half::ref<basic_actor<Traps>> who, half::pid other) {
        half::monitor_id set;
        tell<Traps>(who, [other, &set](auto self) { set = half::monitor(self, other); });
        return set;
    }
    template <bool Traps>
    bool demonitor(half::ref<basic_actor<Traps>> who, half::monitor_id which) {
        bool found = false;
        tell<Traps>(who, [which, &found](auto self) { found = half::demonitor(self, which); });
        return found;
    }
    // Ends it from within, for that reason.
    template <bool Traps>
    void leave(half::ref<basic_actor<Traps>> who, exit_reason why) {
        tell<Traps>(who, [why](auto) { throw half::leave{why}; });
    }
    void kill(half::pid who) {
        half::kill(who);
        sim.settle();
    }
    std::string attached(half::pid who) {
        auto info = sim.info(who);
        EXPECT_TRUE(info);
        return info ? fmt::format("{}", fmt::join(info->attached, "; ")) : "";
    }
};

// Every kind of end, for the tests that try them all.
struct ending {
    const char* name;
    exit_reason reason;
};
inline void PrintTo(const ending& e, std::ostream* out) { *out << e.name; }

inline const auto every_kind =
    testing::Values(ending{"normal", exit_reason::normal()}, ending{"shutdown", exit_reason::shutdown()},
                    ending{"shutdown_with_a_remark", exit_reason::shutdown("closing")},
                    ending{"killed", exit_reason::killed()}, ending{"noproc", exit_reason::noproc()},
                    ending{"crash", exit_reason::crash("boom")}, ending{"other", exit_reason::other("bored")});

}  // namespace bonds_test
