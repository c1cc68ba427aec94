// The terminal while the loop has it: keys come one by one and are not shown. However the loop ends, it is given back.
#pragma once

#include <string_view>

namespace exercises {

struct size {
    int columns = 80;
    int rows    = 24;
};

class terminal {
public:
    terminal();  // stdin and stdout must be one
    terminal(const terminal&)            = delete;
    terminal& operator=(const terminal&) = delete;
    ~terminal();

    void take();  // also after it was given back for a while
    void give_back();
    size measure() const;
};

// Writes all of it, in one piece if it can.
void write_out(std::string_view bytes);

}  // namespace exercises
