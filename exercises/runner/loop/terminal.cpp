#include "terminal.hpp"

#include <array>
#include <cerrno>
#include <csignal>
#include <poll.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

namespace exercises {
namespace {

// Plain data, because a signal handler reads it.
termios               settings_before = {};
volatile sig_atomic_t terminal_taken  = 0;

constexpr std::string_view hide_cursor = "\x1b[?25l";
constexpr std::string_view show_cursor = "\x1b[0m\x1b[?25h";

void give_back_in_a_signal() {
    if (terminal_taken == 0) return;
    terminal_taken = 0;
    (void)!write(STDOUT_FILENO, show_cursor.data(), show_cursor.size());
    tcsetattr(STDIN_FILENO, TCSANOW, &settings_before);
}

// A fault of our own: the terminal first, then what would have happened anyway.
void crashed(int signal) {
    give_back_in_a_signal();
    std::signal(signal, SIG_DFL);
    raise(signal);
}

}  // namespace

terminal::terminal() {
    for (const int fault : {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT}) std::signal(fault, crashed);
    take();
}

terminal::~terminal() {
    give_back();
    for (const int fault : {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT}) std::signal(fault, SIG_DFL);
}

void terminal::take() {
    if (terminal_taken != 0 || tcgetattr(STDIN_FILENO, &settings_before) != 0) return;
    termios ours = settings_before;
    ours.c_lflag &= ~static_cast<tcflag_t>(ICANON | ECHO);
    ours.c_lflag |= NOFLSH;  // Ctrl-C is not to take away half of what is just being written
    ours.c_cc[VMIN]  = 1;
    ours.c_cc[VTIME] = 0;
    tcsetattr(STDIN_FILENO, TCSADRAIN, &ours);
    terminal_taken = 1;
    write_out(hide_cursor);
}

void terminal::give_back() {
    if (terminal_taken == 0) return;
    write_out(show_cursor);
    terminal_taken = 0;
    tcsetattr(STDIN_FILENO, TCSADRAIN, &settings_before);
}

size terminal::measure() const {
    winsize now = {};
    if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &now) != 0 || now.ws_col == 0 || now.ws_row == 0) return {};
    return {.columns = now.ws_col, .rows = now.ws_row};
}

void write_out(std::string_view bytes) {
    while (!bytes.empty()) {
        const auto count = write(STDOUT_FILENO, bytes.data(), bytes.size());
        if (count >= 0) {
            bytes.remove_prefix(static_cast<std::size_t>(count));
        } else if (errno == EAGAIN) {
            pollfd out = {.fd = STDOUT_FILENO, .events = POLLOUT, .revents = 0};
            poll(&out, 1, -1);
        } else if (errno != EINTR) {
            return;  // nobody looks any more
        }
    }
}

}  // namespace exercises
