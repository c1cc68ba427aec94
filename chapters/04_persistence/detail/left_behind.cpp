#include <01_gen_server/detail/worker.hpp>
#include <04_persistence/detail/left_behind.hpp>

namespace half::detail {

bool left_behind() noexcept {
    const auto* here = worker::current();
    const auto* runs = here ? here->running.load(std::memory_order_relaxed) : nullptr;
    return runs && runs->generation.load(std::memory_order_acquire) % 2 == 0;
}

}  // namespace half::detail
