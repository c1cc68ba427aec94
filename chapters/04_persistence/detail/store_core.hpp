// What the copies of a store share: what it was made with, the name under which its process can be found, and how it does.
#pragma once

#include <03_registry/registry.hpp>
#include <04_persistence/detail/database.hpp>
#include <04_persistence/store.hpp>

#include <memory>
#include <mutex>
#include <string>

namespace half::detail {

class store_core {
public:
    store_core(store_options o, std::shared_ptr<database> d);

    const store_options             options;
    const std::shared_ptr<database> data;
    const std::string               name;   // of the database, without its password
    const registry<connection_pool> pools;  // by that name: one at most, the one that runs

    ref<connection_pool> pool() const { return pools.find(name); }
    store_status         status() const;

    // For the process behind the store: a few instructions.
    template <class Change>
    void change_status(Change change) {
        const std::lock_guard lock{guard_};
        change(status_);
    }

private:
    mutable std::mutex guard_;
    store_status       status_;
};

}  // namespace half::detail
