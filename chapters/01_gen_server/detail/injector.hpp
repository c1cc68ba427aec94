#pragma once

#include <01_gen_server/detail/worker.hpp>

#include <atomic>
#include <mutex>

namespace half::detail {

// Processes made ready from outside the workers. The only queue with a lock.
class injector {
public:
    void     push(process* first, process* last, int count);
    process* pop();
    process* pop_share(run_ring& ring, unsigned workers);  // one to run, and a share into the ring
    int      size() const { return size_.load(std::memory_order_acquire); }

private:
    std::mutex       guard_;
    process*         first_ = nullptr;
    process*         last_  = nullptr;
    std::atomic<int> size_{0};
};

}  // namespace half::detail
