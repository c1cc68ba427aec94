// Keys, from the bytes that a terminal sends for them.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace exercises {

enum class key { up, down, page_up, page_down, first, last, enter, escape, interrupt };

struct press {
    char letter = 0;  // or, when this is 0,
    key  other  = key::escape;

    friend bool operator==(const press&, const press&) = default;
};

inline press typed(char letter) { return {.letter = letter}; }
inline press typed(key other) { return {.letter = 0, .other = other}; }

class key_reader {
public:
    // What these bytes complete. Keys that we have no use for are nothing.
    std::vector<press> read(std::string_view bytes);

    // An escape alone may be the beginning of another key: it is one of its own when nothing follows for a moment.
    bool               waits() const { return !pending_.empty(); }
    std::vector<press> moment_is_over();

private:
    std::string pending_;
};

}  // namespace exercises
