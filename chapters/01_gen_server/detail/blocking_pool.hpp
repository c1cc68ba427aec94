#pragma once

#include <01_gen_server/blocking.hpp>
#include <01_gen_server/sys.hpp>

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <vector>

namespace half::detail {

// Threads for work that blocks: made when needed, up to a limit, and kept.
class blocking_pool {
public:
    blocking_pool(std::size_t threads, std::size_t line) : threads_at_most_{threads}, line_at_most_{line} {}

    void submit(std::shared_ptr<blocking_job> job);
    bool stop(std::chrono::steady_clock::time_point deadline);  // false: something still runs
    void count(statistics& into) const;

private:
    struct shared {
        std::mutex                                 guard;
        std::condition_variable                    work, over;
        std::deque<std::shared_ptr<blocking_job>>  line;
        std::vector<std::shared_ptr<blocking_job>> at_work;
        std::size_t                                threads = 0, idle = 0;
        std::uint64_t                              done = 0, dropped = 0;
        bool                                       stopping = false;
    };
    static void serve(std::shared_ptr<shared> all);

    std::size_t             threads_at_most_, line_at_most_;
    std::shared_ptr<shared> all_ = std::make_shared<shared>();
};

}  // namespace half::detail
