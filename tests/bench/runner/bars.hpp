// The bars of a chapter, read from its .bars file, and whether numbers meet them. Thread safety: plain values.
#pragma once

#include <array>
#include <istream>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

namespace bench {

// One number in each peer's program stands for the same thing.
enum class peer { otp, caf, asio, limit, ours };
inline constexpr std::array<const char*, 5> peer_names{"OTP", "CAF", "Asio", "limit", "ours"};

// `>= 0.5 limit`: ours is at least half of what that peer does in the same run. Without a peer the number is absolute.
struct condition {
    bool                at_least = true;
    double              number   = 0;
    std::optional<peer> of;
};

// All of these must hold; of each, one alternative.
struct bar {
    std::vector<std::vector<condition>> all_of;
    std::string                         text;

    bool empty() const { return all_of.empty(); }
};

struct row_spec {
    std::string name, label;
    bar         goal, floor;
};

// Rows that one run of the programs fills.
struct workload {
    std::string              id;
    std::vector<std::string> arguments;
    std::vector<row_spec>    rows;
};

struct bad_bars : std::runtime_error {
    using std::runtime_error::runtime_error;
};

// Throws bad_bars, which names the line.
std::vector<workload> read_bars(std::istream& in);
bar                   parse_bar(const std::string& text);

// What stood side by side in one run.
using side_by_side = std::array<std::optional<double>, peer_names.size()>;

enum class answer { no, yes, unknown };

// A condition on a peer that did not run is left out; unknown when none is left, or when ours did not run.
answer meets(const bar& wanted, const side_by_side& numbers);

}  // namespace bench
