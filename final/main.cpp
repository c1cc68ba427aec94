// One plain page with a counter, until chapter 08 brings a web server worth the name.
//
// The counter is a process. The listener is a process. So is every connection: its reads and writes complete inside it,
// one at a time, and when it ends its socket is closed. What this file knows of HTTP is the least that a browser needs.
#include <01_gen_server/gen_server.hpp>

#include <boost/asio/buffer.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/write.hpp>
#include <fmt/format.h>

#include <charconv>
#include <csignal>
#include <cstdio>
#include <optional>
#include <string>
#include <string_view>

namespace asio = boost::asio;
using asio::ip::tcp;
using namespace std::chrono_literals;

namespace {

// clang-format off
struct counter {
    struct get { using reply = int; };
    struct add { int by; };

    int count = 0;

    int  handle(get)   { return count; }
    void handle(add m) { count += m.by; }
};
// clang-format on

// -- the least of HTTP --------------------------------------------------------------------------------------------

constexpr std::size_t head_limit = std::size_t{8} * 1024;
constexpr std::size_t body_limit = std::size_t{64} * 1024;
constexpr auto        patience   = 10s;

struct request {
    std::string_view method, path;
    std::size_t      body = 0;  // its length
};

// Nothing when it is not HTTP.
std::optional<request> parse(std::string_view head) {
    request    r;
    const auto line   = head.substr(0, head.find("\r\n"));
    const auto first  = line.find(' ');
    const auto second = line.rfind(' ');
    if (first == line.npos || second == first || !line.substr(second + 1).starts_with("HTTP/1.")) return std::nullopt;
    r.method = line.substr(0, first);
    r.path   = line.substr(first + 1, second - first - 1);
    for (auto rest = head.substr(line.size() + 2); !rest.empty() && !rest.starts_with("\r\n");) {
        const auto       end   = rest.find("\r\n");
        const auto       field = rest.substr(0, end);
        std::string_view name  = "content-length:";
        const bool       same =
            field.size() > name.size() && std::equal(name.begin(), name.end(), field.begin(), [](char a, char b) {
                return a == (b >= 'A' && b <= 'Z' ? static_cast<char>(b - 'A' + 'a') : b);
            });
        if (same) {
            auto value = field.substr(name.size());
            value.remove_prefix(std::min(value.find_first_not_of(' '), value.size()));
            const auto [stopped, error] = std::from_chars(value.data(), value.data() + value.size(), r.body);
            if (error != std::errc{} || stopped != value.data() + value.size()) return std::nullopt;
        }
        rest.remove_prefix(end + 2);
    }
    return r;
}

std::string respond(std::string_view status, std::string_view more_headers, std::string_view body) {
    return fmt::format("HTTP/1.1 {}\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: {}\r\n"
                       "Connection: close\r\nCache-Control: no-store\r\nX-Content-Type-Options: nosniff\r\n"
                       "Content-Security-Policy: default-src 'none'; style-src 'unsafe-inline'; form-action 'self'\r\n"
                       "{}\r\n{}",
                       status, body.size(), more_headers, body);
}

std::string page(std::string_view content) {
    return fmt::format(R"(<!doctype html>
<html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Half of Erlang</title>
<style>
  :root {{ color-scheme: light dark }}
  body {{ font: 1.2rem/1.6 system-ui, sans-serif; max-width: 36rem; margin: 15vh auto; padding: 0 1rem }}
  output {{ display: block; font-size: 4rem; line-height: 1.2 }}
  button {{ font: inherit; padding: .4rem 1.2rem }}
</style>
{}
</html>
)",
                       content);
}

std::string error_page(std::string_view status, std::string_view what_to_do) {
    return respond(status, "", page(fmt::format("<h1>{}</h1>\n<p>{}</p>", status, what_to_do)));
}

// -- processes ----------------------------------------------------------------------------------------------------

struct connection {
    tcp::socket        socket;
    half::ref<counter> clicks;

    half::task<> init(half::self<connection> self) {
        auto answer = co_await serve();
        (void)co_await half::within(patience, asio::async_write(socket, asio::buffer(answer), half::tried));
        boost::system::error_code ignored;
        socket.shutdown(tcp::socket::shutdown_send, ignored);
        self.stop();
    }

    half::task<std::string> serve() {
        std::string in;
        auto        head = co_await half::within(
            patience, asio::async_read_until(socket, asio::dynamic_buffer(in, head_limit), "\r\n\r\n", half::tried));
        if (!head) {
            if (head.error() == asio::error::timed_out) co_return error_page("408 Request Timeout", "Ask again.");
            if (in.size() < head_limit) co_return "";  // the other side went away
            co_return error_page("431 Request Header Fields Too Large", "Send less than 8 KiB of headers.");
        }
        const auto r = parse(std::string_view{in}.substr(0, *head));
        if (!r) co_return error_page("400 Bad Request", "This is not a request of HTTP/1.1.");
        if (r->body > body_limit) co_return error_page("413 Content Too Large", "Send 64 KiB at most.");
        const std::string method{r->method}, path{r->path};

        // The body is of no interest, but it has to be read: closing with unread data would reset the connection.
        std::string unread(r->body - std::min(r->body, in.size() - *head), '\0');
        if (!unread.empty())
            (void)co_await half::within(patience, asio::async_read(socket, asio::buffer(unread), half::tried));

        if (path == "/add") {
            if (method != "POST") co_return respond("405 Method Not Allowed", "Allow: POST\r\n", page("<h1>405</h1>"));
            clicks.cast(counter::add{1});
            co_return respond("303 See Other", "Location: /\r\n", "");
        }
        if (path != "/")
            co_return error_page("404 Not Found", "There is one page here, and it is <a href=\"/\">this</a>.");
        if (method != "GET" && method != "HEAD")
            co_return respond("405 Method Not Allowed", "Allow: GET, HEAD\r\n", page("<h1>405</h1>"));

        const int n    = co_await clicks.call(counter::get{});
        auto      full = respond("200 OK", "",
                                 page(fmt::format(R"(<h1>Half of Erlang</h1>
<p>A counter, kept by a process:</p>
<output>{}</output>
<form method="post" action="/add"><button>Add one</button></form>)",
                                                  n)));
        if (method == "HEAD") full.resize(full.find("\r\n\r\n") + 4);
        co_return full;
    }
};

struct listener {
    tcp::acceptor      acceptor;
    half::ref<counter> clicks;

    half::task<> init(half::self<listener> self) {
        for (;;) {
            auto socket = co_await acceptor.async_accept(half::tried);
            if (!socket) {
                co_await half::sleep(100ms);  // out of descriptors, most likely: accept slower instead of crashing
                continue;
            }
            try {
                self.spawn(connection{std::move(*socket), clicks});
            } catch (const half::too_many_processes&) {  // the socket closes; the browser may try again
            }
        }
    }
};

// -- the program --------------------------------------------------------------------------------------------------

half::task<> until_told_to_stop(asio::io_context& io) {
    asio::signal_set signals{io, SIGINT, SIGTERM};
    co_await signals.async_wait(half::awaited);
}

tcp::acceptor listen(asio::io_context& io, unsigned short port) {
    const tcp::endpoint here{asio::ip::address_v4::loopback(), port};
    tcp::acceptor       acceptor{io, here.protocol()};
    acceptor.set_option(tcp::acceptor::reuse_address{true});
    acceptor.bind(here);
    acceptor.listen();
    return acceptor;
}

}  // namespace

int main(int argc, char** argv) {
    unsigned short port = 4000;
    for (int i = 1; i < argc; ++i) {
        const std::string_view word = argv[i];
        if (word == "--help" || word == "-h") {
            fmt::print("usage: final [--port N]\n\nServes one page with a counter on http://localhost:N (4000).\n");
            return 0;
        }
        const std::string_view value = word == "--port" && i + 1 < argc ? argv[++i] : "";
        const auto [stopped, error]  = std::from_chars(value.data(), value.data() + value.size(), port);
        if (value.empty() || error != std::errc{} || stopped != value.data() + value.size()) {
            if (value.empty()) fmt::print(stderr, "final: I don't understand '{}'; try --help\n", word);
            else fmt::print(stderr, "final: '{}' is no port; say a number from 0 to 65535\n", value);
            return 2;
        }
    }

    half::runtime runtime{{.max_processes = 1000}};
    try {
        auto acceptor = listen(runtime.io(), port);
        port          = acceptor.local_endpoint().port();
        auto clicks   = runtime.start(counter{});
        runtime.spawn(listener{std::move(acceptor), clicks});
    } catch (const boost::system::system_error& e) {
        fmt::print(stderr, "final: cannot listen on port {}: {}. Stop what uses it, or say --port N.\n", port,
                   e.code().message());
        return 1;
    }
    fmt::print("http://localhost:{}  (Ctrl-C stops)\n", port);
    std::fflush(stdout);
    runtime.run(until_told_to_stop(runtime.io()));
    fmt::print("bye\n");
}
