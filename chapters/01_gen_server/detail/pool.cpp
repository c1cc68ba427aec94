#include <01_gen_server/detail/pool.hpp>

#ifndef HALF_PLAIN_HEAP

#include <mutex>
#include <utility>
#include <vector>

namespace half::detail {

constinit thread_local std::array<pool_shelf, pool_size::count> pool_shelves{};

namespace {

// Full batches on their way from a thread that frees to a thread that allocates.
struct exchange {
    std::mutex               guard;
    std::vector<free_block*> batches;
};

std::array<exchange, pool_size::count>& exchanges() {
    static auto* all =
        new std::array<exchange, pool_size::count>;  // never destroyed: threads may outlive main's statics
    return *all;
}

// A thread that ends hands its blocks on.
struct hand_back {
    ~hand_back() {
        for (std::size_t size = 0; size < pool_shelves.size(); ++size) {
            auto&           shelf = pool_shelves[size];
            auto&           other = exchanges()[size];
            std::lock_guard lock{other.guard};
            if (shelf.top) shelf.top->count = shelf.count, other.batches.push_back(shelf.top);
            if (shelf.reserve) other.batches.push_back(shelf.reserve);
            shelf = {};
        }
    }
};
thread_local hand_back at_thread_exit;

}  // namespace

void pool_refill(int size) {
    (void)&at_thread_exit;
    auto& shelf = pool_shelves[static_cast<std::size_t>(size)];
    if (shelf.reserve) {
        shelf.top   = std::exchange(shelf.reserve, nullptr);
        shelf.count = pool_batch;
        return;
    }
    auto& other = exchanges()[static_cast<std::size_t>(size)];
    {
        std::lock_guard lock{other.guard};
        if (!other.batches.empty()) {
            shelf.top = other.batches.back();
            other.batches.pop_back();
            shelf.count = shelf.top->count;
            return;
        }
    }
    const auto bytes = pool_size::bytes[static_cast<std::size_t>(size)];
    auto*      chunk = static_cast<std::byte*>(::operator new(bytes * pool_batch, std::align_val_t{64}));
    for (int i = pool_batch; i-- > 0;)
        shelf.top = ::new (chunk + bytes * static_cast<std::size_t>(i)) free_block{shelf.top};
    shelf.count = pool_batch;
}

void pool_spill(int size) noexcept {
    (void)&at_thread_exit;
    auto& shelf = pool_shelves[static_cast<std::size_t>(size)];
    if (shelf.reserve) {
        auto&           other = exchanges()[static_cast<std::size_t>(size)];
        std::lock_guard lock{other.guard};
        other.batches.push_back(shelf.reserve);
    }
    shelf.top->count = pool_batch;
    shelf.reserve    = std::exchange(shelf.top, nullptr);
    shelf.count      = 0;
}

}  // namespace half::detail

#endif
