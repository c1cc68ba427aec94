#include <03_registry/detail/readers.hpp>

namespace half::detail {

constinit thread_local reader_record* my_record = nullptr;

namespace {

constinit std::atomic<reader_record*> all_records{nullptr};  // added to, never taken from

// A thread that ends hands its record on.
struct hand_on {
    ~hand_on() {
        if (my_record) give_back(std::exchange(my_record, nullptr));
    }
};
thread_local hand_on at_thread_exit;

}  // namespace

reader_record* take_record() {
    (void)&at_thread_exit;
    for (auto* each = all_records.load(std::memory_order_acquire); each; each = each->next)
        if (!each->taken.load(std::memory_order_relaxed) && !each->taken.exchange(true, std::memory_order_acquire))
            return each;
    auto* mine = new reader_record;
    mine->next = all_records.load(std::memory_order_relaxed);
    while (!all_records.compare_exchange_weak(mine->next, mine, std::memory_order_seq_cst)) {}
    return mine;
}

void give_back(reader_record* record) noexcept { record->taken.store(false, std::memory_order_release); }

bool anybody_reads(const void* thing) noexcept {
    for (auto* each = all_records.load(std::memory_order_seq_cst); each; each = each->next)
        if (each->reads.load(std::memory_order_seq_cst) == thing) return true;
    return false;
}

}  // namespace half::detail
