#include "played_terminal.hpp"

#include <gtest/gtest.h>

#include <array>
#include <csignal>
#include <exercises/runner/loop/text.hpp>
#include <poll.h>
#include <pty.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <unistd.h>

using clock_type = std::chrono::steady_clock;

played_terminal::played_terminal(const std::vector<std::string>&                         command,
                                 const std::vector<std::pair<std::string, std::string>>& environment, int columns,
                                 int rows)
    : grid_(static_cast<std::size_t>(rows), std::vector<std::string>(static_cast<std::size_t>(columns), " ")) {
    const winsize      size = {.ws_row    = static_cast<unsigned short>(rows),
                               .ws_col    = static_cast<unsigned short>(columns),
                               .ws_xpixel = 0,
                               .ws_ypixel = 0};
    std::vector<char*> words;
    for (const auto& word : command) words.push_back(const_cast<char*>(word.c_str()));
    words.push_back(nullptr);
    // The settings are looked at before the program can have changed them: it begins when the test has written a line.
    program_ = forkpty(&fd_, nullptr, nullptr, &size);
    if (program_ == 0) {
        char go = 0;
        if (read(STDIN_FILENO, &go, 1) != 1) _exit(126);
        for (const auto& [name, value] : environment) setenv(name.c_str(), value.c_str(), 1);
        execv(words[0], words.data());
        _exit(127);
    }
    EXPECT_GT(program_, 0);
    tcgetattr(fd_, &before_);
    press("\n");
}

played_terminal::~played_terminal() {
    if (status_ < 0) {
        kill(program_, SIGKILL);
        waitpid(program_, nullptr, 0);
    }
    close(fd_);
}

bool played_terminal::shows(std::string_view text, std::chrono::seconds within) {
    const auto end = clock_type::now() + within;
    while (seen().find(text) == std::string::npos)
        if (!read_some(end)) {
            ADD_FAILURE() << "it does not show \"" << text << "\", but\n" << seen();
            return false;
        }
    return true;
}

void played_terminal::press(std::string_view keys) const {
    EXPECT_EQ(write(fd_, keys.data(), keys.size()), static_cast<ssize_t>(keys.size()));
}

void played_terminal::send(int signal) const { kill(program_, signal); }

void played_terminal::resize(int columns, int rows) {
    grid_.assign(static_cast<std::size_t>(rows), std::vector<std::string>(static_cast<std::size_t>(columns), " "));
    row_ = column_     = 0;
    const winsize size = {.ws_row    = static_cast<unsigned short>(rows),
                          .ws_col    = static_cast<unsigned short>(columns),
                          .ws_xpixel = 0,
                          .ws_ypixel = 0};
    ioctl(fd_, TIOCSWINSZ, &size);
}

std::string played_terminal::seen() const {
    std::string all;
    for (const auto& row : grid_) {
        for (const auto& each : row) all += each;
        all.erase(all.find_last_not_of(' ') + 1);
        all += '\n';
    }
    return all;
}

int played_terminal::ended(std::chrono::seconds within) {
    const auto end = clock_type::now() + within;
    while (read_some(end)) {}  // until it has closed the terminal
    for (int status = 0; status_ < 0 && clock_type::now() < end;)
        if (waitpid(program_, &status, WNOHANG) == program_)
            status_ = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
        else poll(nullptr, 0, 10);
    return status_;
}

bool played_terminal::stopped() {
    const auto end = clock_type::now() + std::chrono::seconds{30};
    for (int status = 0; clock_type::now() < end; read_some(clock_type::now() + std::chrono::milliseconds{20}))
        if (waitpid(program_, &status, WNOHANG | WUNTRACED) == program_) {
            while (read_some(clock_type::now() + std::chrono::milliseconds{20})) {}
            return WIFSTOPPED(status);
        }
    return false;
}

bool played_terminal::given_back() const {
    termios now = {};
    tcgetattr(fd_, &now);
    return cursor_ && now.c_lflag == before_.c_lflag && now.c_iflag == before_.c_iflag
           && now.c_oflag == before_.c_oflag;
}

bool played_terminal::read_some(clock_type::time_point until) {
    pollfd     one  = {.fd = fd_, .events = POLLIN, .revents = 0};
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(until - clock_type::now()).count();
    if (left <= 0 || poll(&one, 1, static_cast<int>(left)) <= 0) return false;
    std::array<char, 4096> some  = {};
    const auto             count = read(fd_, some.data(), some.size());
    for (ssize_t i = 0; i < count; ++i) take(some[static_cast<std::size_t>(i)]);
    return count > 0;
}

// -- A small part of what a terminal understands; what it does not is a fault of the program ---------------------------

void played_terminal::take(char byte) {
    everything_ += byte;
    if (!pending_.empty() && pending_.front() == '\x1b') {
        pending_ += byte;
        escape();
    } else if (byte == '\x1b') {
        pending_ = byte;
    } else if (byte == '\r') {
        column_ = 0;
    } else if (byte == '\n') {
        line_feed();
    } else {
        pending_ += byte;
        if (exercises::valid(pending_) == pending_) put();
    }
}

void played_terminal::line_feed() {
    if (row_ + 1 < grid_.size()) {
        ++row_;
        return;
    }
    grid_.erase(grid_.begin());
    grid_.emplace_back(grid_.front().size(), " ");
}

void played_terminal::put() {
    const auto wide = exercises::columns(pending_);
    if (column_ + wide > grid_.front().size()) {  // it would wrap: the program is to know better
        if (!settling_) ADD_FAILURE() << "wider than the terminal: row " << row_ << "\n" << seen();
        column_ = 0;
    }
    grid_[row_][column_] = pending_;
    for (std::size_t i = 1; i < wide; ++i) grid_[row_][column_ + i] = "";
    column_ += wide;
    pending_.clear();
}

void played_terminal::escape() {
    const auto erase = [](auto from, auto to) { std::fill(from, to, std::string{" "}); };
    const bool link  = pending_.size() > 1 && pending_[1] == ']';
    if (pending_.size() < 3 || (link && !pending_.ends_with("\x1b\\") && !pending_.ends_with('\a'))) return;
    if (!link && !std::isalpha(static_cast<unsigned char>(pending_.back()))) return;
    auto& here = grid_[row_];
    if (pending_ == "\x1b[H") row_ = column_ = 0;
    else if (pending_ == "\x1b[K") erase(here.begin() + static_cast<long>(column_), here.end());
    else if (pending_ == "\x1b[J" || pending_ == "\x1b[2J") {
        if (pending_ == "\x1b[2J") {
            settling_ = false;
            erase(here.begin(), here.end());
        } else erase(here.begin() + static_cast<long>(column_), here.end());
        for (std::size_t i = pending_ == "\x1b[2J" ? 0 : row_ + 1; i < grid_.size(); ++i)
            erase(grid_[i].begin(), grid_[i].end());
    } else if (pending_ == "\x1b[?25l") cursor_ = false;
    else if (pending_ == "\x1b[?25h") cursor_ = true;
    else if (!link && pending_.back() != 'm') ADD_FAILURE() << "what is ESC" << pending_.substr(1) << "?";
    pending_.clear();
}
