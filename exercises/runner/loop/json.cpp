#include "json.hpp"

#include "text.hpp"

#include <cmath>

namespace exercises {

std::string json_string(std::string_view text) {
    constexpr std::string_view digits = "0123456789abcdef";
    std::string                all    = "\"";
    for (const auto& c : valid(text)) {
        const auto byte = static_cast<unsigned char>(c);
        if (c == '"' || c == '\\') (all += '\\') += c;
        else if (c == '\n') all += "\\n";
        else if (c == '\t') all += "\\t";
        else if (byte < 0x20 || byte == 0x7F) ((all += "\\u00") += digits[byte >> 4U]) += digits[byte & 15U];
        else all += c;
    }
    return all + "\"";
}

object& object::add(std::string_view name, double seconds) {
    const auto thousandths = std::lround(seconds * 1000);
    auto       digits      = std::to_string(thousandths % 1000);
    return put(name, std::to_string(thousandths / 1000) + "." + std::string(3 - digits.size(), '0') + digits);
}

object& object::add(std::string_view name, const std::vector<std::string>& texts) {
    std::string all;
    for (const auto& text : texts) all += (all.empty() ? "" : ",") + json_string(text);
    return put(name, "[" + all + "]");
}

object& object::put(std::string_view name, const std::string& value) {
    inside_ += (inside_.empty() ? "" : ",") + json_string(name) + ":" + value;
    return *this;
}

}  // namespace exercises
