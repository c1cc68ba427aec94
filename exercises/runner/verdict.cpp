#include <algorithm>
#include <cstring>
#include <exercises/runner/files.hpp>
#include <exercises/runner/verdict.hpp>

namespace exercises {

using result = check_verdict::kind;

bool verdict::done() const { return refused.empty() && !checks.empty() && passed() == checks.size(); }

std::size_t verdict::passed() const {
    return static_cast<std::size_t>(std::ranges::count(checks, result::passed, &check_verdict::how));
}

namespace {

// What a program said last: a sanitizer's report, an assertion, the words of terminate().
void add_output(std::vector<std::string>& text, std::string_view output) {
    constexpr std::size_t enough = 40;
    auto                  lines  = lines_of(output);
    std::erase_if(lines, [](const std::string& line) {  // GoogleTest's own frame
        return line.starts_with("[====") || line.starts_with("[----") || line.starts_with("[ RUN")
               || line.starts_with("Note:") || line.empty() || line.starts_with("Running main()");
    });
    if (lines.size() > enough) lines.resize(enough);
    if (!lines.empty()) text.emplace_back("it printed:");
    for (const auto& line : lines) text.push_back("    " + line);
}

void say_unwritten(check_verdict& check, const unwritten& todo) {
    check.how  = result::unwritten;
    check.hole = todo.hole;
    check.text = {"TODO " + std::to_string(todo.hole) + " is not written yet: " + todo.task};
}

}  // namespace

check_verdict judge(std::string_view name, std::string_view run, const ended& program, std::string_view written) {
    check_verdict check{.name = std::string{name}};
    const auto    report = read_report(written);
    const bool    ours   = report && report->run == run;
    const auto*   found  = ours ? report->find(name) : nullptr;
    if (found) {
        check.story = found->story;
        if (!found->failures.empty()) {
            check.where = found->failures.front().where;
            for (const auto& each : found->failures)
                check.text.insert(check.text.end(), each.text.begin(), each.text.end());
        }
    }

    if (program.how == ended::kind::stopped) {
        check.text = {"it was stopped"};
    } else if (program.how == ended::kind::timed_out) {
        check.how = result::timed_out;
        check.text.insert(check.text.begin(), "it did not come to an end: is there a loop that goes on for ever?");
    } else if (found && found->result == "passed" && found->failures.empty() && report->ended && program.well()) {
        check.how = result::passed;
    } else if (found && !found->todos.empty()) {
        say_unwritten(check, found->todos.front());
    } else if (found && !found->failures.empty()) {
        check.how = result::failed;
    } else if (found && found->result == "skipped") {
        check.how  = result::failed;
        check.text = {"it was skipped, and a skipped check has shown nothing"};
    } else if (program.how == ended::kind::signalled) {
        check.how  = result::broke;
        check.text = {std::string{"the program broke: "} + ::strsignal(program.code)};
        add_output(check.text, program.output);
    } else if (found && program.code != 0) {
        check.how  = result::broke;
        check.text = {"the program ended with code " + std::to_string(program.code)};
        add_output(check.text, program.output);
    } else if (found) {
        check.how  = result::broke;
        check.text = {"the program ended in the middle of it: does your code call exit, _Exit or abort?"};
    } else if (ours && report->ended) {
        check.how  = result::missing;
        check.text = {"there is no check of this name in the program: was it deleted or renamed,",
                      "or does your file define TEST?"};
    } else {
        check.how  = result::missing;
        check.text = {"the program ended before its checks began: does your file have a main(),",
                      "or an object of its own that ends the program?"};
        add_output(check.text, program.output);
    }
    return check;
}

std::string word_for(const check_verdict& check) {
    switch (check.how) {
    case result::passed: return "ok";
    case result::failed: return "FAIL";
    case result::unwritten: return "todo " + std::to_string(check.hole);
    case result::broke: return "broke";
    case result::timed_out: return "too long";
    case result::missing: return "missing";
    case result::not_run: return "not run";
    }
    return "?";
}

std::string to_text(const verdict& v) {
    std::string out;
    for (const auto& line : v.refused) out += line + "\n";
    for (const auto& check : v.checks) {
        auto word = word_for(check);
        word.resize(std::max<std::size_t>(word.size(), 8), ' ');
        out += "  " + word + "  " + check.name + "\n";
        if (!check.where.empty()) out += "            " + check.where + "\n";
        for (const auto& line : check.text) out += "            " + line + "\n";
        if (!check.story.empty()) out += "            what happened\n";
        for (const auto& line : check.story) out += "              " + line + "\n";
    }
    if (v.refused.empty())
        out += std::to_string(v.passed()) + " of " + std::to_string(v.checks.size()) + " checks passed\n";
    return out;
}

}  // namespace exercises
