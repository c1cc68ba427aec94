#include <exercises/runner/attempt.hpp>
#include <exercises/runner/files.hpp>
#include <random>
#include <regex>

namespace exercises {

namespace fs = std::filesystem;

namespace {

// GoogleTest listens to the environment; what a shell has set must not choose which checks are run.
environment test_environment(const fs::path& report, const std::string& run) {
    environment all{{"HALF_REPORT", report.string()}, {"HALF_REPORT_RUN", run}};
    for (auto name : {"GTEST_FILTER", "GTEST_ALSO_RUN_DISABLED_TESTS", "GTEST_OUTPUT", "GTEST_REPEAT", "GTEST_SHUFFLE",
                      "GTEST_BREAK_ON_FAILURE", "GTEST_FAIL_FAST", "GTEST_TOTAL_SHARDS", "GTEST_SHARD_INDEX",
                      "TEST_PREMATURE_EXIT_FILE", "GTEST_CATCH_EXCEPTIONS", "GTEST_THROW_ON_FAILURE"})
        all.emplace_back(name, "");
    return all;
}

std::string without_root(const manifest& m, std::string text) {
    return replaced(std::move(text), fs::absolute(m.root).lexically_normal().string() + "/", "");
}

std::string fresh_number() {
    std::random_device any;
    return std::to_string(any());
}

}  // namespace

compiled compile(const manifest& m, const kit& with, const variant& what, const fs::path& work, const control& how) {
    const bool  swap = m.sort == kind::swap;
    const auto  in   = swap ? what.include / m.chapter_folder().filename() : what.include / "exercise";
    compilation all{.program = work / "checks", .sources = m.check_sources(), .include = what.include};
    all.unfinished = !what.solved();
    if (swap) all.chapter = in;
    const auto said = compile(with, all, how);
    // The compiler knows the file by the path that it was included by; people know it by its own.
    const auto own = fs::is_symlink(in) ? fs::relative(fs::read_symlink(in), m.root) : in;
    auto       out = replaced(said.output, in.string() + "/", own.string() + "/");
    return {said.well(), all.program, without_root(m, std::move(out))};
}

std::chrono::seconds patience(const manifest& m) { return std::chrono::seconds{m.sort == kind::swap ? 20 : 10}; }

verdict run_checks(const manifest& m, const fs::path& program, const fs::path& work, std::chrono::seconds limit,
                   const control& how) {
    verdict result;
    bool    go_on = true;
    for (const auto& name : m.checks) {
        if (!go_on) {
            result.checks.push_back({.name = name, .text = {"one before it took too long"}});
            continue;
        }
        const auto report = work / "report.txt";
        const auto number = fresh_number();
        fs::remove(report);
        const auto program_ended = run({program.string(), "--gtest_filter=" + name, "--gtest_color=no"}, limit,
                                       test_environment(report, number), how);
        result.checks.push_back(
            judge(name, number, program_ended, fs::exists(report) ? read_file(report) : std::string{}));
        auto& where = result.checks.back().where;
        where       = without_root(m, where);
        go_on       = program_ended.how != ended::kind::timed_out && program_ended.how != ended::kind::stopped;
    }
    return result;
}

std::optional<std::string> refused_at_sight(std::string_view text) {
    if (trimmed(text).empty()) return "the file is empty: ./workbook reset begins again";
    static const std::regex has_main{R"(^\s*(int|auto)\s+main\s*\()"};
    static const std::regex defines{
        R"(^\s*#\s*(?:define|undef)\s+((?:TEST|EXPECT|ASSERT|ADD_FAILURE|FAIL|GTEST)(?:_\w*)?)\b)"};
    int number = 0;
    for (const auto& line : lines_of(text)) {
        ++number;
        std::smatch found;
        if (std::regex_search(line, has_main))
            return "line " + std::to_string(number) + ": the checks have a main() already; take this one out";
        if (std::regex_search(line, found, defines))
            return "line " + std::to_string(number) + ": " + found[1].str()
                   + " belongs to the checks; give your macro another name";
    }
    return std::nullopt;
}

verdict attempt(const manifest& m, const kit& with, const variant& what, const fs::path& work, const control& how) {
    const auto in = what.include / (m.sort == kind::swap ? m.chapter_folder().filename() : fs::path{"exercise"});
    verdict    result;
    if (!fs::exists(in / m.file)) {
        result.refused = {m.file + " is not there: ./workbook reset begins again"};
    } else if (auto why = refused_at_sight(read_file(in / m.file))) {
        result.refused = {m.file + ", " + *why};
    } else if (const auto made = compile(m, with, what, work, how); !made.well) {
        result.refused = {"it does not compile"};
        for (auto& line : lines_of(made.output)) result.refused.push_back(std::move(line));
    } else {
        return run_checks(m, made.program, work, patience(m), how);
    }
    for (const auto& name : m.checks) result.checks.push_back({.name = name});
    return result;
}

}  // namespace exercises
