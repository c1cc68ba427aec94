#include "climb.hpp"

#include "text.hpp"

#include <algorithm>
#include <chrono>
#include <exercises/runner/attempt.hpp>
#include <exercises/runner/complaint.hpp>
#include <exercises/runner/files.hpp>
#include <exercises/runner/git.hpp>
#include <future>

namespace exercises {
namespace fs = std::filesystem;
namespace {

using clock = std::chrono::steady_clock;

constexpr std::size_t most_memory = std::size_t{4}
                                    << 30U;  // an endless push_back is a failed check, not a lame machine
constexpr std::chrono::minutes for_the_house{20};
constexpr int                  asking = 2;  // steps of ninja when there is nothing to build

std::string ninja_of(const fs::path& build) {
    constexpr std::string_view name  = "CMAKE_MAKE_PROGRAM:";
    const auto                 cache = build / "CMakeCache.txt";
    if (fs::exists(cache))
        for (const auto& line : lines_of(read_file(cache)))
            if (line.starts_with(name)) return line.substr(line.find('=') + 1);
    return "ninja";
}

// Compiles with the sanitizers while the rest goes on, on another core and with less right to it. Ends when nobody waits.
class beside {
public:
    template <class Work>
    beside(const std::stop_token& all, Work work)
        : enough_{},
          with_all_{all, [this] { enough_.request_stop(); }},
          result_{std::async(std::launch::async, work, control{.stop = enough_.get_token(), .yields = true})} {}
    beside(const beside&)            = delete;
    beside& operator=(const beside&) = delete;
    ~beside() { enough_.request_stop(); }  // and the future waits for its end

    compiled get() { return result_.get(); }

private:
    std::stop_source                          enough_;
    std::stop_callback<std::function<void()>> with_all_;
    std::future<compiled>                     result_;
};

// One way up, from the first rung on.
class climber {
public:
    climber(const workshop& in, const manifest& m, const std::stop_token& stop,
            const std::function<void(const climb&)>& tell)
        : in_{in}, m_{m}, stop_{stop}, tell_{tell} {}

    climb go() {
        try {
            now_.result = all_the_way();
        } catch (const std::exception& fault) {
            now_.house_fault = fault.what();
            now_.result      = outcome::house_broken;
        }
        if (stop_.stop_requested()) now_.result = outcome::stopped;
        tell_(now_);
        return now_;
    }

private:
    outcome all_the_way() {
        if (!on(rung::house, [&] { return house(); })) return outcome::house_broken;
        if (!look()) return outcome::refused;
        const auto mine = link_answer(m_, "mine", m_.mine(), work("mine"));
        beside     sanitized{stop_, [&](const control& how) { return compiled_with("_sanitized", mine, how); }};
        if (!on(rung::compile, [&] { return take(compiled_with("", mine, {.stop = stop_})); }))
            return outcome::not_compiling;
        if (!on(rung::checks, [&] { return holds(most_memory, now_.checks); })) return outcome::not_passing;
        if (!on(rung::sanitizers, [&] { return take(sanitized.get()) && holds(0, now_.sanitized); }))
            return now_.build.all.empty() ? outcome::unsound : outcome::not_compiling;
        return outcome::done;
    }

    template <class Rung>
    bool on(rung which, Rung&& what) {
        if (stop_.stop_requested()) return false;
        auto& step = now_.at(which);
        step.is    = standing::running;
        tell_(now_);
        const auto begin = clock::now();
        const bool good  = what();
        step.took        = std::chrono::duration<double>(clock::now() - begin).count();
        step.is          = good ? standing::good : standing::bad;
        return good && !stop_.stop_requested();
    }

    bool house() {
        std::string said;
        control     with{.stop = stop_};
        with.heard = [&](std::string_view fresh) {
            said += fresh;
            const auto steps = steps_of(said);
            if (!steps || steps->total <= asking
                || (steps->done == now_.house.done && steps->total == now_.house.total))
                return;
            now_.house = *steps;
            tell_(now_);
        };
        const auto built = run({ninja_of(in_.build), "-C", in_.build.string(), "exercise_kit_" + m_.chapter()},
                               for_the_house, {{"NINJA_STATUS", "[%f/%t] "}}, with);
        if (!built.well()) now_.house_fault = fold(built.output, "").all;
        return built.well();
    }

    bool look() {
        const auto file = m_.mine() / m_.file;
        if (!fs::exists(file))
            now_.refusal = "Your file is not there: " + my_prefix(m_) + m_.file + ". x begins it again.";
        else if (const auto why = refused_at_sight(read_file(file))) now_.refusal = *why;
        else if (const auto edited = edited_checks(m_); !edited.empty())
            now_.refusal = edited.front() + " was changed, so it proves nothing. git checkout -- " + edited.front()
                           + " brings ours back.";
        return now_.refusal.empty();
    }

    compiled compiled_with(const std::string& more, const variant& mine, const control& how) const {
        const auto name = m_.chapter() + more;
        return compile(m_, read_kit(in_.build, name), mine, work(name), how);
    }

    bool take(const compiled& made) {
        program_ = made.program;
        if (!made.well) now_.build = fold(made.output, my_prefix(m_));
        return made.well;
    }

    // A check that says the same of each round of a loop has said it once.
    static void say_once(verdict& found) {
        for (auto& check : found.checks) check.text.erase(std::ranges::unique(check.text).begin(), check.text.end());
    }

    // What a program says of its own files has the paths that it was compiled with; people know them by others.
    void name_files_as_people_do(verdict& found) const {
        const auto in =
            (work("mine") / (m_.sort == kind::swap ? m_.chapter_folder().filename() : fs::path{"exercise"})).string()
            + "/";
        for (auto& check : found.checks)
            for (auto* lines : {&check.text, &check.story})
                for (auto& line : *lines)
                    line = replaced(replaced(line, in, my_prefix(m_)), m_.root.string() + "/", "");
    }

    bool holds(std::size_t memory, verdict& found) {
        found = run_checks(m_, program_, program_.parent_path(), patience(m_), {.stop = stop_, .memory = memory});
        name_files_as_people_do(found);
        say_once(found);
        return found.done();
    }

    fs::path work(const std::string& name) const { return in_.build / "exercises" / m_.slug / "my" / name; }

    const workshop&                          in_;
    const manifest&                          m_;
    const std::stop_token&                   stop_;
    const std::function<void(const climb&)>& tell_;
    climb                                    now_;
    fs::path                                 program_;
};

place place_of(std::string_view text) {
    const auto colon = text.rfind(':');
    if (colon == text.npos) return {};
    return {std::string{text.substr(0, colon)}, std::atoi(std::string{text.substr(colon + 1)}.c_str()), 0};
}

}  // namespace

std::string my_prefix(const manifest& m) { return "exercises/my/" + m.slug + "/"; }

const check_verdict* climb::trouble() const {
    const auto& of = checks.done() ? sanitized : checks;
    for (const auto& check : of.checks)
        if (check.how != check_verdict::kind::passed) return &check;
    return nullptr;
}

place to_look_at(const climb& c, const manifest& m) {
    const auto mine = my_prefix(m);
    if (c.result == outcome::not_compiling && c.build.first && c.build.first->where.file.starts_with(mine))
        return c.build.first->where;
    if (const auto* check = c.trouble()) {
        if (const auto said = sanitizer_said(check->text, mine); said && said->where.line != 0) return said->where;
        if (check->hole != 0) {
            int number = 0;
            for (const auto& line : lines_of(read_file(m.mine() / m.file))) {
                ++number;
                if (line.find("half::todo(" + std::to_string(check->hole) + ",") != line.npos)
                    return {mine + m.file, number, 0};
            }
        }
    }
    return {mine + m.file, 0, 0};
}

std::optional<sanitizer_report> sanitizer_said(const std::vector<std::string>& printed, std::string_view mine) {
    std::optional<sanitizer_report> found;
    for (const auto& line : printed) {
        const std::string_view text = trimmed(line);
        if (!found) {
            constexpr std::string_view address = "AddressSanitizer: ", leak = "LeakSanitizer: ",
                                       undefined = ": runtime error: ";
            if (const auto at = text.find(address); at != text.npos) {
                auto       what = text.substr(at + address.size());
                const auto end  = std::min({what.find(" on "), what.find(" 0x"), what.find(" ("), what.size()});
                found           = {"AddressSanitizer: " + std::string{what.substr(0, end)}};
            } else if (const auto leaked = text.find(leak); leaked != text.npos) {
                found = {std::string{text.substr(leaked)}};
            } else if (const auto ub = text.find(undefined); ub != text.npos) {
                found            = {"UndefinedBehaviorSanitizer: " + std::string{text.substr(ub + undefined.size())}};
                const auto where = text.substr(0, text.rfind(':', ub - 1));
                if (const auto own = where.find(mine); own != where.npos) found->where = place_of(where.substr(own));
            }
        } else if (const auto own = text.find(mine);
                   own != text.npos && found->where.line == 0 && text.starts_with('#')) {
            auto       where = text.substr(own);  // "file:line:column", of a frame of the stack
            const auto colon = where.find(':');
            if (colon != where.npos)
                found->where =
                    place_of(where.substr(0, std::min(where.find(':', colon + 1), where.find_first_of(" )"))));
        }
    }
    return found;
}

climb climb_ladder(const workshop& in, const manifest& m, const std::stop_token& stop,
                   const std::function<void(const climb&)>& tell) {
    return climber{in, m, stop, tell}.go();
}

}  // namespace exercises
