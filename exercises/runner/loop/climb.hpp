// A learner's file climbs a ladder: it compiles, its checks hold, and they hold under the sanitizers too. Where it stands.
#pragma once

#include "compiler.hpp"

#include <array>
#include <exercises/runner/kit.hpp>
#include <exercises/runner/manifest.hpp>
#include <exercises/runner/verdict.hpp>
#include <filesystem>
#include <functional>
#include <optional>
#include <stop_token>
#include <string>

namespace exercises {

// The first is ours: the library of the chapter. Ninja looks whether it has changed, in a tenth of a second.
enum class rung { house, compile, checks, sanitizers };

constexpr std::array all_rungs = {rung::house, rung::compile, rung::checks, rung::sanitizers};

enum class standing { waiting, running, good, bad };

struct step {
    standing is   = standing::waiting;
    double   took = 0;  // seconds
};

enum class outcome {
    climbing,
    stopped,
    house_broken,  // not the learner's fault
    refused,       // at sight: there is no file, it is empty, ...
    not_compiling,
    not_passing,
    unsound,  // the checks hold, and a sanitizer has something to say
    done
};

struct climb {
    std::array<step, 4> steps       = {};
    build_steps         house       = {};  // how far its build is
    std::string         house_fault = {};
    std::string         refusal     = {};
    failed_build        build       = {};
    verdict             checks      = {};
    verdict             sanitized   = {};
    outcome             result      = outcome::climbing;

    const step& at(rung r) const { return steps[static_cast<std::size_t>(r)]; }
    step&       at(rung r) { return steps[static_cast<std::size_t>(r)]; }

    // The first check that does not hold, of the rung that it fell from.
    const check_verdict* trouble() const;
};

// Where in the learner's file something is to be done, as far as anybody knows; else an empty file name.
place to_look_at(const climb& c, const manifest& m);

// A sanitizer's report in one sentence, and where in the learner's file it points.
struct sanitizer_report {
    std::string sentence;
    place       where = {};
};
std::optional<sanitizer_report> sanitizer_said(const std::vector<std::string>& printed, std::string_view mine);

// How the paths of the learner's files begin: exercises/my/01_bakery/
std::string my_prefix(const manifest& m);

struct workshop {
    std::filesystem::path root;
    std::filesystem::path build = root / "build/dev";
};

// Climbs, as far as it goes, and tells after each change where it is. Ends early, as stopped, when it is no longer wanted.
climb climb_ladder(const workshop& in, const manifest& m, const std::stop_token& stop,
                   const std::function<void(const climb&)>& tell);

}  // namespace exercises
