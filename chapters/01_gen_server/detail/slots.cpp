#include <01_gen_server/birth.hpp>
#include <01_gen_server/detail/slots.hpp>

#include <algorithm>
#include <mutex>
#include <vector>

namespace half::detail {

constinit std::array<std::atomic<slot_chunk*>, slot_table::chunks_at_most> slot_table::chunks_{};

namespace {

struct returned_chunks {
    std::mutex               guard;
    std::vector<slot_chunk*> chunks;
    std::uint32_t            made = 0;
};

returned_chunks& returned() {
    static auto* all = new returned_chunks;  // never destroyed: a runtime may be a static
    return *all;
}

}  // namespace

slot_chunk& slot_table::lend() {
    auto&           all = returned();
    std::lock_guard lock{all.guard};
    if (!all.chunks.empty()) {
        // The lowest first: a simulation in a fresh program, and again in the same one, is given the same slots.
        const auto lowest = std::ranges::min_element(all.chunks, {}, &slot_chunk::number);
        auto*      chunk  = *lowest;
        all.chunks.erase(lowest);
        return *chunk;
    }
    if (all.made == chunks_at_most) throw too_many_processes{std::size_t{chunks_at_most} * slot_chunk::size};
    auto* chunk   = new slot_chunk;
    chunk->number = all.made++;
    for (std::uint32_t i = 0; i < slot_chunk::size; ++i) chunk->slots[i].slot = chunk->number * slot_chunk::size + i;
    chunks_[chunk->number].store(chunk, std::memory_order_release);
    return *chunk;
}

void slot_table::hand_back(slot_chunk& chunk) {
    auto&           all = returned();
    std::lock_guard lock{all.guard};
    all.chunks.push_back(&chunk);
}

}  // namespace half::detail
