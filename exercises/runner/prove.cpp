#include <algorithm>
#include <exercises/runner/files.hpp>
#include <exercises/runner/loop/hints.hpp>
#include <exercises/runner/prove.hpp>

namespace exercises {

namespace fs  = std::filesystem;
using kind_of = check_verdict::kind;

namespace {

constexpr std::size_t weak_answers_at_least = 2;
constexpr std::size_t hints_per_hole        = 3;

fs::path here(const manifest& m, const fs::path& file) { return fs::relative(file, m.root); }

int line_with(const fs::path& file, std::string_view words) {
    int number = 0;
    if (fs::exists(file))
        for (const auto& line : lines_of(read_file(file)))
            if (++number; line.find(words) != line.npos) return number;
    return 1;
}

std::string count(std::size_t n, const char* what) { return std::to_string(n) + " " + what + (n == 1 ? "" : "s"); }

// "Bakery." and two spaces before each name: GoogleTest's own list.
std::vector<std::string> checks_in(const fs::path& program) {
    std::vector<std::string> all;
    std::string              suite;
    for (const auto& line : lines_of(run({program.string(), "--gtest_list_tests"}, std::chrono::seconds{10}).output)) {
        const auto name = line.substr(0, line.find("  #"));
        if (!line.starts_with("  ")) suite = name;
        else all.push_back(suite + name.substr(2));
    }
    return all;
}

void compare_checks(const manifest& m, const fs::path& program, std::vector<complaint>& wrong) {
    const auto there = checks_in(program);
    for (const auto& name : m.checks)
        if (std::ranges::find(there, name) == there.end())
            wrong.emplace_back(here(m, m.text()), line_with(m.text(), name), "there is no check " + name,
                               "write it in " + here(m, m.check_sources().front()).string()
                                   + ", or take it out of the list");
    if (m.sort == kind::swap) return;  // a swap chooses among the chapter's tests
    for (auto name : there) {
        const auto file = m.check_sources().front();
        if (const auto at = name.find("DISABLED_"); at != name.npos) name.erase(at, 9);  // listed as if it would run
        if (std::ranges::find(m.checks, name) == m.checks.end())
            wrong.emplace_back(here(m, file), line_with(file, name.substr(name.find('.') + 1)),
                               "the check " + name + " is in no list",
                               "add it to " + here(m, m.text()).string() + ", or take it out");
    }
}

fs::path file_of(const manifest& m, const variant& what) {
    if (what.name.starts_with("weak_"))
        for (const auto& weak : weak_answers(m))
            if ("weak_" + weak.stem().string() == what.name) return weak;
    return m.source();
}

std::string people_call(const variant& what) {
    if (what.name.starts_with("weak_")) return "this weak answer";
    if (what.name.starts_with("mutant_")) return "the solution without hole " + what.name.substr(7);
    return "the " + what.name;
}

class prover {
public:
    prover(const manifest& m, const kit& with, fs::path build) : m_{m}, with_{with}, to_{std::move(build)} {}

    // False when there is something wrong with it.
    bool try_variant(const variant& what) {
        const auto before = proof_.complaints.size();
        const auto work   = to_ / what.name;
        const auto made   = compile(m_, with_, what, work);
        if (!made.well) {
            complain(what, people_call(what) + " does not compile\n" + made.output,
                     "it must, to be judged by its checks");
            return false;
        }
        if (what.solved()) compare_checks(m_, made.program, proof_.complaints);
        // On a busy machine the right answer may take its time; a wrong one that hangs need not.
        const auto limit = what.solved() ? 6 * patience(m_) : patience(m_);
        proof_.matrix.push_back({what, run_checks(m_, made.program, work, limit)});
        judge_variant(proof_.matrix.back());
        return proof_.complaints.size() == before;
    }

    void look_for_dead_checks() {
        for (std::size_t i = 0; i < m_.checks.size(); ++i) {
            const bool fails = std::ranges::any_of(proof_.matrix, [&](const proof::column& each) {
                const auto how = each.said.checks[i].how;
                return each.what.name.find('_') != std::string::npos && how != kind_of::passed
                       && how != kind_of::not_run && how != kind_of::missing;
            });
            if (!fails)
                proof_.complaints.emplace_back(here(m_, m_.text()), line_with(m_.text(), m_.checks[i]),
                                               "no wrong answer fails the check " + m_.checks[i],
                                               "write a weak answer that it catches, or take the check out");
        }
    }

    proof take() { return std::move(proof_); }

private:
    void judge_variant(const proof::column& tried) {
        const auto& [what, said] = tried;
        if (what.solved()) {
            for (const auto& check : said.checks)
                if (check.how != kind_of::passed && check.how != kind_of::missing)  // of that we have spoken
                    complain(what, "the solution does not pass " + check.name + "\n" + to_text(verdict{{}, {check}}),
                             "mend the solution, or the check");
        } else if (what.name == "starter") {
            for (const auto& check : said.checks)
                if (check.how == kind_of::passed)
                    complain(what, "the starter passes " + check.name + " with nothing written",
                             "let the check ask for what the holes are to do");
        } else if (said.done()) {
            complain(what, people_call(what) + " passes all checks", "write a check that it fails");
        }
    }

    void complain(const variant& what, std::string_view text, std::string_view to_do) {
        const auto file = file_of(m_, what);
        proof_.complaints.emplace_back(here(m_, file), 1, trimmed(text), to_do);
    }

    const manifest& m_;
    const kit&      with_;
    fs::path        to_;
    proof           proof_;
};

}  // namespace

std::vector<complaint> faults_in_writing(const manifest& m) {
    std::vector<complaint> wrong;
    const auto             say = [&](const fs::path& file, int line, std::string_view what, std::string_view to_do) {
        wrong.emplace_back(here(m, file), line, what, to_do);
    };
    const auto source = source_of(m);
    if (source.holes().empty()) say(m.source(), 1, "there is no hole in it", "mark what the learner is to write");
    if (!fs::exists(m.folder() / "README.md"))
        say(m.folder() / "README.md", 1, "this file is not there", "write the task");
    if (!fs::exists(m.root / m.read.substr(0, m.read.find('#'))))
        say(m.text(), line_with(m.text(), "read"), "there is no " + m.read, "name the page that teaches it");

    const auto file  = m.folder() / "hints.md";
    const auto hints = fs::exists(file) ? hints_of(read_file(file)) : exercises::hints{};
    for (const auto& hole : source.holes()) {
        const auto found = hints.find(hole.number);
        const auto n     = found == hints.end() ? 0 : found->second.size();
        if (n != hints_per_hole)
            say(file, line_with(file, "## " + std::to_string(hole.number)),
                "hole " + std::to_string(hole.number) + " has " + count(n, "hint"),
                "write three: a nudge, a pointer, nearly the code");
    }
    for (const auto& [number, unused] : hints)
        if (std::ranges::find(source.holes(), number, &hole::number) == source.holes().end())
            say(file, line_with(file, "## " + std::to_string(number)), "there is no hole " + std::to_string(number),
                "take its hints out");
    if (const auto n = weak_answers(m).size(); n < weak_answers_at_least)
        say(m.folder() / "weak", 1, "here are " + count(n, "weak answer"), "write two that a person might give");
    return wrong;
}

proof prove(const manifest& m, const kit& with, const fs::path& build, bool only_solution) {
    proof found;
    found.complaints = faults_in_writing(m);
    if (!found.complaints.empty()) return found;
    const auto to = fs::absolute(build / "exercises" / m.slug);
    prover     all{m, with, to};
    const auto variants = cut(m, to);  // the solution is the first; when that is wrong, nothing else can be judged
    if (!all.try_variant(variants.front()) || only_solution) return all.take();
    for (const auto& each : variants)
        if (!each.solved()) all.try_variant(each);
    all.look_for_dead_checks();
    return all.take();
}

std::string to_text(const manifest& m, const std::vector<proof::column>& matrix) {
    constexpr std::size_t column = 9;
    std::size_t           names  = 0;
    for (const auto& name : m.checks) names = std::max(names, name.size());
    const auto cell = [](std::string text, std::size_t width) {
        text.resize(std::max(width, text.size()), ' ');
        return text + " ";
    };
    std::string out, letters;
    if (matrix.empty()) return out;
    for (std::size_t i = 0; i < matrix.size(); ++i) {
        letters += cell(std::string{static_cast<char>('a' + i)}, column);
        out += std::string{"  "} + static_cast<char>('a' + i) + "  " + matrix[i].what.name + "\n";
    }
    out += cell("", names) + letters + "\n";
    for (std::size_t row = 0; row < m.checks.size(); ++row) {
        out += cell(m.checks[row], names);
        for (const auto& each : matrix) out += cell(word_for(each.said.checks[row]), column);
        out += "\n";
    }
    return out;
}

}  // namespace exercises
