#include <01_gen_server/detail/injector.hpp>

#include <algorithm>

namespace half::detail {

void injector::push(process* first, process* last, int count) {
    std::lock_guard lock{guard_};
    last->next_ready                     = nullptr;
    (last_ ? last_->next_ready : first_) = first;
    last_                                = last;
    size_.fetch_add(count, std::memory_order_seq_cst);
}

process* injector::pop() {
    if (size() == 0) return nullptr;
    std::lock_guard lock{guard_};
    auto*           p = first_;
    if (!p) return nullptr;
    first_ = p->next_ready;
    if (!first_) last_ = nullptr;
    size_.fetch_sub(1, std::memory_order_relaxed);
    return p;
}

process* injector::pop_share(run_ring& ring, unsigned workers) {
    const int waiting = size();
    if (waiting == 0) return nullptr;
    std::lock_guard lock{guard_};
    auto*           first = first_;
    if (!first) return nullptr;
    first_    = first->next_ready;
    int taken = 1;
    for (const int share = std::min(waiting / static_cast<int>(workers) + 1, 128); first_ && taken < share; ++taken) {
        auto* next = first_->next_ready;
        if (!ring.push(first_)) break;
        first_ = next;
    }
    if (!first_) last_ = nullptr;
    size_.fetch_sub(taken, std::memory_order_relaxed);
    return first;
}

}  // namespace half::detail
