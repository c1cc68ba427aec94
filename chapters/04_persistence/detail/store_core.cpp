#include <04_persistence/detail/connection_pool.hpp>
#include <04_persistence/detail/store_core.hpp>

namespace half::detail {

store_core::store_core(store_options o, std::shared_ptr<database> d)
    : options{std::move(o)}, data{std::move(d)}, name{data->name()} {
    if (options.connections == 0) throw std::invalid_argument{"a store needs a connection at least"};
}

store_status store_core::status() const {
    store_status now{.database = name};
    if (pool()) {
        const std::lock_guard lock{guard_};
        now          = status_;
        now.database = name;
    }
    return now;
}

}  // namespace half::detail
