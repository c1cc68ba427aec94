// A terminal that a test plays: it runs a program in one, presses keys, and sees what a person would see.
#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <sys/types.h>
#include <termios.h>
#include <vector>

class played_terminal {
public:
    played_terminal(const std::vector<std::string>&                         command,
                    const std::vector<std::pair<std::string, std::string>>& environment, int columns = 80,
                    int rows = 24);
    played_terminal(const played_terminal&)            = delete;
    played_terminal& operator=(const played_terminal&) = delete;
    ~played_terminal();

    // False when it does not come; what is seen then is in seen().
    bool shows(std::string_view text, std::chrono::seconds within = std::chrono::seconds{90});

    void        press(std::string_view keys) const;
    void        send(int signal) const;
    void        resize(int columns, int rows);
    std::string seen() const;
    bool        said(std::string_view bytes) const { return everything_.find(bytes) != std::string::npos; }  // ever

    // The exit code, 128 more for a signal; -1 when it does not end.
    int ended(std::chrono::seconds within = std::chrono::seconds{30});

    // It sleeps, as after Ctrl-Z.
    bool stopped();

    // As it was before: keys are shown and come by lines, and the cursor is to be seen.
    bool given_back() const;

private:
    bool read_some(std::chrono::steady_clock::time_point until);
    void take(char byte);
    void escape();
    void put();
    void line_feed();

    int                                   fd_      = -1;
    pid_t                                 program_ = -1;
    termios                               before_  = {};
    int                                   status_  = -1;
    std::vector<std::vector<std::string>> grid_;  // rows of characters
    std::size_t                           row_ = 0, column_ = 0;
    bool                                  cursor_   = true;
    bool                                  settling_ = false;  // what comes may still be for the size before
    std::string                           pending_;           // of a character or an escape sequence
    std::string                           everything_;
};
