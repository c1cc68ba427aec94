// JSON, as much as it takes to print one object a line: object{}.add("event", "done").add("checks", 3).text().
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace exercises {

std::string json_string(std::string_view text);

class object {
public:
    object& add(std::string_view name, std::string_view text) { return put(name, json_string(text)); }
    object& add(std::string_view name, const std::string& text) { return put(name, json_string(text)); }
    object& add(std::string_view name, const char* text) { return put(name, json_string(text)); }
    object& add(std::string_view name, bool is) { return put(name, is ? "true" : "false"); }
    object& add(std::string_view name, int number) { return put(name, std::to_string(number)); }
    object& add(std::string_view name, std::size_t number) { return put(name, std::to_string(number)); }
    object& add(std::string_view name, double seconds);
    object& add(std::string_view name, const std::vector<std::string>& texts);
    object& add(std::string_view name, const object& other) { return put(name, other.text()); }

    std::string text() const { return "{" + inside_ + "}"; }

private:
    object& put(std::string_view name, const std::string& value);

    std::string inside_;
};

}  // namespace exercises
