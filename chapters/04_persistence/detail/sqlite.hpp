// A connection to SQLite's engine: to a file, or to a database in memory.
#pragma once

#include <01_gen_server/messages.hpp>
#include <04_persistence/detail/driver.hpp>
#include <04_persistence/detail/file_lock.hpp>

#include <memory>
#include <string>

namespace half::detail {

struct sqlite_options {
    std::string                path;
    bool                       in_memory      = false;  // path is a URI
    bool                       writes         = true;   // else it only reads
    bool                       safe           = false;  // a commit waits for the disk
    duration                   statement_time = {};     // by the clock; zero: none
    duration                   lock_time      = {};     // how long it waits for others
    std::shared_ptr<file_lock> held           = {};     // let go when the last connection has been closed
};

// May block. Throws store_failure.
std::unique_ptr<connection> open_sqlite(sqlite_options options);

}  // namespace half::detail
