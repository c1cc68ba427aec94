#include <gtest/gtest.h>

#include <chrono>
#include <exercises/runner/loop/board.hpp>
#include <future>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

using namespace exercises;
using namespace std::chrono_literals;

namespace {

// Listens on a port of its own, and answers one request at a time, when it is told to.
class small_server {
public:
    small_server() : fd_{socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)} {
        sockaddr_in here     = {};
        here.sin_family      = AF_INET;
        here.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        socklen_t size       = sizeof here;
        EXPECT_EQ(bind(fd_, reinterpret_cast<sockaddr*>(&here), size), 0);
        EXPECT_EQ(listen(fd_, 8), 0);
        getsockname(fd_, reinterpret_cast<sockaddr*>(&here), &size);
        port_ = ntohs(here.sin_port);
    }
    small_server(const small_server&)            = delete;
    small_server& operator=(const small_server&) = delete;
    ~small_server() { close(fd_); }

    std::string url() const { return "http://127.0.0.1:" + std::to_string(port_) + "/board"; }

    std::string answer(const std::string& with) const {
        const int   to = accept(fd_, nullptr, nullptr);
        std::string text;
        char        some[4096];
        while (text.find("\r\n\r\n") == text.npos || text.size() < text.find("\r\n\r\n") + 4 + length_in(text)) {
            const auto count = recv(to, some, sizeof some, 0);
            if (count <= 0) break;
            text.append(some, static_cast<std::size_t>(count));
        }
        EXPECT_EQ(send(to, with.data(), with.size(), 0), static_cast<ssize_t>(with.size()));
        close(to);
        return text;
    }

private:
    static std::size_t length_in(const std::string& text) {
        const std::string name = "Content-Length: ";
        const auto        at   = text.find(name);
        return at == text.npos ? 0 : std::stoul(text.substr(at + name.size()));
    }

    int fd_;
    int port_ = 0;
};

bool readable(int fd, std::chrono::milliseconds within) {
    pollfd one = {.fd = fd, .events = POLLIN, .revents = 0};
    return poll(&one, 1, static_cast<int>(within.count())) > 0;
}

const std::string ok = "HTTP/1.1 204 No Content\r\n\r\n";

}  // namespace

TEST(Board, HasAnAddress) {
    const auto full = parse_board("http://teacher.local:4000/board?room=2#x");
    ASSERT_TRUE(full) << full.error();
    EXPECT_EQ(full->host, "teacher.local");
    EXPECT_EQ(full->port, "4000");
    EXPECT_EQ(full->path, "/board?room=2");
    EXPECT_EQ(parse_board("http://h")->path, "/");
    EXPECT_EQ(parse_board("http://h")->port, "80");
    EXPECT_EQ(parse_board("http://[::1]:8080/")->host, "::1");
    EXPECT_EQ(parse_board("http://h?x")->path, "/");
}

TEST(Board, RefusesOtherAddressesInASentence) {
    EXPECT_NE(parse_board("https://h/").error().find("only http"), std::string::npos);
    for (const std::string wrong : {"", "h:4000", "ftp://h", "http://", "http://:80/", "http://h:0/", "http://h:65536",
                                    "http://h:", "http://h:80x/", "http://me:pass@h/", "http://h/a b",
                                    "http://h/\r\nX: y", "http://[::1", "http://[::1]x", "http://h/\xff"})
        EXPECT_FALSE(parse_board(wrong)) << wrong;
}

TEST(Board, IsToldByPost) {
    EXPECT_EQ(request({.host = "h", .port = "4000", .path = "/b"}, "{}"),
              "POST /b HTTP/1.1\r\nHost: h:4000\r\nContent-Type: application/json\r\nContent-Length: 2\r\nConnection: "
              "close\r\n\r\n{}");
    EXPECT_NE(request({.host = "::1"}, "{}").find("Host: [::1]\r\n"), std::string::npos);
}

TEST(Board, HearsAllInOrder) {
    const small_server server;
    board              told{*parse_board(server.url())};
    auto first = std::async(std::launch::async, [&] { return std::pair{server.answer(ok), server.answer(ok)}; });
    told.post(R"({"n":1})");
    told.post(R"({"n":2})");
    const auto [one, two] = first.get();
    EXPECT_TRUE(one.starts_with("POST /board HTTP/1.1\r\n")) << one;
    EXPECT_TRUE(one.ends_with(R"({"n":1})")) << one;
    EXPECT_TRUE(two.ends_with(R"({"n":2})")) << two;
    EXPECT_FALSE(readable(told.fd(), 0ms));
}

TEST(Board, ThatIsNotThereIsOneComplaint) {
    std::string url;
    {
        const small_server gone;
        url = gone.url();
    }
    board told{*parse_board(url)};
    for (int i = 0; i < 3; ++i) {
        told.post("{}");
        told.finish();
    }
    ASSERT_TRUE(readable(told.fd(), 20s));
    const auto said = told.complaint();
    ASSERT_TRUE(said);
    EXPECT_NE(said->find("does not hear us"), std::string::npos);
    EXPECT_FALSE(told.complaint());
}

TEST(Board, ThatRefusesIsOneComplaint) {
    const small_server server;
    board              told{*parse_board(server.url())};
    told.post("{}");
    server.answer("HTTP/1.1 404 Not Found\r\n\r\n");
    ASSERT_TRUE(readable(told.fd(), 20s));
    EXPECT_NE(told.complaint()->find("404"), std::string::npos);
}

TEST(Board, ThatSleepsDelaysNobody) {
    const small_server silent;  // takes the connection, and says nothing
    const auto         begin = std::chrono::steady_clock::now();
    {
        board told{*parse_board(silent.url())};
        for (int i = 0; i < 100; ++i) told.post("{}");
    }
    EXPECT_LT(std::chrono::steady_clock::now() - begin, 1500ms);
}
