#include <04_persistence/store_error.hpp>

namespace half {

std::string to_string(store_error::kind kind) {
    switch (kind) {
    case store_error::unavailable: return "unavailable";
    case store_error::in_doubt: return "in doubt";
    case store_error::busy: return "busy";
    case store_error::conflict: return "conflict";
    case store_error::refused: return "refused";
    case store_error::full: return "full";
    case store_error::too_late: return "too late";
    case store_error::too_much: return "too much";
    case store_error::mismatch: return "mismatch";
    case store_error::wrong: return "wrong";
    }
    return "unknown";
}

std::string to_string(const store_error& error) {
    std::string text = fmt::format("{}: {}", to_string(error.why), error.what);
    if (!error.statement.empty()) text += fmt::format(" (in: {})", error.statement);
    return text;
}

store_failure::store_failure(store_error e) : error{std::move(e)}, text_{to_string(error)} {}

}  // namespace half
