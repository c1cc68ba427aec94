#include <04_persistence/persister.hpp>

namespace half {

std::string to_string(const persister_status& status) {
    auto line = fmt::format("{} rows, {} at risk", status.known, status.at_risk);
    if (status.at_risk > 0)
        line += fmt::format(" (the oldest for {:.1f} s)", std::chrono::duration<double>{status.oldest}.count());
    if (status.refused > 0) line += fmt::format(", {} refused", status.refused);
    line += fmt::format("; {} written in {} batches", status.written, status.batches);
    if (!status.problem.empty()) line += fmt::format("; the last attempt failed: {}", status.problem);
    return line;
}

}  // namespace half
