#include "options.hpp"

#include <fmt/format.h>

#include <charconv>

namespace bench {

const char* const usage =
    R"(bench_runner NN [options]: runs the benches of chapter NN beside the peers and prints one table.

  --json         one JSON line per row instead of the table
  --md FILE      also write the table to FILE as Markdown, with the machine and the date
  --reps N       repetitions of every program; a value is the median (3)
  --only REGEX   only the workloads whose name matches: call, cast, ring, spawn_120k, ...
  --peers REGEX  only these columns: otp, caf, asio, limit, ours
  --quick        few operations, one repetition, nothing judged: does everything run?
  --bars FILE    other bars than the chapter's own
  --programs DIR where the programs lie (the folder of this one)
  --help         this text

The programs of a workload run one after the other, repetition by repetition, so a burst of foreign load hits them all.
Exit code: 0 every floor holds, 1 a floor fails, 2 something could not run.
)";

namespace {

int positive(const std::string& option, const std::string& text) {
    int value         = 0;
    auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size() || value < 1)
        throw bad_options(fmt::format("{} wants a number from 1 on, not '{}'", option, text));
    return value;
}

std::regex regular_expression(const std::string& option, const std::string& text) try {
    return std::regex(text);
} catch (const std::regex_error&) {
    throw bad_options(fmt::format("{}: '{}' is no regular expression", option, text));
}

}  // namespace

options parse_options(const std::vector<std::string>& arguments) {
    options o;
    bool    repetitions_given = false;
    for (std::size_t i = 0; i < arguments.size(); ++i) {
        const std::string& option = arguments[i];
        auto               value  = [&]() -> const std::string& {
            if (i + 1 == arguments.size()) throw bad_options(fmt::format("{} wants a value", option));
            return arguments[++i];
        };
        if (option == "--json") o.json = true;
        else if (option == "--quick") o.quick = true;
        else if (option == "--help" || option == "-h") o.help = true;
        else if (option == "--reps") o.repetitions = positive(option, value()), repetitions_given = true;
        else if (option == "--only") o.only = regular_expression(option, value());
        else if (option == "--peers") o.peers = regular_expression(option, value());
        else if (option == "--md") o.markdown = value();
        else if (option == "--bars") o.bars = value();
        else if (option == "--programs") o.programs = value();
        else if (option.starts_with("-")) throw bad_options(fmt::format("no option {}", option));
        else if (o.chapter.empty()) o.chapter = option;
        else throw bad_options(fmt::format("one chapter at a time: '{}' is too much", option));
    }
    if (o.quick && !repetitions_given) o.repetitions = 1;
    if (o.chapter.empty() && !o.help) throw bad_options("which chapter?");
    return o;
}

}  // namespace bench
