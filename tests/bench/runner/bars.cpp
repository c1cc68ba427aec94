#include "bars.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <sstream>

namespace bench {

namespace {

std::string trimmed(const std::string& text) {
    auto from = text.find_first_not_of(" \t");
    if (from == std::string::npos) return {};
    return text.substr(from, text.find_last_not_of(" \t") - from + 1);
}

std::vector<std::string> split(const std::string& text, const std::string& at) {
    std::vector<std::string> parts;
    std::size_t              from = 0;
    for (auto to = text.find(at); to != std::string::npos; to = text.find(at, from)) {
        parts.push_back(trimmed(text.substr(from, to - from)));
        from = to + at.size();
    }
    parts.push_back(trimmed(text.substr(from)));
    return parts;
}

condition parse_condition(const std::string& text) {
    condition          wanted;
    std::istringstream in(text);
    std::string        comparison, of, rest;
    if (!(in >> comparison >> wanted.number) || (comparison != ">=" && comparison != "<="))
        throw bad_bars(fmt::format("'{}' is not a condition; expected one like '>= 0.5 limit' or '<= 320'", text));
    wanted.at_least = comparison == ">=";
    if (in >> of) {
        if (of == "limit") wanted.of = peer::limit;
        else if (of == "otp") wanted.of = peer::otp;
        else throw bad_bars(fmt::format("'{}': a bar is set beside 'limit' or 'otp', not '{}'", text, of));
    }
    if (in >> rest) throw bad_bars(fmt::format("'{}': what is '{}'?", text, rest));
    return wanted;
}

row_spec parse_row(const std::string& line) {
    auto fields = split(line, "|");
    if (fields.size() != 4 || fields[0].empty())
        throw bad_bars(fmt::format("'{}' is not a row; expected: name | label | goal | floor", line));
    return {fields[0], fields[1], parse_bar(fields[2]), parse_bar(fields[3])};
}

workload parse_section(const std::string& line) {
    auto close = line.find(']');
    if (close == std::string::npos || close == 1)
        throw bad_bars(fmt::format("'{}' is not a section; expected: [workload] arguments", line));
    workload           section{.id = line.substr(1, close - 1), .arguments = {}, .rows = {}};
    std::istringstream rest(line.substr(close + 1));
    for (std::string word; rest >> word;) section.arguments.push_back(word);
    if (section.arguments.empty()) throw bad_bars(fmt::format("[{}] does not say what to run", section.id));
    return section;
}

answer holds(const condition& c, const side_by_side& numbers) {
    auto ours   = numbers[std::size_t(peer::ours)];
    auto beside = c.of ? numbers[std::size_t(*c.of)] : std::optional(1.0);
    if (!ours || !beside) return answer::unknown;
    double bound = c.number * *beside;
    return (c.at_least ? *ours >= bound : *ours <= bound) ? answer::yes : answer::no;
}

answer any_holds(const std::vector<condition>& alternatives, const side_by_side& numbers) {
    auto all = answer::unknown;
    for (auto& alternative : alternatives) {
        auto one = holds(alternative, numbers);
        if (one == answer::yes) return answer::yes;
        if (one == answer::no) all = answer::no;
    }
    return all;
}

}  // namespace

bar parse_bar(const std::string& text) {
    bar result;
    result.text = trimmed(text);
    if (result.text.empty()) return result;
    for (auto& part : split(result.text, ",")) {
        auto& alternatives = result.all_of.emplace_back();
        for (auto& alternative : split(part, " or ")) alternatives.push_back(parse_condition(alternative));
    }
    return result;
}

std::vector<workload> read_bars(std::istream& in) {
    std::vector<workload> result;
    int                   number = 0;
    for (std::string line; std::getline(in, line);) {
        ++number;
        line = trimmed(line);
        if (line.empty() || line.front() == '#') continue;
        try {
            if (line.front() == '[') result.push_back(parse_section(line));
            else if (result.empty()) throw bad_bars("a row before the first [workload]");
            else result.back().rows.push_back(parse_row(line));
        } catch (const bad_bars& e) {
            throw bad_bars(fmt::format("line {}: {}", number, e.what()));
        }
    }
    if (result.empty()) throw bad_bars("no [workload] in it");
    return result;
}

answer meets(const bar& wanted, const side_by_side& numbers) {
    auto all = answer::unknown;
    for (auto& alternatives : wanted.all_of) {
        auto one = any_holds(alternatives, numbers);
        if (one == answer::no) return answer::no;
        if (one == answer::yes) all = answer::yes;
    }
    return all;
}

}  // namespace bench
