// refused: a server is moved into its process
// A server that cannot be moved.
#include <01_gen_server/gen_server.hpp>

#include <mutex>

struct locked {
    std::mutex guard;
    struct lock {};
    void handle(lock) {}
};

void start(half::detail::engine& home, locked (*make)()) { half::detail::spawn(home, make()); }
