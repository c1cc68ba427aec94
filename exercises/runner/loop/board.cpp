#include "board.hpp"

#include "text.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <chrono>
#include <condition_variable>
#include <csignal>
#include <cstring>
#include <deque>
#include <fcntl.h>
#include <mutex>
#include <netdb.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <thread>
#include <unistd.h>
#include <utility>

namespace exercises {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t most_waiting = 16;
constexpr int         patience_ms  = 2000;
constexpr auto        farewell     = 300ms;

struct connection {
    int fd;
    explicit connection(int with) : fd{with} {}
    connection(const connection&)            = delete;
    connection& operator=(const connection&) = delete;
    ~connection() {
        if (fd >= 0) close(fd);
    }
};

bool ready(int fd, short events) {
    pollfd one = {.fd = fd, .events = events, .revents = 0};
    return poll(&one, 1, patience_ms) > 0;
}

int connected(const board_address& where, std::string& why) {
    addrinfo  wish   = {};
    addrinfo* found  = nullptr;
    wish.ai_socktype = SOCK_STREAM;
    if (const int error = getaddrinfo(where.host.c_str(), where.port.c_str(), &wish, &found); error != 0) {
        why = gai_strerror(error);
        return -1;
    }
    const std::unique_ptr<addrinfo, decltype(&freeaddrinfo)> all{found, freeaddrinfo};
    for (const auto* one = found; one != nullptr; one = one->ai_next) {
        const int fd = socket(one->ai_family, one->ai_socktype | SOCK_CLOEXEC | SOCK_NONBLOCK, one->ai_protocol);
        if (fd < 0) continue;
        int       error = connect(fd, one->ai_addr, one->ai_addrlen) == 0 ? 0 : errno;
        socklen_t size  = sizeof error;
        if (error == EINPROGRESS) {
            error = ETIMEDOUT;
            if (ready(fd, POLLOUT)) getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &size);
        }
        if (error == 0) return fd;
        why = std::strerror(error);
        close(fd);
    }
    return -1;
}

// Empty when the board took it.
std::string send_to(const board_address& where, const std::string& json) {
    std::string      why;
    const connection to{connected(where, why)};
    if (to.fd < 0) return why;
    const auto       bytes = request(where, json);
    std::string_view left  = bytes;
    while (!left.empty()) {
        if (!ready(to.fd, POLLOUT)) return "it does not read";
        const auto count = send(to.fd, left.data(), left.size(), MSG_NOSIGNAL);
        if (count < 0 && errno != EAGAIN && errno != EINTR) return std::strerror(errno);
        left.remove_prefix(count > 0 ? static_cast<std::size_t>(count) : 0);
    }
    std::string answer;
    while (answer.size() < 12) {  // HTTP/1.1 200
        std::array<char, 512> some = {};
        if (!ready(to.fd, POLLIN)) return "it does not answer";
        const auto count = recv(to.fd, some.data(), some.size(), 0);
        if (count < 0 && (errno == EAGAIN || errno == EINTR)) continue;
        if (count <= 0) return "it does not answer";
        answer.append(some.data(), static_cast<std::size_t>(count));
    }
    if (!answer.starts_with("HTTP/1.")) return "it does not speak HTTP";
    return answer[9] == '2' ? "" : "it answers " + printable(answer.substr(9, 3));
}

}  // namespace

struct board::shared {
    board_address              where;
    std::mutex                 mutex   = {};
    std::condition_variable    news    = {};
    std::deque<std::string>    waiting = {};
    bool                       busy    = false;
    bool                       over    = false;
    bool                       well    = true;
    std::optional<std::string> failure = {};
    int                        told    = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);

    explicit shared(board_address to) : where{std::move(to)} {}
    shared(const shared&)            = delete;
    shared& operator=(const shared&) = delete;
    ~shared() { close(told); }

    void work() {
        std::unique_lock held{mutex};
        for (;;) {
            busy = false;
            news.notify_all();
            news.wait(held, [&] { return over || !waiting.empty(); });
            if (waiting.empty()) return;
            const auto json = std::move(waiting.front());
            waiting.pop_front();
            busy = true;
            held.unlock();
            const auto why = send_to(where, json);
            held.lock();
            if (!why.empty() && well) {
                failure = "The class board at " + where.host + " does not hear us (" + why
                          + "). Go on: nothing depends on it.";
                eventfd_write(told, 1);
            }
            well = why.empty();
        }
    }
};

board::board(board_address where) : state_{std::make_shared<shared>(std::move(where))} {
    sigset_t all;
    sigset_t before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);  // signals are for the loop
    std::thread{[state = state_] { state->work(); }}.detach();
    pthread_sigmask(SIG_SETMASK, &before, nullptr);
}

void board::finish() {
    std::unique_lock held{state_->mutex};
    state_->news.wait_for(held, farewell, [&] { return state_->waiting.empty() && !state_->busy; });
}

board::~board() {
    finish();
    const std::scoped_lock held{state_->mutex};
    state_->over = true;
    state_->waiting.clear();
    state_->news.notify_all();
}

void board::post(std::string json) {
    const std::scoped_lock held{state_->mutex};
    if (state_->waiting.size() == most_waiting) state_->waiting.pop_front();
    state_->waiting.push_back(std::move(json));
    state_->news.notify_all();
}

int board::fd() const { return state_->told; }

std::optional<std::string> board::complaint() {
    eventfd_t ignored = 0;
    eventfd_read(state_->told, &ignored);
    const std::scoped_lock held{state_->mutex};
    return std::exchange(state_->failure, std::nullopt);
}

std::string request(const board_address& where, std::string_view json) {
    const bool v6   = where.host.find(':') != std::string::npos;
    const auto host = (v6 ? "[" + where.host + "]" : where.host) + (where.port == "80" ? "" : ":" + where.port);
    return "POST " + where.path + " HTTP/1.1\r\nHost: " + host
           + "\r\nContent-Type: application/json\r\nContent-Length: " + std::to_string(json.size())
           + "\r\nConnection: close\r\n\r\n" + std::string{json};
}

std::expected<board_address, std::string> parse_board(std::string_view url) {
    const auto refused = [&](const std::string& why) {
        return std::unexpected{"--class " + printable(url) + ": " + why};
    };
    if (url.starts_with("https://")) return refused("only http:// is spoken here; the board is in the same room");
    if (!url.starts_with("http://")) return refused("it should look like http://teacher.local:4000/board");
    if (std::ranges::any_of(url, [](char c) { return c <= ' ' || c >= '\x7f'; }))
        return refused("it holds blanks or strange characters");
    url.remove_prefix(7);

    board_address where;
    const auto    slash = std::min(url.find_first_of("/?#"), url.size());
    auto          front = url.substr(0, slash);
    if (slash < url.size() && url[slash] == '/') where.path = url.substr(slash, url.find('#') - slash);
    if (front.find('@') != front.npos) return refused("no user names in it, please");
    if (front.starts_with('[')) {
        const auto end = front.find(']');
        if (end == front.npos) return refused("a ] is missing");
        where.host = front.substr(1, end - 1);
        front      = front.substr(end + 1);
    } else {
        const auto colon = std::min(front.find(':'), front.size());
        where.host       = front.substr(0, colon);
        front            = front.substr(colon);
    }
    if (where.host.empty()) return refused("the host is missing");
    if (!front.empty()) {
        int port            = 0;
        const auto [end, e] = std::from_chars(front.data() + 1, front.data() + front.size(), port);
        if (front[0] != ':' || e != std::errc{} || end != front.data() + front.size() || port < 1 || port > 65535)
            return refused("the port is a number from 1 to 65535");
        where.port = std::to_string(port);
    }
    return where;
}

}  // namespace exercises
