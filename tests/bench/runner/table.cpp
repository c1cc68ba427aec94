#include "table.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <ranges>

namespace bench {

std::optional<printed_value> parse_line(std::string_view line) {
    auto equals = line.find('='), space = line.find(' ');
    if (equals == 0 || equals == line.npos || space == line.npos || space < equals) return {};
    auto   number     = line.substr(equals + 1, space - equals - 1);
    double value      = 0;
    auto [end, error] = std::from_chars(number.data(), number.data() + number.size(), value);
    if (error != std::errc() || end != number.data() + number.size() || !std::isfinite(value)) return {};
    return printed_value{std::string(line.substr(0, equals)), value, std::string(line.substr(space + 1))};
}

std::optional<double> samples::median() const {
    if (values.empty()) return {};
    auto sorted = values;
    std::ranges::sort(sorted);
    auto middle = sorted.size() / 2;
    return sorted.size() % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

bool samples::noisy() const {
    if (values.size() < 2) return false;
    auto [least, most] = std::ranges::minmax(values);
    return most - least > 0.3 * std::abs(*median());
}

const char* words_for(verdict v) {
    switch (v) {
    case verdict::not_judged: return "";
    case verdict::did_not_run: return "DID NOT RUN";
    case verdict::fails: return "FAILS the floor";
    case verdict::holds_by_cpu: return "holds by CPU";
    case verdict::holds: return "holds";
    case verdict::goal_met: return "goal met";
    }
    return "";
}

bool passes(verdict v) { return v != verdict::did_not_run && v != verdict::fails; }

namespace {

side_by_side medians_of(const std::array<samples, peer_names.size()>& all) {
    side_by_side result;
    std::ranges::transform(all, result.begin(), &samples::median);
    return result;
}

}  // namespace

side_by_side row::medians() const { return medians_of(values); }
side_by_side row::cpu_medians() const { return medians_of(cpu); }

std::optional<double> row::ratio_to(peer other) const {
    auto numbers = medians();
    auto ours = numbers[std::size_t(peer::ours)], theirs = numbers[std::size_t(other)];
    if (!ours || !theirs || *theirs == 0) return {};
    return *ours / *theirs;
}

bool row::any_noisy() const { return std::ranges::any_of(values, &samples::noisy); }

bool row::doubtful() const {
    return std::ranges::any_of(std::array{peer::ours, peer::limit, peer::otp},
                               [this](peer p) { return values[std::size_t(p)].noisy(); });
}

verdict row::judge() const {
    if (spec.floor.empty()) return verdict::not_judged;
    auto numbers = medians();
    if (!numbers[std::size_t(peer::ours)]) return verdict::did_not_run;
    auto floor = meets(spec.floor, numbers);
    if (floor == answer::unknown) return verdict::not_judged;
    if (floor == answer::yes) return meets(spec.goal, numbers) == answer::yes ? verdict::goal_met : verdict::holds;
    // Wall time on a shared machine swings, CPU time per operation hardly does. Where the repetitions disagree, a rate
    // is judged by operations per second of CPU.
    if (!is_rate() || !doubtful()) return verdict::fails;
    auto per_cpu_second = cpu_medians();
    for (auto& ns : per_cpu_second) {
        if (ns) ns = *ns > 0 ? std::optional(1e9 / *ns) : std::nullopt;
    }
    return meets(spec.floor, per_cpu_second) == answer::yes ? verdict::holds_by_cpu : verdict::fails;
}

table::table(const std::vector<workload>& workloads) {
    for (auto& w : workloads) {
        for (auto& spec : w.rows) all.push_back({.spec = spec, .workload = w.id, .unit = {}, .values = {}, .cpu = {}});
    }
}

row* table::find(const std::string& workload, const std::string& name) {
    auto at = std::ranges::find_if(all, [&](row& r) { return r.workload == workload && r.spec.name == name; });
    return at == all.end() ? nullptr : &*at;
}

void table::take(const std::string& workload, peer who, std::string_view output) {
    for (auto part : std::views::split(output, '\n')) {
        auto printed = parse_line(std::string_view(part.begin(), part.end()));
        if (!printed) continue;
        if (row* r = find(workload, printed->name)) {
            r->values[std::size_t(who)].add(printed->value);
            r->unit = printed->unit;
        } else if (printed->name.ends_with("_cpu")) {
            printed->name.resize(printed->name.size() - 4);
            if (row* rate = find(workload, printed->name)) rate->cpu[std::size_t(who)].add(printed->value);
        }
    }
}

}  // namespace bench
