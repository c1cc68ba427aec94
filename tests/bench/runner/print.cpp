#include "print.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>

namespace bench {

namespace {

using line = std::vector<std::string>;

std::string number_or_dash(std::optional<double> value) { return value ? three_figures(*value) : "-"; }
std::string ratio_or_dash(std::optional<double> value) { return value ? three_figures(*value) + "x" : "-"; }

line headings() {
    return {"row", "unit", "OTP", "CAF", "Asio", "limit", "ours", "ours/limit", "ours/OTP", "floor", "goal", "verdict"};
}

line cells_of(const row& r, const circumstances& c) {
    line cells{r.spec.label, r.unit.empty() ? "-" : r.unit};
    for (auto& one : r.values) cells.push_back(number_or_dash(one.median()) + (one.noisy() ? "*" : ""));
    cells.push_back(ratio_or_dash(r.ratio_to(peer::limit)));
    cells.push_back(ratio_or_dash(r.ratio_to(peer::otp)));
    cells.push_back(r.spec.floor.text);
    cells.push_back(r.spec.goal.text);
    cells.push_back(c.judged ? words_for(r.judge()) : "");
    return cells;
}

// The steadier number, under the one it belongs to.
line cpu_cells_of(const row& r) {
    line cells{"  CPU per operation", "ns"};
    auto medians = r.cpu_medians();
    for (auto& one : medians) cells.push_back(number_or_dash(one));
    auto quotient = [&](peer other) -> std::optional<double> {
        auto ours = medians[std::size_t(peer::ours)], theirs = medians[std::size_t(other)];
        if (!ours || !theirs || *theirs == 0) return {};
        return *ours / *theirs;
    };
    cells.push_back(ratio_or_dash(quotient(peer::limit)));
    cells.push_back(ratio_or_dash(quotient(peer::otp)));
    cells.resize(headings().size());
    return cells;
}

std::vector<line> lines_of(const table& t, const circumstances& c) {
    std::vector<line> lines{headings()};
    for (auto& r : t.rows()) {
        lines.push_back(cells_of(r, c));
        if (!std::ranges::all_of(r.cpu, &samples::empty)) lines.push_back(cpu_cells_of(r));
    }
    return lines;
}

bool is_number_column(std::size_t i) { return i >= 2 && i <= 8; }

std::vector<std::string> legend(const table& t, const circumstances& c) {
    std::vector<std::string> lines = c.remarks;
    if (std::ranges::any_of(t.rows(), &row::any_noisy)) lines.push_back("* repetitions differ by more than 30 %");
    lines.push_back(c.judged ? "A bar is read beside the limit and OTP in this run; >= is a rate, <= a cost."
                             : "Not judged: this was a quick look, or ours or the limit was left out.");
    return lines;
}

std::string quoted(const std::string& text) {
    std::string result = "\"";
    for (char c : text) {
        if (c == '"' || c == '\\') result += '\\';
        result += c;
    }
    return result + '"';
}

std::string json_number(std::optional<double> value) { return value ? fmt::format("{:.6g}", *value) : "null"; }

std::string json_by_peer(const side_by_side& numbers) {
    constexpr std::array<const char*, peer_names.size()> keys{"otp", "caf", "asio", "limit", "ours"};
    std::string                                          fields;
    for (std::size_t i = 0; i < keys.size(); ++i)
        fields += fmt::format("{}\"{}\":{}", i ? "," : "", keys[i], json_number(numbers[i]));
    return fields;
}

}  // namespace

std::string three_figures(double value) {
    double size = std::abs(value);
    if (size >= 1e6) return fmt::format("{:.{}f}M", value / 1e6, size >= 1e8 ? 0 : size >= 1e7 ? 1 : 2);
    if (size >= 1e4) return fmt::format("{:.{}f}k", value / 1e3, size >= 1e5 ? 0 : 1);
    if (size >= 100) return fmt::format("{:.0f}", value);
    return fmt::format("{:.{}f}", value, size >= 10 ? 1 : size >= 1 ? 2 : 3);
}

std::string as_text(const table& t, const circumstances& c) {
    auto                     lines = lines_of(t, c);
    std::vector<std::size_t> widths(lines[0].size());
    for (auto& cells : lines) {
        for (std::size_t i = 0; i < cells.size(); ++i) widths[i] = std::max(widths[i], cells[i].size());
    }
    std::string text;
    for (auto& cells : lines) {
        std::string out;
        for (std::size_t i = 0; i < cells.size(); ++i) {
            if (is_number_column(i)) out += fmt::format("{:>{}}  ", cells[i], widths[i]);
            else out += fmt::format("{:<{}}  ", cells[i], widths[i]);
        }
        text += out.substr(0, out.find_last_not_of(' ') + 1) + '\n';
    }
    return text + fmt::format("\n{}\n", fmt::join(legend(t, c), "\n"));
}

std::string as_markdown(const table& t, const circumstances& c) {
    auto text =
        fmt::format("# The benches of chapter {}\n\nMeasured {}, medians of {}.\n\n", c.chapter, c.date, c.repetitions);
    for (auto& fact : c.machine) text += fmt::format("- {}\n", fact);
    for (auto& [who, version] : c.versions) text += fmt::format("- {}: {}\n", peer_names[std::size_t(who)], version);
    text += '\n';
    auto lines = lines_of(t, c);
    for (std::size_t i = 0; i < lines.size(); ++i) {
        text += fmt::format("| {} |\n", fmt::join(lines[i], " | "));
        if (i > 0) continue;
        for (std::size_t k = 0; k < lines[0].size(); ++k) text += is_number_column(k) ? "|---:" : "|---";
        text += "|\n";
    }
    text += '\n';
    for (auto& remark : legend(t, c)) text += (remark[0] == '*' ? "\\" : "") + remark + "\n\n";
    text.pop_back();
    return text;
}

std::string as_json_lines(const table& t, const circumstances& c) {
    std::string text;
    for (auto& r : t.rows()) {
        text += fmt::format("{{\"chapter\":{},\"workload\":{},\"row\":{},\"label\":{},\"unit\":{},{},\"cpu_ns\":{{{}}},"
                            "\"ours_to_limit\":{},\"ours_to_otp\":{},\"floor\":{},\"goal\":{},\"noisy\":{},"
                            "\"repetitions\":{},\"verdict\":{}}}\n",
                            quoted(c.chapter), quoted(r.workload), quoted(r.spec.name), quoted(r.spec.label),
                            quoted(r.unit), json_by_peer(r.medians()), json_by_peer(r.cpu_medians()),
                            json_number(r.ratio_to(peer::limit)), json_number(r.ratio_to(peer::otp)),
                            quoted(r.spec.floor.text), quoted(r.spec.goal.text), r.any_noisy(), c.repetitions,
                            c.judged ? quoted(words_for(r.judge())) : "\"\"");
    }
    return text;
}

}  // namespace bench
