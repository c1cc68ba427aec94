// Where envelopes, states, timers and coroutine frames come from.
//
// Six sizes of block. Each thread keeps a short list of free blocks per size and trades full batches of them with the
// others, so that a flow from producer to consumer costs no malloc (malloc halves the rate of casts that cross threads).
// Blocks go back to the pool, never to the system: a process that once held a million messages keeps that room.
// Under a sanitizer every block is a plain new and delete, so that nothing is hidden from it. HALF_POOLED is for code that is
// sanitized and linked with a chapter that is not: both must use one heap.
#pragma once

#include <array>
#include <cstddef>
#include <new>

#if defined(__has_feature) && !defined(HALF_POOLED)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define HALF_PLAIN_HEAP 1
#endif
#endif

namespace half::detail {

struct pool_size {
    static constexpr int                            count = 6;
    static constexpr std::array<std::size_t, count> bytes{32, 64, 128, 256, 512, 1024};
    static constexpr int                            of(std::size_t n) {
        for (int i = 0; i < count; ++i)
            if (n <= bytes[static_cast<std::size_t>(i)]) return i;
        return -1;  // too large for us: the heap's
    }
};

#ifdef HALF_PLAIN_HEAP
inline void* pool_take(std::size_t n) { return ::operator new(n); }
inline void  pool_give(void* block, std::size_t n) noexcept { ::operator delete(block, n); }
#else

struct free_block {
    free_block* next;
    int         count = 0;  // in the first block of a batch: how long it is
};

// One thread's free blocks of one size: a batch in use and a full one in reserve.
struct pool_shelf {
    free_block* top     = nullptr;
    free_block* reserve = nullptr;
    int         count   = 0;
};

inline constexpr int pool_batch = 128;

extern constinit thread_local std::array<pool_shelf, pool_size::count> pool_shelves;

void pool_refill(int size);  // the slow paths: trade a batch with the other threads
void pool_spill(int size) noexcept;

inline void* pool_take(std::size_t n) {
    const int size = pool_size::of(n);
    if (size < 0) return ::operator new(n);
    auto& shelf = pool_shelves[static_cast<std::size_t>(size)];
    if (!shelf.top) pool_refill(size);
    auto* block = shelf.top;
    shelf.top   = block->next;
    --shelf.count;
    return block;
}

inline void pool_give(void* block, std::size_t n) noexcept {
    const int size = pool_size::of(n);
    if (size < 0) return ::operator delete(block, n);
    auto& shelf = pool_shelves[static_cast<std::size_t>(size)];
    if (shelf.count == pool_batch) pool_spill(size);
    shelf.top = ::new (block) free_block{shelf.top};
    ++shelf.count;
}
#endif

template <class T, class... Args>
T* pool_new(Args&&... args) {
    static_assert(alignof(T) <= 16, "a pooled object is aligned to 16 bytes at most");
    void* block = pool_take(sizeof(T));
    try {
        return ::new (block) T{static_cast<Args&&>(args)...};
    } catch (...) {
        pool_give(block, sizeof(T));
        throw;
    }
}

template <class T>
void pool_delete(T* object) noexcept {
    object->~T();
    pool_give(object, sizeof(T));
}

}  // namespace half::detail
