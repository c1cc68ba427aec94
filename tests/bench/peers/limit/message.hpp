// A message of the limit: one 40-byte node for every kind, from a pool per thread.
#pragma once

#include <atomic>
#include <cstdint>
#include <mutex>
#include <new>
#include <utility>
#include <vector>

namespace limit {

struct actor;

enum class kind : std::uint32_t {
    go,
    more,
    get,
    reply,
    add,
    hop,
    work,
    start,
    started,
    arm,
    tick,
    seen,
    ping,
    kill,
    down
};

struct message {
    std::atomic<message*> next{nullptr};
    kind                  what{};
    actor*                from = nullptr;
    std::int64_t          a = 0, b = 0;
};

// Free nodes travel between threads in full batches through one global list, so a flow from one thread to another
// takes the lock once for 256 messages.
class message_pool {
    static constexpr int                batch = 256;
    static inline std::mutex            lock;
    static inline std::vector<message*> full_batches;

    message* free_nodes  = nullptr;
    message* spare_batch = nullptr;
    int      free_count  = 0;

    void refill() {
        free_count = batch;
        if (spare_batch) {
            free_nodes = std::exchange(spare_batch, nullptr);
            return;
        }
        if (std::lock_guard hold(lock); !full_batches.empty()) {
            free_nodes = full_batches.back();
            full_batches.pop_back();
            return;
        }
        auto* block = static_cast<message*>(::operator new(sizeof(message) * batch));
        for (int i = 0; i < batch; ++i) {
            new (block + i) message;
            block[i].next.store(i + 1 < batch ? block + i + 1 : nullptr, std::memory_order_relaxed);
        }
        free_nodes = block;
    }

public:
    message* take() {
        if (!free_nodes) refill();
        message* node = free_nodes;
        free_nodes    = node->next.load(std::memory_order_relaxed);
        --free_count;
        return node;
    }

    void give_back(message* node) {
        if (free_count == batch) {
            if (spare_batch) {
                std::lock_guard hold(lock);
                full_batches.push_back(spare_batch);
            }
            spare_batch = std::exchange(free_nodes, nullptr);
            free_count  = 0;
        }
        node->next.store(free_nodes, std::memory_order_relaxed);
        free_nodes = node;
        ++free_count;
    }
};

inline thread_local message_pool pool;

}  // namespace limit
