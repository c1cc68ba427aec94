// The rows of a run: what each peer's program printed, repetition by repetition, and the verdict on ours.
#pragma once

#include "bars.hpp"

#include <string_view>

namespace bench {

// One line of a program: name=value unit.
struct printed_value {
    std::string name;
    double      value;
    std::string unit;
};
std::optional<printed_value> parse_line(std::string_view line);

// The same number from each repetition.
class samples {
    std::vector<double> values;

public:
    void                  add(double value) { values.push_back(value); }
    bool                  empty() const { return values.empty(); }
    std::optional<double> median() const;
    // The repetitions differ by more than 30 % of the median: look again on a quiet machine.
    bool noisy() const;
};

enum class verdict { not_judged, did_not_run, fails, holds_by_cpu, holds, goal_met };
const char* words_for(verdict v);
bool        passes(verdict v);

struct row {
    row_spec                               spec;
    std::string                            workload;
    std::string                            unit;
    std::array<samples, peer_names.size()> values, cpu;  // cpu: ns per operation, where the programs print it

    side_by_side          medians() const;
    side_by_side          cpu_medians() const;
    std::optional<double> ratio_to(peer other) const;
    bool                  any_noisy() const;
    bool                  doubtful() const;  // ours, or what a bar sets beside it, is noisy
    bool                  is_rate() const { return unit.ends_with("/s"); }

    verdict judge() const;
};

class table {
    std::vector<row> all;

    row* find(const std::string& workload, const std::string& name);

public:
    explicit table(const std::vector<workload>& workloads);

    // What one program printed in one repetition; lines that no row asks for are passed over.
    void take(const std::string& workload, peer who, std::string_view output);

    const std::vector<row>& rows() const { return all; }
};

}  // namespace bench
