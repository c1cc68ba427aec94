// A database that connections can be opened to: one of three kinds, chosen by its URL.
#pragma once

#include <01_gen_server/messages.hpp>
#include <04_persistence/detail/driver.hpp>

#include <memory>
#include <string>

namespace half {
struct store_options;
}

namespace half::detail {

class memory_engine;

class database {
public:
    virtual ~database() = default;

    // May block. Throws store_failure: `unavailable` when there is hope, `wrong` when there is none (no database there,
    // a password that is refused, a file that another program has).
    virtual std::unique_ptr<connection> open(bool writes) = 0;

    virtual std::string name() const       = 0;                   // the URL, without its password
    virtual bool        one_writes() const = 0;                   // the others only read
    virtual bool        simulated() const  = 0;                   // it may be used in a simulated runtime
    virtual duration answer_after() const { return duration{}; }  // how long a statement takes in a simulated runtime
};

// Throws std::invalid_argument, which says what a URL looks like.
std::shared_ptr<database> database_of(const store_options& options);

std::shared_ptr<database> sqlite_file(std::string path, const store_options& options);
std::shared_ptr<database> postgres_server(std::string url, const store_options& options);
std::shared_ptr<database> in_memory(std::shared_ptr<memory_engine> engine, const store_options& options);

}  // namespace half::detail
