// A process that opens one connection, where that may block, and tells the pool what came of it.
#pragma once

#include <04_persistence/detail/connection_pool.hpp>

namespace half::detail {

struct connector {
    std::shared_ptr<store_core> core;
    ref<connection_pool>        pool;
    std::size_t                 seat;
    access                      how;
    bool                        first;  // of its age: the schema is brought up to date

    task<> init(self<connector> me);
};

// Closes them where that may block: SQLite then writes its log back.
void close_elsewhere(engine& home, std::vector<std::shared_ptr<connection>> all) noexcept;

}  // namespace half::detail
