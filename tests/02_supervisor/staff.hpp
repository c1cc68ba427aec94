// What the tests of supervisors share: children that write down what happens to them, and can be told how to behave.
#pragma once

#include <02_supervisor/supervisor.hpp>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <map>
#include <stdexcept>
#include <string>
#include <vector>

namespace staff {

using namespace std::chrono_literals;
using half::exit_reason;
using half::supervisor;

using lines = std::vector<std::string>;

// What happened, in order: "+a" began, "-a" ended in good order. And what is to happen.
struct book {
    lines                                 log;
    std::map<std::string, int>            failures;    // so many of the next init() of that name throw
    std::map<std::string, int>            ignores;     // or say: not today
    std::map<std::string, half::duration> slow_start;  // its init() takes so long
    std::map<std::string, half::duration> slow_end;    // its terminate() takes so long

    lines read() { return std::exchange(log, {}); }
};

inline bool take_one(std::map<std::string, int>& from, const std::string& name) {
    const auto found = from.find(name);
    return found != from.end() && found->second-- > 0;
}

struct worker {
    struct end {
        exit_reason reason;
    };
    struct stick {
        half::duration time;
    };
    struct which {
        using reply = std::string;
    };

    std::string name;
    book*       of;

    half::task<> init() {
        of->log.push_back("+" + name);
        if (of->slow_start.contains(name)) co_await half::sleep(of->slow_start[name]);
        if (take_one(of->failures, name)) throw std::runtime_error{"no gas"};
        if (take_one(of->ignores, name)) throw half::ignore{};
    }
    void         handle(end m) { throw half::leave{std::move(m.reason)}; }
    half::task<> handle(stick m) { co_await half::sleep(m.time); }
    std::string  handle(which) { return name; }
    half::task<> terminate(exit_reason) {
        if (of->slow_end.contains(name)) co_await half::sleep(of->slow_end[name]);
        of->log.push_back("-" + name);
    }
};

// A simulated runtime with a book, and with the reports that were made.
struct stage {
    explicit stage(std::uint64_t seed = 1) : sim{half::simulated{.seed = seed, .on_report = listen()}} {}

    half::child child(std::string id, half::restart restart = half::permanent) {
        return {.id = id, .start = worker{id, &notes}, .restart = restart};
    }
    half::ref<supervisor> start(supervisor plan) { return sim.start(std::move(plan)); }

    std::vector<half::child_info> children(half::ref<supervisor> of) {
        return sim.call(of, supervisor::which_children{});
    }
    half::child_info about(half::ref<supervisor> of, std::string id) {
        return sim.call(of, supervisor::which_child{std::move(id)}).value();
    }
    half::pid who(half::ref<supervisor> of, std::string id) { return about(of, std::move(id)).pid; }

    // A child ends by itself, and everybody does what is to be done about it.
    void end(half::ref<supervisor> of, std::string id, exit_reason reason = exit_reason::crash("boom")) {
        half::ref<worker>{who(of, std::move(id))}.cast(worker::end{std::move(reason)});
        sim.settle();
    }

    std::vector<half::report> supervisor_reports() const {
        std::vector<half::report> found;
        for (const auto& r : reports)
            if (r.what == half::report::kind::remark) found.push_back(r);
        return found;
    }

    book                      notes;
    std::vector<half::report> reports;
    half::runtime             sim;

private:
    std::function<void(const half::report&)> listen() {
        return [this](const half::report& r) { reports.push_back(r); };
    }
};

// The reason with which a process ends, when `end_it` has done what it does and time has passed.
exit_reason reason_of_end(half::runtime& sim, half::pid who, auto&& end_it) {
    struct witness final : half::exit_hook {
        explicit witness(exit_reason* to) : into{to} {}
        void         exited(half::pid, const exit_reason& reason) noexcept override { *into = reason; }
        std::string  describe() const override { return "watched by a test"; }
        exit_reason* into;
    };
    struct enroll final : half::signal {
        explicit enroll(exit_reason* to) : into{to} {}
        void         arrive(half::detail::process& here) override { here.on_exit(std::make_unique<witness>(into)); }
        exit_reason* into;
    };
    auto reason = exit_reason::other("it lives");
    half::send_signal(who, std::make_unique<enroll>(&reason));
    sim.settle();
    end_it();
    sim.settle();
    if (!half::alive(who)) return reason;
    half::kill(who);  // before what it writes to is gone
    sim.settle();
    return exit_reason::other("it lives");
}

}  // namespace staff
