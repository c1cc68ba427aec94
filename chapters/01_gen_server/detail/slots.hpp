// Where processes live: chunks of slots that are handed from runtime to runtime and never freed, so that any pid may be
// looked up at any time, even when its runtime is gone.
#pragma once

#include <01_gen_server/detail/process.hpp>

#include <array>
#include <atomic>
#include <cstdint>

namespace half::detail {

struct slot_chunk {
    static constexpr std::uint32_t size = 256;

    std::uint32_t             number = 0;
    std::array<process, size> slots;
};

class slot_table {
public:
    static constexpr std::uint32_t chunks_at_most = 1u << 18;  // 67 million processes

    static slot_chunk& lend();                        // throws too_many_processes
    static void        hand_back(slot_chunk& chunk);  // every slot dead and idle

    static process* at(std::uint32_t slot) noexcept {
        if (slot >= chunks_at_most * slot_chunk::size) return nullptr;
        auto* chunk = chunks_[slot / slot_chunk::size].load(std::memory_order_acquire);
        return chunk ? &chunk->slots[slot % slot_chunk::size] : nullptr;
    }

private:
    static std::array<std::atomic<slot_chunk*>, chunks_at_most> chunks_;
};

inline process* process::find(pid who) noexcept {
    if (who.node != 0 || who.generation % 2 == 0) return nullptr;
    auto* found = slot_table::at(who.slot);
    return found && found->generation.load(std::memory_order_acquire) == who.generation ? found : nullptr;
}

}  // namespace half::detail
