#include <04_persistence/detail/store_core.hpp>
#include <04_persistence/store.hpp>

#include <fmt/format.h>

#include <random>
#include <stdexcept>
#include <thread>

namespace half {

namespace detail {

// The URL is not shown: there may be a password in it.
std::shared_ptr<database> database_of(const store_options& options) {
    const std::string_view url  = options.url;
    const std::string_view file = "sqlite:";
    if (url.starts_with(file) && url.size() > file.size()) return sqlite_file(options.url.substr(file.size()), options);
    if (url.starts_with("postgres://") || url.starts_with("postgresql://"))
        return postgres_server(options.url, options);
    if (url == "memory:") return in_memory(memory_database{}.engine(), options);
    throw std::invalid_argument{"this is no URL of a database. It is sqlite:path/to/file.db, "
                                "postgres://user:password@host:port/name, or memory:"};
}

// A database in a simulation has no conflicts that time would help.
void pause_after(int conflicts, const store_core& core) {
    if (core.data->simulated()) return;
    thread_local std::minstd_rand draw{std::random_device{}()};
    std::this_thread::sleep_for(std::chrono::microseconds{draw() % (1000U << unsigned(conflicts))});
}

store_error cannot_run(const std::exception& why, store_error::kind kind) { return {kind, why.what(), {}}; }

}  // namespace detail

store::store(store_options options) {
    auto data = detail::database_of(options);
    core_     = std::make_shared<detail::store_core>(std::move(options), std::move(data));
}

store::store(memory_database model, store_options options) {
    auto data = detail::in_memory(model.engine(), options);
    core_     = std::make_shared<detail::store_core>(std::move(options), std::move(data));
}

store_status         store::status() const { return core_->status(); }
const store_options& store::options() const { return core_->options; }

detail::connection_pool store::operator()() const { return detail::connection_pool{core_}; }

std::string to_string(const store_status& status) {
    using state = store_status::state;
    switch (status.now) {
    case state::not_running: return fmt::format("{}: not running", status.database);
    case state::connecting: return fmt::format("{}: connecting, {} wait", status.database, status.waiting);
    case state::up:
        return fmt::format("{}: up, {} connections, {} lent, {} wait", status.database, status.connections, status.lent,
                           status.waiting);
    case state::down:
        return fmt::format("{}: down, {} attempts, again after {} s: {}", status.database, status.attempts,
                           std::chrono::duration<double>(status.retry_in).count(), status.problem);
    }
    return status.database;
}

}  // namespace half
