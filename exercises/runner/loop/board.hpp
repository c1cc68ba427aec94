// The class board: who asks for it with --class URL tells it how far they are (never their code). Whether anybody listens
// must make no difference to the learner, so all of it happens in another thread, and what fails is said once.
#pragma once

#include <expected>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace exercises {

struct board_address {
    std::string host;
    std::string port = "80";
    std::string path = "/";
};

// http://host:port/path. The error is a sentence for whoever typed it.
std::expected<board_address, std::string> parse_board(std::string_view url);

class board {
public:
    explicit board(board_address where);
    board(const board&)            = delete;
    board& operator=(const board&) = delete;
    ~board();  // after finish()

    void post(std::string json);

    // Becomes readable when there is a complaint: the first failure after a success.
    int                        fd() const;
    std::optional<std::string> complaint();

    // Gives what is still to be sent a moment.
    void finish();

private:
    struct shared;
    std::shared_ptr<shared> state_;
};

// The bytes of the request.
std::string request(const board_address& where, std::string_view json);

}  // namespace exercises
